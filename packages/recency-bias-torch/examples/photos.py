"""Fine-tunes a torchvision model on a folder of photos, a folder a class: `python photos.py PHOTOS [--model resnet18]`.

Prints the photos that the network is least sure of at the end.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
import torch.nn.functional as functional
import torchvision
from torch import nn
from torch.utils.data import DataLoader
from torchvision import transforms

from recency_bias.torch import Indexed, SelectiveBatchSampler


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--model", default="resnet18")
    parser.add_argument(
        "--weights", default="DEFAULT", help="torchvision's name of pretrained weights; 'none' for none"
    )
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--side", type=int, default=224)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()

    prepare = transforms.Compose(
        [
            transforms.RandomResizedCrop(given.side, scale=(0.5, 1)),
            transforms.RandomHorizontalFlip(),
            transforms.ToTensor(),
            transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        ]
    )
    photos = torchvision.datasets.ImageFolder(str(given.photos), prepare)
    classes = len(photos.classes)
    model = torchvision.models.get_model(given.model, weights=None if given.weights == "none" else given.weights)
    model.fc = nn.Linear(model.fc.in_features, classes)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model.to(device)
    # Few epochs: a short window fills, and pressure that grows too high would forget what is learnt.
    sampler = SelectiveBatchSampler(
        photos, "recency-bias", batch_size=32, epochs=given.epochs, classes=classes, selection_pressure=10
    )
    loader = DataLoader(Indexed(photos), batch_sampler=sampler, num_workers=given.workers)
    optimizer = torch.optim.SGD(model.parameters(), 0.005, momentum=0.9, weight_decay=1e-4)
    for epoch in range(given.epochs):
        wrong = torch.zeros((), device=device)
        trained = 0
        for indices, (inputs, labels) in loader:
            inputs, labels = inputs.to(device), labels.to(device)
            logits = model(inputs)
            optimizer.zero_grad()
            sampler.loss(functional.cross_entropy(logits, labels, reduction="none"), indices).backward()
            optimizer.step()
            sampler.observe(indices, logits, labels)
            wrong += (logits.argmax(1) != labels).sum()
            trained += len(indices)
        print(f"epoch {epoch + 1}: {100 * wrong.item() / trained:.1f} % wrong as they were trained", flush=True)

    sampler.end_epoch()
    uncertainty = sampler.selector.uncertainty()
    if uncertainty is not None:
        print("least sure of:")
        for index in uncertainty.argsort()[::-1][:10]:
            print(f"  {uncertainty[index]:.2f}  {photos.samples[index][0]}")


if __name__ == "__main__":
    main()
