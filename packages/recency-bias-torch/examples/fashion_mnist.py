"""Fashion-MNIST by a small network, with a selector of your choice: `python fashion_mnist.py [SELECTOR] [--data FOLDER] [--record DIR]`.

Reads the four IDX files as the data set is published, such as those of Debian's package dataset-fashion-mnist. With `--record DIR` the
run is kept for `npx recency-bias report DIR` and `npx recency-bias insights DIR`.
"""

from __future__ import annotations

import argparse
import gzip
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from recency_bias import Recorder
from recency_bias.torch import Indexed, SelectiveBatchSampler

CLASSES = ("T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")


def read_idx(path: Path) -> Tensor:
    """An IDX file of bytes: two zero bytes, the type, the number of dimensions, and these as big-endian numbers."""
    content = gzip.decompress(path.read_bytes())
    dimensions = content[3]
    shape = np.frombuffer(content, ">u4", dimensions, 4).astype(np.int64)
    return torch.from_numpy(np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape).copy())


def read(folder: Path, part: str) -> TensorDataset:
    images = read_idx(folder / f"{part}-images-idx3-ubyte.gz").float().unsqueeze(1) / 255
    return TensorDataset((images - 0.286) / 0.353, read_idx(folder / f"{part}-labels-idx1-ubyte.gz").long())


def network() -> nn.Module:
    layers: list[nn.Module] = []
    for before, after in ((1, 16), (16, 32), (32, 64)):
        layers += [nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(64 * 3 * 3, len(CLASSES)))


@torch.no_grad()
def evaluate(model: nn.Module, images: Tensor, labels: Tensor) -> tuple[float, float]:
    """Mean loss and the share of wrong predictions."""
    model.eval()
    logits = torch.cat([model(part) for part in images.split(1000)])
    model.train()
    return functional.cross_entropy(logits, labels).item(), (logits.argmax(1) != labels).float().mean().item()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("selector", nargs="?", default="recency-bias")
    parser.add_argument("--data", type=Path, default=Path("/usr/share/datasets/fashion-mnist"))
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--samples", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--record", type=Path)
    given = parser.parse_args()

    torch.manual_seed(given.seed)
    images, labels = (part[: given.samples] for part in read(given.data, "train").tensors)
    test_images, test_labels = read(given.data, "t10k").tensors
    dataset = TensorDataset(images, labels)
    sampler = SelectiveBatchSampler(
        dataset, given.selector, batch_size=128, epochs=given.epochs, classes=len(CLASSES), seed=given.seed
    )
    loader = DataLoader(Indexed(dataset), batch_sampler=sampler, num_workers=given.workers)
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), 0.05, momentum=0.9, weight_decay=5e-4)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, given.epochs)
    recorder = None
    if given.record is not None:
        recorder = Recorder(
            given.record,
            sampler.selector,
            labels=labels.numpy(),
            batch_size=128,
            test_size=len(test_labels),
            dataset={"name": "fashion-mnist"},
            model="three convolutions",
            parameters=sum(parameter.numel() for parameter in model.parameters()),
            class_names=CLASSES,
        )

    for epoch in range(given.epochs):
        for step, (indices, (inputs, targets)) in enumerate(loader):
            if step == 0 and recorder is not None:
                recorder.begin_epoch(epoch + 1)
            logits = model(inputs)
            losses = functional.cross_entropy(logits, targets, reduction="none")
            optimizer.zero_grad()
            sampler.loss(losses, indices).backward()
            optimizer.step()
            sampler.observe(indices, logits, targets)
            if recorder is not None:
                recorder.observe(indices, losses, logits.argmax(1))
        rate = optimizer.param_groups[0]["lr"]
        schedule.step()
        loss, error = evaluate(model, test_images, test_labels)
        print(f"epoch {epoch + 1}: test error {100 * error:.2f} %", flush=True)
        if recorder is not None:
            probe_loss, _ = evaluate(model, images[recorder.probe], labels[recorder.probe])
            recorder.end_epoch(test_error=error, test_loss=loss, probe_loss=probe_loss, learning_rate=rate)
    if recorder is not None:
        recorder.finish()


if __name__ == "__main__":
    main()
