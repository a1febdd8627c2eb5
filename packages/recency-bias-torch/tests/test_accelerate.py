"""With accelerate, which shares out the batches of the sampler itself (`split_batches=True`)."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as multiprocessing
from training import Training, sampler, step

accelerate = pytest.importorskip("accelerate")


def train(rank: int, world: int, port: int, name: str, folder: str) -> None:
    import os

    from accelerate import Accelerator
    from accelerate.utils import DataLoaderConfiguration

    torch.set_num_threads(1)
    os.environ.update(
        {
            "RANK": str(rank),
            "LOCAL_RANK": str(rank),
            "WORLD_SIZE": str(world),
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": str(port),
            "ACCELERATE_USE_CPU": "true",
        }
    )
    accelerator = Accelerator(cpu=True, dataloader_config=DataLoaderConfiguration(split_batches=True))
    # accelerate shares out; a last batch that cannot be shared equally is left out.
    chosen = sampler(name, warmup_epochs=1, split=False, drop_last=True)
    training = Training(chosen)
    model, optimizer, loader = accelerator.prepare(training.model, training.optimizer, training.loader)
    batches: list[list[int]] = []
    while chosen.epoch < chosen.epochs - 1:
        for batch in loader:
            step(model, optimizer, chosen, batch, accelerator.backward)
            batches.append(batch[0].tolist())
    torch.save({"batches": batches, "model": training.model.state_dict()}, Path(folder) / f"rank-{rank}.pt")
    if dist.is_initialized():
        dist.destroy_process_group()


@pytest.mark.parametrize("name", ["recency-bias", "active-bias"])
def test_two_processes_train_as_one(name: str, tmp_path: Path) -> None:
    alone = Training(sampler(name, warmup_epochs=1, drop_last=True))
    assert alone.run()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    multiprocessing.spawn(train, args=(2, port, name, str(tmp_path)), nprocs=2)
    ranks = [torch.load(tmp_path / f"rank-{rank}.pt") for rank in range(2)]
    joined = [first + second for first, second in zip(ranks[0]["batches"], ranks[1]["batches"], strict=True)]
    assert joined == alone.batches
    for key, value in alone.model.state_dict().items():
        assert torch.allclose(value, ranks[0]["model"][key], atol=1e-4), key
