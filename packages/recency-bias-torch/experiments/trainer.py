"""Trains epochs whose batches are known beforehand: the data stay on the device, and labels come back once an epoch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as functional
from data import Data
from networks import create
from torch import Tensor

from recency_bias import Batch
from recency_bias.signals import measure

SIGNALS = ("loss", "predicted_label", "true_class_probability")
PADDING = 4


@dataclass(frozen=True)
class Settings:
    """How a network is trained."""

    model: str
    momentum: float
    batch_size: int
    weight_decay: float = 5e-4
    augment: bool = False


class Trainer:
    """A network, its optimizer and one training step, which is a CUDA graph where there is a GPU.

    A step reads its batch from fixed buffers and leaves its measurements in others, so that it can be replayed. The last batch of an
    epoch, which may be smaller, runs the same step without the graph.
    """

    def __init__(self, data: Data, settings: Settings, seed: int, device: torch.device) -> None:
        self.data = data
        self.settings = settings
        self.seed = seed
        self.device = device
        mean, deviation = data.moments()
        self.mean = mean.view(1, -1, 1, 1).to(device)
        self.deviation = deviation.view(1, -1, 1, 1).to(device)
        self.images = data.train_images.to(device)
        self.labels = data.train_labels.to(device)
        self.test_images = data.test_images.to(device)
        self.test_labels = data.test_labels.to(device)
        self.model = create(settings.model, data.train_images.shape[1], data.classes, seed).to(device)
        self.half = device.type == "cuda"
        if self.half:
            self.model = self.model.to(memory_format=torch.channels_last)
        self.parameters = list(self.model.parameters())
        self.velocities = [torch.zeros_like(parameter) for parameter in self.parameters]
        self.rate = torch.zeros((), device=device)
        size = settings.batch_size
        self.rows = torch.zeros(size, dtype=torch.int64, device=device)
        self.weights = torch.ones(size, device=device)
        self.flips = torch.zeros(size, dtype=torch.bool, device=device)
        self.shifts = torch.zeros(2, size, dtype=torch.int64, device=device)
        self.graph: Any = None
        self.measured: dict[str, Tensor] = {}

    def state_dict(self) -> dict[str, Any]:
        return {"model": self.model.state_dict(), "velocities": self.velocities}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Copies a state into the tensors that the graph works on."""
        self.model.load_state_dict(state["model"])
        with torch.no_grad():
            for velocity, saved in zip(self.velocities, state["velocities"], strict=True):
                velocity.copy_(saved)

    def epoch(self, number: int, batches: list[Batch], rate: float) -> tuple[np.ndarray[Any, Any], dict[str, Any]]:
        """Trains on the batches of an epoch.

        Returns:
            the indices of all batches end to end, and of each of `SIGNALS` a value a sample.
        """
        self.model.train()
        self.rate.fill_(rate)
        indices = np.concatenate([batch.indices for batch in batches]).astype(np.int64)
        weighted = any(batch.weights is not None for batch in batches)
        weights = (
            np.concatenate(
                [batch.weights if batch.weights is not None else np.ones(len(batch.indices)) for batch in batches]
            )
            if weighted
            else np.ones(len(indices))
        )
        rows = torch.from_numpy(indices).to(self.device)
        scale = torch.from_numpy(weights.astype(np.float32)).to(self.device)
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + number)
        flips = (torch.rand(len(indices), generator=generator) < 0.5).to(self.device)
        shifts = torch.randint(0, 2 * PADDING + 1, (2, len(indices)), generator=generator).to(self.device)
        found = {
            name: torch.zeros(
                len(indices), dtype=torch.int32 if name == "predicted_label" else torch.float32, device=self.device
            )
            for name in SIGNALS
        }
        at = 0
        for batch in batches:
            part = slice(at, at + len(batch.indices))
            at = part.stop
            measured = self._step(rows[part], scale[part], flips[part], shifts[:, part])
            for name in SIGNALS:
                found[name][part].copy_(measured[name])
        return indices, {name: column.cpu().numpy() for name, column in found.items()}

    @torch.no_grad()
    def evaluate(self, images: Tensor, labels: Tensor) -> tuple[float, float]:
        """Mean loss, and the share of wrong predictions."""
        self.model.eval()
        logits = torch.cat([self._forward(self._standardise(part)) for part in images.split(1000)])
        loss = functional.cross_entropy(logits, labels)
        return loss.item(), (logits.argmax(1) != labels).float().mean().item()

    def _step(self, rows: Tensor, weights: Tensor, flips: Tensor, shifts: Tensor) -> dict[str, Tensor]:
        if self.device.type != "cuda" or len(rows) != self.settings.batch_size:
            return self._compute(rows, weights, flips, shifts)
        self.rows.copy_(rows)
        self.weights.copy_(weights)
        self.flips.copy_(flips)
        self.shifts.copy_(shifts)
        if self.graph is None:
            self._capture()
        self.graph.replay()
        return self.measured

    def _capture(self) -> None:
        """Records the step. The trial steps before it are undone, so that the run is that of the batches alone."""
        saved = {name: value.clone() for name, value in self.model.state_dict().items()}
        velocities = [velocity.clone() for velocity in self.velocities]
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(3):
                self._compute(self.rows, self.weights, self.flips, self.shifts)
        torch.cuda.current_stream().wait_stream(stream)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.measured = self._compute(self.rows, self.weights, self.flips, self.shifts)
        self.load_state_dict({"model": saved, "velocities": velocities})

    def _compute(self, rows: Tensor, weights: Tensor, flips: Tensor, shifts: Tensor) -> dict[str, Tensor]:
        images, labels = self.images[rows], self.labels[rows]
        if self.settings.augment:
            images = _shift(torch.where(flips.view(-1, 1, 1, 1), images.flip(3), images), shifts)
        logits = self._forward(self._standardise(images))
        losses = functional.cross_entropy(logits, labels, reduction="none")
        gradients = torch.autograd.grad((losses * weights).sum() / len(rows), self.parameters)
        with torch.no_grad():
            for parameter, velocity, gradient in zip(self.parameters, self.velocities, gradients, strict=True):
                if parameter.ndim > 1:
                    gradient = gradient + self.settings.weight_decay * parameter
                velocity.mul_(self.settings.momentum).add_(gradient)
                parameter.sub_(self.rate * velocity)
            return measure(SIGNALS, logits.detach(), labels)

    def _forward(self, inputs: Tensor) -> Tensor:
        if not self.half:
            return self.model(inputs)
        with torch.autocast("cuda", torch.bfloat16):
            return self.model(inputs.contiguous(memory_format=torch.channels_last)).float()

    def _standardise(self, images: Tensor) -> Tensor:
        return (images.float() / 255 - self.mean) / self.deviation


def _shift(images: Tensor, shifts: Tensor) -> Tensor:
    """Crops of the padded images, each at its own place."""
    height, width = images.shape[2:]
    padded = functional.pad(images, (PADDING,) * 4)
    rows = shifts[0].view(-1, 1) + torch.arange(height, device=images.device)
    columns = shifts[1].view(-1, 1) + torch.arange(width, device=images.device)
    samples = torch.arange(len(images), device=images.device).view(-1, 1, 1)
    return padded.permute(0, 2, 3, 1)[samples, rows.unsqueeze(2), columns.unsqueeze(1)].permute(0, 3, 1, 2)
