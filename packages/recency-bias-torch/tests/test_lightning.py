"""With PyTorch Lightning: the same batches and weights as a loop of one's own, interrupted anywhere."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as functional
from torch.utils.data import DataLoader
from training import EPOCHS, Points, Training, network, sampler

from recency_bias.lightning import SelectiveSampling
from recency_bias.torch import Indexed, SelectiveBatchSampler

lightning = pytest.importorskip("lightning")
ModelCheckpoint = pytest.importorskip("lightning.pytorch.callbacks").ModelCheckpoint

STEPS = 13


class Classifier(lightning.LightningModule):  # type: ignore[misc, name-defined]
    def __init__(self, chosen: SelectiveBatchSampler, stop: int | None = None, logits: bool = True) -> None:
        super().__init__()
        self.model = network()
        self.chosen = chosen
        self.stop = stop
        self.logits = logits
        self.batches: list[list[int]] = []

    def training_step(self, batch: Any, _: int) -> dict[str, torch.Tensor]:
        if self.global_step == self.stop:
            raise InterruptedError
        indices, (inputs, labels) = batch
        self.batches.append(indices.tolist())
        logits = self.model(inputs)
        loss = self.chosen.loss(functional.cross_entropy(logits, labels, reduction="none"), indices)
        return {"loss": loss, **({"logits": logits} if self.logits else {})}

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.model.parameters(), lr=0.1, momentum=0.9)


def fit(
    module: Classifier, folder: Path, checkpoint: Path | None = None, loader: DataLoader[Any] | None = None
) -> None:
    saving = ModelCheckpoint(folder, filename="{step}", every_n_train_steps=1, save_top_k=-1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trainer = lightning.Trainer(
            max_epochs=EPOCHS,
            accelerator="cpu",
            devices=1,
            callbacks=[SelectiveSampling(module.chosen), saving],
            use_distributed_sampler=False,
            logger=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        )
        batches = loader or DataLoader(Indexed(Points()), batch_sampler=module.chosen)
        trainer.fit(module, batches, ckpt_path=None if checkpoint is None else str(checkpoint))


@pytest.fixture(scope="module")
def alone() -> Training:
    training = Training(sampler())
    assert training.run()
    return training


@pytest.mark.parametrize("stop", [5, STEPS, 2 * STEPS + 4])
def test_trains_as_a_plain_loop_does_and_goes_on_from_a_checkpoint(alone: Training, stop: int, tmp_path: Path) -> None:
    first = Classifier(sampler(), stop)
    with pytest.raises(InterruptedError):
        fit(first, tmp_path / "first")
    second = Classifier(sampler())
    fit(second, tmp_path / "second", tmp_path / "first" / f"step={stop}.ckpt")
    assert first.batches + second.batches == alone.batches
    for key, value in alone.model.state_dict().items():
        assert torch.equal(value, second.model.state_dict()[key]), key


def test_a_loader_without_the_sampler_is_refused(tmp_path: Path) -> None:
    module = Classifier(sampler())
    with pytest.raises(RuntimeError, match=r"has BatchSampler; give it DataLoader\(\.\.\., batch_sampler=sampler\)"):
        fit(module, tmp_path, loader=DataLoader(Indexed(Points()), batch_size=16))


def run_two_processes(folder: Path, wrap: str) -> subprocess.CompletedProcess[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = Path(__file__).parent / "lightning_processes.py"
    paths = os.pathsep.join(path for path in sys.path if path)
    return subprocess.run(
        [sys.executable, str(script), str(folder), wrap],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": paths, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)},
    )


def test_two_processes_train_as_one(alone: Training, tmp_path: Path) -> None:
    done = run_two_processes(tmp_path, "keep")
    assert done.returncode == 0, done.stderr
    ranks = [torch.load(tmp_path / f"rank-{rank}.pt") for rank in range(2)]
    joined = [first + second for first, second in zip(*(rank["batches"] for rank in ranks), strict=True)]
    assert joined == alone.batches
    for key, value in alone.model.state_dict().items():
        assert torch.allclose(value, ranks[0]["model"][key], atol=1e-4), key


def test_two_processes_whose_sampler_lightning_may_wrap_are_told_the_way_out(tmp_path: Path) -> None:
    done = run_two_processes(tmp_path, "wrap")
    assert done.returncode != 0
    assert "use_distributed_sampler=False" in done.stderr


def test_a_step_without_logits_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="training_step returned no logits"):
        fit(Classifier(sampler(), logits=False), tmp_path)
