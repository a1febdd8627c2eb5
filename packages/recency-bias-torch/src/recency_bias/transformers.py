"""Batch selection with Hugging Face's `Trainer`, for classification: a trainer that draws, weighs and observes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as functional
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from transformers import Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.trainer_utils import get_last_checkpoint

from .torch import Indexed, SelectiveBatchSampler

__all__ = ["SelectiveTrainer"]

_FILE = "sampler.pt"
_INDEX = "sample_index"


class SelectiveTrainer(Trainer):
    """A `Trainer` whose training batches a `SelectiveBatchSampler` chooses.

    ```
    sampler = SelectiveBatchSampler(dataset, "recency-bias", batch_size=32, epochs=3, classes=2)
    SelectiveTrainer(sampler, model=model, args=args, train_dataset=dataset).train()
    ```

    The model's outputs have `logits` ([samples, classes]) and its inputs `labels` ([samples]). Checkpoints hold the state of the
    selector, so that `train(resume_from_checkpoint=...)` goes on identically. Of several processes each takes its share of every
    batch; `args.per_device_train_batch_size` has no meaning.

    Args:
        sampler: chooses the batches of `train_dataset`.
        args, kwargs: those of `Trainer`.

    Raises:
        ValueError: the training lasts more epochs than the sampler was made for, or accumulates gradients.
    """

    def __init__(self, sampler: SelectiveBatchSampler, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sampler = sampler
        # The loss below is that of a whole batch; the trainer is not to scale it by the number of labels.
        self.model_accepts_loss_kwargs = False
        if self.args.max_steps <= 0 and self.args.num_train_epochs > sampler.epochs:
            raise ValueError(
                f"num_train_epochs is {self.args.num_train_epochs}, but the sampler was made for {sampler.epochs} epochs; give both the same."
            )
        if self.args.gradient_accumulation_steps != 1:
            raise ValueError(
                "gradient_accumulation_steps is not 1; each batch of the sampler is one step: give the sampler the batch size wanted."
            )
        self._checkpoints = _SamplerCheckpoints(sampler)
        self.add_callback(self._checkpoints)

    def get_train_dataloader(self) -> DataLoader[Any]:
        """Batches of the sampler. The trainer's own preparation, which would share batches out again, is left out."""
        dataset: Dataset[Any] = self.train_dataset
        return DataLoader(
            Indexed(dataset),
            batch_sampler=self.sampler,
            collate_fn=_Collate(self.data_collator),
            num_workers=self.args.dataloader_num_workers,
            pin_memory=self.args.dataloader_pin_memory and torch.cuda.is_available(),
        )

    def compute_loss(
        self, model: nn.Module, inputs: dict[str, Any], return_outputs: bool = False, **kwargs: Any
    ) -> Any:
        """The weighted loss of a training batch, which it observes; for evaluation the trainer's own."""
        indices: Tensor | None = inputs.pop(_INDEX, None)
        if indices is None:
            return super().compute_loss(model, inputs, return_outputs, **kwargs)
        labels: Tensor = inputs["labels"]
        outputs = model(**inputs)
        logits: Tensor = outputs["logits"]
        losses = functional.cross_entropy(logits, labels, reduction="none")
        self.sampler.observe(indices, logits, labels)
        loss = self.sampler.loss(losses, indices)
        return (loss, outputs) if return_outputs else loss

    def train(self, resume_from_checkpoint: str | bool | None = None, *args: Any, **kwargs: Any) -> Any:
        """Trains, going on from a checkpoint where `resume_from_checkpoint` says so."""
        folder = resume_from_checkpoint
        if folder is True:
            folder = get_last_checkpoint(self.args.output_dir)
        if folder:
            path = Path(str(folder)) / _FILE
            if not path.exists():
                raise FileNotFoundError(f"{path} is missing: the checkpoint was not written by a SelectiveTrainer.")
            self._checkpoints.restore(torch.load(path, map_location="cpu"))
        return super().train(resume_from_checkpoint, *args, **kwargs)


class _SamplerCheckpoints(TrainerCallback):
    """Adds the sampler to the trainer's checkpoints."""

    def __init__(self, sampler: SelectiveBatchSampler) -> None:
        self._sampler = sampler
        self._restored: dict[str, Any] | None = None

    def restore(self, state: dict[str, Any]) -> None:
        """Restores a state when the first epoch begins: before, some releases run the loader empty to catch up."""
        self._restored = state

    def on_epoch_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        restored, self._restored = self._restored, None
        if restored is None:
            return
        # The trainer skips the batches that are behind by itself.
        self._sampler.load_checkpoint({**restored, "batches": 0})
        if restored["batches"] >= len(self._sampler):
            self._sampler.set_epoch(restored["epoch"] + 1)

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        checkpoint = self._sampler.checkpoint()
        folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        if state.is_world_process_zero:
            torch.save(checkpoint, folder / _FILE)


class _Collate:
    """Collates samples as the trainer does, and their indices beside them."""

    def __init__(self, collator: Callable[[list[Any]], dict[str, Any]]) -> None:
        self._collator = collator

    def __call__(self, rows: list[tuple[int, Any]]) -> dict[str, Any]:
        batch = dict(self._collator([sample for _, sample in rows]))
        batch[_INDEX] = torch.tensor([index for index, _ in rows])
        return batch
