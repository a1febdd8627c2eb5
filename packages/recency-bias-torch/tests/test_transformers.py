"""With Hugging Face's Trainer: batches of the sampler, and checkpoints from which it goes on identically."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as functional
from torch import Tensor, nn
from torch.utils.data import Dataset
from training import EPOCHS, Points, network, sampler

from recency_bias.torch import SelectiveBatchSampler

transformers = pytest.importorskip("transformers")
pytest.importorskip("accelerate")
from recency_bias.transformers import SelectiveTrainer  # noqa: E402 (transformers may be missing)

STEPS = 13


class Rows(Dataset[Any]):
    def __init__(self) -> None:
        self.points = Points()

    def __getitem__(self, index: int) -> dict[str, Any]:
        inputs, label = self.points[index]
        return {"inputs": inputs, "labels": label}

    def __len__(self) -> int:
        return len(self.points)


class Model(nn.Module):
    """Notes which batches it was given, by their inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.net = network()
        self.batches: list[list[float]] = []

    def forward(self, inputs: Tensor, labels: Tensor) -> dict[str, Tensor]:
        if self.training:
            self.batches.append(inputs[:, 0].tolist())
        logits = self.net(inputs)
        return {"loss": functional.cross_entropy(logits, labels), "logits": logits}


class StopAt(transformers.TrainerCallback):  # type: ignore[misc, name-defined]
    def __init__(self, step: int | None) -> None:
        self.step = step

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if state.global_step == self.step:
            control.should_save = control.should_training_stop = True


def train(
    chosen: SelectiveBatchSampler, folder: Path, stop: int | None = None, resume: Path | None = None, **more: Any
) -> tuple[Model, SelectiveTrainer]:
    model = Model()
    settings: dict[str, Any] = {
        "num_train_epochs": EPOCHS,
        "save_strategy": "no",
        "report_to": [],
        "learning_rate": 0.05,
        "disable_tqdm": True,
        "use_cpu": True,
        **more,
    }
    trainer = SelectiveTrainer(
        chosen,
        model=model,
        args=transformers.TrainingArguments(str(folder), **settings),
        train_dataset=Rows(),
        eval_dataset=Rows(),
        callbacks=[StopAt(stop)],
    )
    trainer.train(resume_from_checkpoint=None if resume is None else str(resume))
    return model, trainer


@pytest.mark.parametrize(("name", "stop"), [("recency-bias", 2 * STEPS + 4), ("active-bias", STEPS)])
def test_goes_on_from_a_checkpoint_to_the_same_batches_and_weights(name: str, stop: int, tmp_path: Path) -> None:
    options = {"warmup_epochs": 1}
    whole, trainer = train(sampler(name, **options), tmp_path / "whole")
    assert trainer.sampler.selector.uncertainty() is not None or name != "recency-bias"
    first, _ = train(sampler(name, **options), tmp_path / "first", stop)
    second, _ = train(sampler(name, **options), tmp_path / "second", resume=tmp_path / "first" / f"checkpoint-{stop}")
    assert len(whole.batches) == EPOCHS * STEPS
    assert first.batches + second.batches == whole.batches
    for key, value in whole.state_dict().items():
        assert torch.equal(value, second.state_dict()[key]), key


def test_evaluates_without_the_sampler(tmp_path: Path) -> None:
    _, trainer = train(sampler(), tmp_path, stop=1)
    expected = functional.cross_entropy(trainer.model.net(Points().inputs), Points().labels)
    assert trainer.evaluate()["eval_loss"] == pytest.approx(expected.item(), rel=1e-4)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"num_train_epochs": EPOCHS + 1}, f"num_train_epochs is {EPOCHS + 1}, but the sampler was made for {EPOCHS}"),
        ({"gradient_accumulation_steps": 2}, "gradient_accumulation_steps is not 1"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=message):
        train(sampler(), tmp_path, **settings)
