"""The paper's experiment at toy size: whole, and stopped and gone on with."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent.parent / "experiments"))

import paper
from trainer import Settings, Trainer, _shift


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Squares in four places: a class a place."""
    generator = np.random.default_rng(1)
    arrays: dict[str, Any] = {}
    for part, size in (("train", 256), ("test", 64)):
        labels = generator.integers(0, 4, size)
        images = generator.integers(0, 120, (size, 12, 12, 3))
        for image, label in zip(images, labels, strict=True):
            image[6 * (label // 2) + 1 : 6 * (label // 2) + 5, 6 * (label % 2) + 1 : 6 * (label % 2) + 5] += 100
        arrays[f"{part}_images"], arrays[f"{part}_labels"] = images.astype(np.uint8), labels.astype(np.int64)
    path = tmp_path / "squares.npz"
    np.savez(path, **arrays)
    return path


def command(data: Path, out: Path, *more: str) -> list[str]:
    return [
        *("--data", str(data), "--name", "squares", "--model", "small-cnn", "--optimizer", "momentum"),
        *("--steps", "48", "--batch-size", "32", "--warmup", "2", "--seeds", "1", "--device", "cpu", "--augment"),
        *("--out", str(out), *more),
    ]


def epochs_of(out: Path) -> dict[str, list[dict[str, Any]]]:
    found = {}
    for run in sorted(out.glob("*-seed1")):
        events = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
        epochs = {event["epoch"]: event for event in events if event["type"] == "epoch"}
        found[run.name] = [
            {key: value for key, value in epochs[epoch].items() if "econds" not in key and key not in ("time", "check")}
            for epoch in sorted(epochs)
        ]
    return found


def test_trains_all_methods_from_one_warm_up_and_records_them(data: Path, tmp_path: Path) -> None:
    paper.main(command(data, tmp_path / "out"))
    found = epochs_of(tmp_path / "out")
    assert set(found) == {f"{label}-seed1" for label in paper.METHODS}
    warmups = [[epoch["testError"] for epoch in epochs[:2]] for epochs in found.values()]
    assert all(warmup == warmups[0] for warmup in warmups)
    assert all(len(epochs) == 6 for epochs in found.values())
    assert [epoch["learningRate"] for epoch in found["random-seed1"]] == pytest.approx(
        [0.1, 0.1, 0.1, 0.01, 0.01, 0.001]
    )
    assert min(epoch["testError"] for epochs in found.values() for epoch in epochs) < 0.35
    last = {json.dumps(epochs[-1]) for epochs in found.values()}
    assert len(last) == len(paper.METHODS)


def test_goes_on_after_its_time_was_up_to_the_same_records(data: Path, tmp_path: Path, capsys: Any) -> None:
    paper.main(command(data, tmp_path / "whole", "--methods", "random", "recency-bias"))
    for _ in range(12):
        paper.main(command(data, tmp_path / "parts", "--methods", "random", "recency-bias", "--minutes", "0"))
    assert "Saved. The same command goes on." in capsys.readouterr().out
    assert epochs_of(tmp_path / "parts") == epochs_of(tmp_path / "whole")


def test_crops_are_those_of_the_padded_image() -> None:
    images = torch.arange(2 * 3 * 5 * 5, dtype=torch.uint8).view(2, 3, 5, 5)
    shifts = torch.tensor([[4, 0], [4, 8]])
    padded = torch.nn.functional.pad(images, (4, 4, 4, 4))
    cropped = _shift(images, shifts)
    assert torch.equal(cropped[0], images[0])
    assert torch.equal(cropped[1], padded[1, :, 0:5, 8:13])


def test_the_step_is_that_of_torchs_sgd(data: Path) -> None:
    loaded = paper.load(data)
    trainer = Trainer(loaded, Settings("small-cnn", 0.9, 32), seed=1, device=torch.device("cpu"))
    other = Trainer(loaded, Settings("small-cnn", 0.9, 32), seed=1, device=torch.device("cpu"))
    kernels = [parameter for parameter in other.parameters if parameter.ndim > 1]
    rest = [parameter for parameter in other.parameters if parameter.ndim == 1]
    optimizer = torch.optim.SGD([{"params": kernels, "weight_decay": 5e-4}, {"params": rest}], lr=0.1, momentum=0.9)
    rows = torch.arange(32)
    trainer.rate.fill_(0.1)
    for _ in range(3):
        trainer._step(rows, torch.ones(32), torch.zeros(32, dtype=torch.bool), torch.zeros(2, 32, dtype=torch.int64))
        logits = other.model(other._standardise(other.images[rows]))
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(logits, other.labels[rows]).backward()
        optimizer.step()
    for mine, theirs in zip(trainer.parameters, other.parameters, strict=True):
        assert torch.allclose(mine, theirs, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "parameters"), [("densenet40", 1_019_722), ("resnet50", 23_520_842), ("small-cnn", 6_418)]
)
def test_networks_have_their_published_sizes(name: str, parameters: int) -> None:
    network = paper.NETWORKS[name](3, 10)
    assert sum(parameter.numel() for parameter in network.parameters()) == parameters
    assert network.eval()(torch.zeros(2, 3, 32, 32)).shape == (2, 10)
