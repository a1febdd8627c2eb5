"""Cells of the paper's table, at the paper's length: `python paper.py --data MNIST_FOLDER --name mnist --model densenet40 --out runs/mnist`.

For each seed a warm-up of uniform batches is trained once; all methods watch it and fork from it. Rate 0.1, divided by ten at 50 % and 75 %
of the epochs, weight decay 5e-4, window 10, pressure from 100 to 1. Records are those of the command `recency-bias`: `npx recency-bias report
runs/mnist` shows them. A call that is stopped, or whose `--minutes` have passed, goes on where it was when it is made again.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from data import Data, load
from networks import NETWORKS
from trainer import Settings, Trainer

from recency_bias import Recorder, Selector

METHODS: dict[str, tuple[str, dict[str, Any]]] = {
    "random": ("uniform", {}),
    "online-batch": ("online-batch", {"selection_pressure": 100}),
    "active-bias": ("active-bias", {}),
    "recency-bias": ("recency-bias", {"selection_pressure": 100, "window": 10}),
}


class TimeIsUp(Exception):
    """The minutes that were given have passed; everything is saved."""


class Run:
    """A method of a seed: its selector and its record."""

    def __init__(
        self, label: str, seed: int, given: argparse.Namespace, data: Data, epochs: int, parameters: int
    ) -> None:
        name, options = METHODS[label]
        if name != "uniform":
            options = {**options, "warmup_epochs": given.warmup}
        self.label = label
        self.selector = Selector(name, len(data.train_labels), data.classes, epochs, seed, **options)
        self.recorder = Recorder(
            given.out,
            self.selector,
            labels=data.train_labels.numpy(),
            batch_size=given.batch_size,
            test_size=len(data.test_labels),
            dataset={"name": given.name},
            model=given.model,
            parameters=parameters,
            label=label,
            warmup_epochs=given.warmup,
            settings={
                "optimizer": {"name": given.optimizer, "momentum": 0.9}
                if given.optimizer == "momentum"
                else {"name": "sgd"},
                "learningRate": {"initial": 0.1, "steps": [[0.5, 0.1], [0.75, 0.1]]},
                "weightDecay": 5e-4,
            },
        )

    def begin(self, epoch: int) -> None:
        self.selector.begin_epoch(epoch)
        self.recorder.begin_epoch(epoch)

    def observe(self, batch_size: int, indices: np.ndarray[Any, Any], found: dict[str, Any]) -> None:
        """An epoch's measurements: to the selector at once, to the record step by step."""
        wanted = self.selector.signals
        if wanted:
            self.selector.observe(indices, **{name: found[name] for name in wanted})
        for at in range(0, len(indices), batch_size):
            part = slice(at, at + batch_size)
            self.recorder.observe(indices[part], found["loss"][part], found["predicted_label"][part])

    def state_dict(self) -> dict[str, Any]:
        return {"selector": self.selector.state(), "recorder": self.recorder.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.selector.load_state(state["selector"])
        self.recorder.load_state_dict(state["recorder"])

    def close(self) -> None:
        self.recorder.close()
        self.selector.close()


class Seed:
    """All methods of a seed, from their shared warm-up to their end."""

    def __init__(self, seed: int, given: argparse.Namespace, data: Data) -> None:
        self.seed, self.given, self.data = seed, given, data
        self.steps = -(-len(data.train_labels) // given.batch_size)
        self.epochs = max(given.warmup + 1, round(given.steps / self.steps))
        settings = Settings(
            given.model, 0.9 if given.optimizer == "momentum" else 0.0, given.batch_size, augment=given.augment
        )
        self.trainer = Trainer(data, settings, seed, torch.device(given.device))
        self.parameters = sum(parameter.numel() for parameter in self.trainer.parameters)
        self.states = given.out / "states"
        self.states.mkdir(parents=True, exist_ok=True)

    def train(self) -> None:
        """Trains what is missing. Raises TimeIsUp after saving."""
        for label in self.given.methods:
            if (self.states / f"{label}-seed{self.seed}.done").exists():
                continue
            warmup = self._warmup()
            run = Run(label, self.seed, self.given, self.data, self.epochs, self.parameters)
            try:
                self._finish(run, warmup)
            finally:
                run.close()

    def _warmup(self) -> dict[str, Any]:
        """The state of all methods after the warm-up, which is trained where it has not been."""
        path = self.states / f"warmup-seed{self.seed}.pt"
        if path.exists():
            return _read(path)
        runs = [
            Run(label, self.seed, self.given, self.data, self.epochs, self.parameters) for label in self.given.methods
        ]
        uniform = Selector("uniform", len(self.data.train_labels), 0, self.epochs, self.seed)
        try:
            for epoch in range(1, self.given.warmup + 1):
                uniform.begin_epoch(epoch)
                self._epoch(epoch, uniform, runs)
            state = {"trainer": self.trainer.state_dict(), "runs": {run.label: run.state_dict() for run in runs}}
            _write(path, state)
            return state
        finally:
            uniform.close()
            for run in runs:
                run.close()

    def _finish(self, run: Run, warmup: dict[str, Any]) -> None:
        """Trains a method from its last saved epoch, or from the warm-up, to its end."""
        path = self.states / f"{run.label}-seed{self.seed}.pt"
        saved = (
            _read(path)
            if path.exists()
            else {"epoch": self.given.warmup, "trainer": warmup["trainer"], "run": warmup["runs"][run.label]}
        )
        self.trainer.load_state_dict(saved["trainer"])
        run.load_state_dict(saved["run"])
        kept = time.monotonic()
        for epoch in range(saved["epoch"] + 1, self.epochs + 1):
            self._epoch(epoch, run.selector, [run])
            late = time.monotonic() > self.given.deadline
            if late or time.monotonic() - kept > 60:
                _write(path, {"epoch": epoch, "trainer": self.trainer.state_dict(), "run": run.state_dict()})
                kept = time.monotonic()
            if late and epoch < self.epochs:
                raise TimeIsUp
        run.recorder.finish()
        (self.states / f"{run.label}-seed{self.seed}.done").touch()
        path.unlink(missing_ok=True)

    def _epoch(self, epoch: int, drawing: Selector, runs: list[Run]) -> None:
        """Trains an epoch of the batches of a selector; all runs watch."""
        for run in runs:
            run.begin(epoch)
        began = time.perf_counter()
        share = (epoch - 1) / self.epochs
        rate = 0.1 * (0.1 if share >= 0.5 else 1) * (0.1 if share >= 0.75 else 1)
        indices, found = self.trainer.epoch(epoch, drawing.select_epoch(self.given.batch_size), rate)
        seconds = time.perf_counter() - began
        for run in runs:
            run.observe(self.given.batch_size, indices, found)
        loss, error = self.trainer.evaluate(self.trainer.test_images, self.trainer.test_labels)
        probe = torch.from_numpy(runs[0].recorder.probe).to(self.trainer.device)
        probe_loss, _ = self.trainer.evaluate(self.trainer.images[probe], self.trainer.labels[probe])
        for run in runs:
            run.recorder.end_epoch(
                test_error=error, test_loss=loss, probe_loss=probe_loss, learning_rate=rate, train_seconds=seconds
            )
        names = ", ".join(run.label for run in runs) if len(runs) == 1 else "warm-up"
        print(
            f"seed {self.seed}  {names}  epoch {epoch} of {self.epochs}: test error {100 * error:.2f} %, {seconds:.1f} s",
            flush=True,
        )


def _read(path: Path) -> dict[str, Any]:
    # Written by this program: plain data, arrays and tensors.
    state: dict[str, Any] = torch.load(path, weights_only=False)
    return state


def _write(path: Path, state: dict[str, Any]) -> None:
    """Whole or not at all."""
    part = path.with_suffix(".part")
    torch.save(state, part)
    part.replace(path)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of IDX files, or an .npz file")
    parser.add_argument("--name", required=True, help="name of the data set in records, such as mnist")
    parser.add_argument("--model", choices=sorted(NETWORKS), default="resnet50")
    parser.add_argument("--optimizer", choices=["momentum", "sgd"], default="sgd")
    parser.add_argument("--steps", type=int, default=40_000)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--warmup", type=int, default=15, help="epochs of uniform batches, shared by the methods")
    parser.add_argument("--methods", nargs="+", choices=sorted(METHODS), default=list(METHODS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--augment", action="store_true", help="flips and crops")
    parser.add_argument("--limit", type=int, help="the first so many samples")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="save and stop after so many")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(arguments)
    given.deadline = time.monotonic() + 60 * given.minutes
    data = load(given.data, given.limit)
    try:
        for seed in given.seeds:
            Seed(seed, given, data).train()
    except TimeIsUp:
        print("Saved. The same command goes on.", flush=True)


if __name__ == "__main__":
    main()
