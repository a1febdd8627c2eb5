"""Batch selection with PyTorch Lightning: a callback that observes, keeps checkpoints whole and sees to it that the sampler stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer
from torch import Tensor

from .torch import SelectiveBatchSampler

__all__ = ["SelectiveSampling"]


def _targets(batch: Any) -> Tensor:
    return batch[1][1]


class SelectiveSampling(Callback):
    """Connects a `Trainer` with the sampler of its training `DataLoader`.

    ```
    class Classifier(LightningModule):
        def training_step(self, batch, _):
            indices, (inputs, labels) = batch
            logits = self(inputs)
            loss = self.sampler.loss(F.cross_entropy(logits, labels, reduction="none"), indices)
            return {"loss": loss, "logits": logits}

    Trainer(callbacks=[SelectiveSampling(sampler)], use_distributed_sampler=False).fit(model, loader)
    ```

    What `training_step` returns as `logits` is observed after each step. Lightning's checkpoints hold the state of the selector,
    so that `fit(..., ckpt_path=...)` goes on identically, in mid-epoch too.

    Args:
        sampler: the batch sampler of the training `DataLoader`, whose data set is `Indexed`.
        targets: takes the labels from a batch; default `batch[1][1]`, those of `(index, (input, label))`.

    Raises:
        RuntimeError: when another sampler trains, or Lightning would put one in the place of this one.
        TypeError: when `training_step` returns no logits.
    """

    def __init__(self, sampler: SelectiveBatchSampler, targets: Callable[[Any], Tensor] = _targets) -> None:
        self.sampler = sampler
        self._targets = targets

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        # Lightning makes the batch sampler anew before the training starts, with arguments that only its own kinds take.
        connector = getattr(trainer, "_accelerator_connector", None)
        if stage == "fit" and trainer.world_size > 1 and getattr(connector, "use_distributed_sampler", False):
            raise RuntimeError(
                "SelectiveSampling: Lightning would put a sampler of its own in place of this one for several processes; switch "
                "that off: Trainer(use_distributed_sampler=False)."
            )

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        loader = trainer.train_dataloader
        used = getattr(loader, "batch_sampler", None)
        if used is self.sampler:
            return
        raise RuntimeError(
            f"SelectiveSampling: the sampler is not the one that trains: the training DataLoader has {type(used).__name__}; give it "
            "DataLoader(..., batch_sampler=sampler)."
        )

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.sampler.set_epoch(trainer.current_epoch)

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        if not self.sampler.selector.signals:
            self.sampler.observe(batch[0])
            return
        if not isinstance(outputs, dict) or "logits" not in outputs:
            raise TypeError(
                "SelectiveSampling: training_step returned no logits; let it return {'loss': loss, 'logits': logits}."
            )
        self.sampler.observe(batch[0], outputs["logits"], self._targets(batch))

    def state_dict(self) -> dict[str, Any]:
        return self.sampler.checkpoint()

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.sampler.load_checkpoint(state_dict)
        if state_dict["batches"] >= len(self.sampler):
            # Lightning goes on with the next epoch, without an empty rest of this one.
            self.sampler.set_epoch(state_dict["epoch"] + 1)
