"""Trains the network of pytorch.test.ts in PyTorch on the weights and batches given as JSON; prints the losses."""
import json
import sys

import torch
import torch.nn.functional as F

data = json.load(sys.stdin)
parameters = [torch.tensor(w['values'], dtype=torch.float32).reshape(w['shape']) for w in data['weights']]
images = torch.tensor(data['images']).reshape(data['shape']).permute(0, 1, 4, 2, 3)
labels = torch.tensor(data['labels'])

# TensorFlow.js: filters are [height, width, in, out], matrices [in, out].
weights = [p.permute(3, 2, 0, 1) if p.dim() == 4 else p for p in parameters]
weights = [w.contiguous().requires_grad_() for w in weights]
conv1, gamma1, beta1, conv2, gamma2, beta2, shortcut, matrix, bias = weights


def norm(x, gamma, beta):
    return F.batch_norm(x, None, None, gamma, beta, training=True, eps=1e-3)


def forward(x):
    x = F.relu(norm(F.conv2d(x, conv1, padding=1), gamma1, beta1))
    y = norm(F.conv2d(x, conv2, padding=1), gamma2, beta2)
    x = F.relu(y + F.conv2d(x, shortcut))
    return F.max_pool2d(x, 2).mean((2, 3)) @ matrix + bias


optimizer = torch.optim.SGD(weights, data['learningRate'], data['momentum'])
losses = []
for step in range(data['steps']):
    batch = step % images.shape[0]
    optimizer.zero_grad()
    loss = F.cross_entropy(forward(images[batch]), labels[batch])
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
print(json.dumps(losses))
