"""The networks of networks.ts in PyTorch, and a worker that runs one step for each line of its input.

    python3 networks.py <network> <train|predict> <threads>
"""
import json
import math
import os
import resource
import sys
import time

# As the backend does: spinning threads would starve the process that takes the other turn.
os.environ.setdefault('OMP_WAIT_POLICY', 'passive')

import torch
import torch.nn as nn
import torch.nn.functional as F


class Conv(nn.Conv2d):
    """A convolution with TensorFlow's padding 'same', which is uneven for even strides."""

    def __init__(self, channels, filters, size, stride=1, groups=1):
        super().__init__(channels, filters, size, stride, 0, groups=groups, bias=False)

    def forward(self, x):
        size, stride = self.kernel_size[0], self.stride[0]
        total = [max((math.ceil(n / stride) - 1) * stride + size - n, 0) for n in x.shape[2:]]
        if all(n % 2 == 0 for n in total):
            return F.conv2d(x, self.weight, None, self.stride, [n // 2 for n in total], 1, self.groups)
        high, wide = total
        padded = F.pad(x, (wide // 2, wide - wide // 2, high // 2, high - high // 2))
        return F.conv2d(padded, self.weight, None, self.stride, 0, 1, self.groups)


def norm(channels):
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


class Residual(nn.Module):
    def __init__(self, channels, filters, stride):
        super().__init__()
        self.conv1, self.norm1 = Conv(channels, filters, 3, stride), norm(filters)
        self.conv2, self.norm2 = Conv(filters, filters, 3), norm(filters)
        self.shortcut = None
        if stride != 1 or channels != filters:
            self.shortcut = nn.Sequential(Conv(channels, filters, 1, stride), norm(filters))

    def forward(self, x):
        y = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return F.relu(y + (x if self.shortcut is None else self.shortcut(x)))


class Head(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.dense = nn.Linear(channels, 10)

    def forward(self, x):
        return self.dense(x.mean((2, 3)))


def resnet20():
    layers, channels = [Conv(3, 16, 3), norm(16), nn.ReLU()], 16
    for filters, stride in ((16, 1), (32, 2), (64, 2)):
        for block in range(3):
            layers.append(Residual(channels, filters, stride if block == 0 else 1))
            channels = filters
    return nn.Sequential(*layers, Head(channels))


class Dense(nn.Module):
    def __init__(self, channels, growth):
        super().__init__()
        self.norm, self.conv = norm(channels), Conv(channels, growth, 3)

    def forward(self, x):
        return torch.cat([x, self.conv(F.relu(self.norm(x)))], 1)


def densenet25():
    layers, channels = [Conv(3, 16, 3)], 16
    for block in range(3):
        for _ in range(7):
            layers.append(Dense(channels, 12))
            channels += 12
        if block < 2:
            layers += [norm(channels), nn.ReLU(), Conv(channels, channels, 1), nn.AvgPool2d(2)]
    return nn.Sequential(*layers, norm(channels), nn.ReLU(), Head(channels))


class Inverted(nn.Module):
    def __init__(self, channels, filters, stride, expansion):
        super().__init__()
        wide = channels * expansion
        layers = []
        if expansion != 1:
            layers += [Conv(channels, wide, 1), norm(wide), nn.ReLU6()]
        layers += [Conv(wide, wide, 3, stride, wide), norm(wide), nn.ReLU6(), Conv(wide, filters, 1), norm(filters)]
        self.layers = nn.Sequential(*layers)
        self.adds = stride == 1 and channels == filters

    def forward(self, x):
        return x + self.layers(x) if self.adds else self.layers(x)


def mobilenet_v2():
    def width(filters):  # to a multiple of 8, and not below nine tenths
        scaled = filters * 0.35
        rounded = max(8, int(scaled + 4) // 8 * 8)
        return rounded + 8 if rounded < 0.9 * scaled else rounded

    channels = width(32)
    layers = [Conv(3, channels, 3, 2), norm(channels), nn.ReLU6()]
    blocks = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
    for expansion, filters, count, stride in blocks:
        for block in range(count):
            layers.append(Inverted(channels, width(filters), stride if block == 0 else 1, expansion))
            channels = width(filters)
    return nn.Sequential(*layers, Conv(channels, 1280, 1), norm(1280), nn.ReLU6(), Head(1280))


def small_cnn():
    layers, channels = [], 3
    for filters in (16, 32, 64, 64):
        layers += [Conv(channels, filters, 3), norm(filters), nn.ReLU(), nn.MaxPool2d(2)]
        channels = filters
    return nn.Sequential(*layers, Head(channels))


NETWORKS = {
    'small-cnn': (small_cnn, 128, 32),
    'resnet-20': (resnet20, 128, 32),
    'densenet-25-12': (densenet25, 128, 32),
    'mobilenet-v2': (mobilenet_v2, 32, 96),
}


def main():
    name, mode, threads = sys.argv[1:4]
    torch.set_num_threads(int(threads))
    build, batch, size = NETWORKS[name]
    model = build().to(memory_format=torch.channels_last)
    model.train(mode == 'train')
    xs = torch.randn(batch, 3, size, size).to(memory_format=torch.channels_last)
    ys = torch.randint(0, 10, (batch,))
    optimizer = torch.optim.SGD(model.parameters(), 0.01, 0.9)

    def step():
        if mode == 'predict':
            with torch.inference_mode():
                return model(xs)[0, 0].item()
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(model(xs), ys)
        loss.backward()
        optimizer.step()
        return loss.item()

    for _ in sys.stdin:
        wall, cpu = time.perf_counter(), time.process_time()
        step()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        parameters = sum(p.numel() for p in model.parameters())
        line = {'wall': wall * 1000, 'cpu': cpu * 1000, 'peakMb': peak, 'parameters': parameters}
        print(json.dumps(line), flush=True)


main()
