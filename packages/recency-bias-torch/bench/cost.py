"""What selection costs beside its peers and beside a training step; prints and writes one JSON record.

python packages/recency-bias-torch/bench/cost.py [OUT.json] [--size 1281167] [--classes 1000]

Everything is measured in one run, turn by turn, as the median of the repetitions: other programs on the machine then slow down all
alike. The step is that of a ResNet-20 on 32 by 32 pixels, 128 a batch, on one CPU core.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as functional
from torch import Tensor, nn
from torch.utils.data import WeightedRandomSampler

from recency_bias import __version__
from recency_bias.torch import SelectiveBatchSampler

BATCH = 128


class Block(nn.Module):
    """Two convolutions and a shortcut (He et al. 2016, section 4.2, option A)."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(outputs)
        self.second = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(outputs)
        self.stride, self.more = stride, outputs - inputs

    def forward(self, x: Tensor) -> Tensor:
        y = functional.relu(self.first_norm(self.first(x)))
        y = self.second_norm(self.second(y))
        short = x[:, :, :: self.stride, :: self.stride]
        return functional.relu(y + functional.pad(short, (0, 0, 0, 0, 0, self.more)))


def resnet20(classes: int) -> nn.Module:
    widths = [16] * 4 + [32] * 3 + [64] * 3
    blocks = [Block(before, after, 2 if after != before else 1) for before, after in itertools.pairwise(widths)]
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, classes)]
    return nn.Sequential(nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), *blocks, *head)


def seconds(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def processor_seconds(work: Callable[[], Any], engine: int) -> float:
    """Processor time of this process and of the engine, which other programs do not lengthen."""

    def used() -> float:
        fields = Path(f"/proc/{engine}/stat").read_text().rsplit(")", 1)[1].split()
        return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    begun = used()
    work()
    return used() - begun


def draws(size: int, classes: int, repetitions: int) -> dict[str, float]:
    """Seconds for an epoch of draws by our sampler and by its peers, and for a batch by `np.random.choice`."""
    sampler = SelectiveBatchSampler(
        size, "recency-bias", batch_size=BATCH, epochs=100, classes=classes, warmup_epochs=0
    )
    generator = np.random.default_rng(0)
    selector = sampler.selector
    # Windows of labels as of a network in mid-training: most samples settled, some not.
    for _ in range(4):
        wavering = generator.random(size) < 0.2
        labels = np.where(wavering, generator.integers(0, classes, size), np.arange(size) % classes)
        selector.observe(np.arange(size, dtype=np.int32), predicted_label=labels)
    sampler._begin()
    probabilities = selector.probabilities()
    assert probabilities is not None
    weights = torch.from_numpy(probabilities)
    peers: dict[str, Callable[[], Any]] = {
        "epoch, recency-bias": sampler._begin,
        "epoch, WeightedRandomSampler": lambda: list(WeightedRandomSampler(weights, size)),  # type: ignore[arg-type]
        "epoch, torch.multinomial": lambda: torch.multinomial(weights, size, True),
        "batch, np.random.choice": lambda: np.random.choice(size, BATCH, replace=False, p=probabilities),
    }
    taken: dict[str, list[float]] = {name: [] for name in peers}
    for _ in range(repetitions):
        for name, work in peers.items():
            taken[name].append(seconds(work))
    result = {name: statistics.median(values) for name, values in taken.items()}
    result["batch, recency-bias"] = result["epoch, recency-bias"] / -(-size // BATCH)
    result["engine, MiB"] = selector.memory() / 2**20
    sampler.close()
    return result


def share_of_a_step(repetitions: int) -> dict[str, float]:
    """Processor seconds of a ResNet-20 step with N = 50,000, and of drawing and observing a batch, an epoch laid over its steps."""
    size, classes = 50_000, 10
    model = resnet20(classes)
    optimizer = torch.optim.SGD(model.parameters(), 0.1, 0.9)
    inputs, labels = torch.randn(BATCH, 3, 32, 32), torch.randint(0, classes, (BATCH,))
    sampler = SelectiveBatchSampler(
        size, "recency-bias", batch_size=BATCH, epochs=100, classes=classes, warmup_epochs=0
    )
    steps = -(-size // BATCH)
    logits = torch.randn(BATCH, classes)
    pid = sampler.selector._engine.pid

    def epoch() -> None:
        for batch in sampler:
            rows = torch.tensor(batch)
            sampler.observe(rows, logits[: len(rows)], labels[: len(rows)])

    def step() -> None:
        optimizer.zero_grad()
        functional.cross_entropy(model(inputs), labels).backward()
        optimizer.step()

    epoch()
    step()
    selection, training = [], []
    for _ in range(repetitions):
        selection.append(processor_seconds(epoch, pid) / steps)
        training.append(processor_seconds(lambda: [step() for _ in range(3)], pid) / 3)
    sampler.close()
    return {
        "step of ResNet-20": statistics.median(training),
        "selection and observation of a batch": statistics.median(selection),
        "share": statistics.median(selection) / statistics.median(training),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", nargs="?", type=Path)
    parser.add_argument("--size", type=int, default=1_281_167)
    parser.add_argument("--classes", type=int, default=1000)
    parser.add_argument("--repetitions", type=int, default=5)
    given = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    record = {
        "version": __version__,
        "torch": torch.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "size": given.size,
        "classes": given.classes,
        "batchSize": BATCH,
        "draws": draws(given.size, given.classes, given.repetitions),
        "step": share_of_a_step(given.repetitions),
    }
    text = json.dumps(record, indent=2)
    print(text)
    if given.out is not None:
        given.out.write_text(text + "\n")


if __name__ == "__main__":
    main()
