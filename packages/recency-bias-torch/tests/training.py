"""A small training that the tests repeat in many ways: with workers, interrupted, over several processes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as functional
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from recency_bias.torch import Indexed, SelectiveBatchSampler

SIZE, CLASSES, EPOCHS, BATCH = 203, 4, 5, 16


class Points(Dataset[Any]):
    """Noisy points of a plane, in four classes."""

    def __init__(self, size: int = SIZE) -> None:
        generator = torch.Generator().manual_seed(5)
        self.inputs = torch.randn(size, 2, generator=generator)
        self.labels = (self.inputs[:, 0] > 0).long() + 2 * (self.inputs[:, 1] > 0.3).long()

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.inputs[index], int(self.labels[index])

    def __len__(self) -> int:
        return len(self.inputs)


def network() -> nn.Module:
    torch.manual_seed(11)
    return nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, CLASSES))


def sampler(name: str = "recency-bias", **options: Any) -> SelectiveBatchSampler:
    if name == "recency-bias":
        options = {"warmup_epochs": 1, "window": 3, **options}
    return SelectiveBatchSampler(Points(), name, batch_size=BATCH, epochs=EPOCHS, classes=CLASSES, seed=3, **options)


def step(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    chosen: SelectiveBatchSampler,
    batch: Any,
    backward: Callable[[Tensor], None] = Tensor.backward,
) -> None:
    indices, (inputs, labels) = batch
    logits = model(inputs)
    optimizer.zero_grad()
    backward(chosen.loss(functional.cross_entropy(logits, labels, reduction="none"), indices))
    optimizer.step()
    chosen.observe(indices, logits, labels)


class Training:
    """A model, its optimizer and its batches."""

    def __init__(self, chosen: SelectiveBatchSampler, **loader: Any) -> None:
        self.sampler = chosen
        self.model = network()
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.1, momentum=0.9)
        self.loader = DataLoader(Indexed(Points()), batch_sampler=chosen, **loader)
        self.batches: list[list[int]] = []

    def run(self, stop: Callable[[int], bool] = lambda steps: False) -> bool:
        """Trains to the end, or until `stop` says so after a step. Answers whether the end was reached."""
        while self.sampler.epoch < EPOCHS - 1 or self.sampler._resume is not None:
            for batch in self.loader:
                step(self.model, self.optimizer, self.sampler, batch)
                self.batches.append(batch[0].tolist())
                if stop(len(self.batches)):
                    return False
        return True

    def state(self) -> dict[str, Any]:
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "sampler": self.sampler.checkpoint(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.sampler.load_checkpoint(state["sampler"])

    def digest(self) -> str:
        """Hash of the weights."""
        return digest(self.model)


def digest(model: nn.Module) -> str:
    hashed = hashlib.sha256()
    for value in model.state_dict().values():
        hashed.update(value.numpy().tobytes())
    return hashed.hexdigest()
