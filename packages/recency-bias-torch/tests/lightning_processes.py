"""A run of Lightning over two processes, each of which makes its sampler before torch.distributed begins: FOLDER, and whether Lightning may wrap it."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import lightning
import torch
from test_lightning import Classifier
from torch.utils.data import DataLoader
from training import EPOCHS, Points, sampler

from recency_bias.lightning import SelectiveSampling
from recency_bias.torch import Indexed


def main(folder: Path, wrap: bool) -> None:
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    chosen = sampler()
    module = Classifier(chosen)
    trainer = lightning.Trainer(
        max_epochs=EPOCHS,
        accelerator="cpu",
        devices=2,
        strategy="ddp",
        callbacks=[SelectiveSampling(chosen)],
        use_distributed_sampler=wrap,
        default_root_dir=folder,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(module, DataLoader(Indexed(Points()), batch_sampler=chosen))
    torch.save(
        {"batches": module.batches, "model": module.model.state_dict()}, folder / f"rank-{trainer.global_rank}.pt"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] == "wrap")
