"""Several processes: the same global batches as one, and to rounding the same weights."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as multiprocessing
from torch.nn.parallel import DistributedDataParallel
from training import EPOCHS, Training, sampler, step

pytestmark = pytest.mark.skipif(not dist.is_available(), reason="torch was built without torch.distributed")


def train(rank: int, world: int, port: int, name: str, folder: str, stop: int, host: str = "127.0.0.1") -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"tcp://{host}:{port}", rank=rank, world_size=world)
    options = {"prune_ratio": 0.4} if name == "info-batch" else {}
    training = Training(sampler(name, **options))
    saved = Path(folder) / "checkpoint.pt"
    if saved.exists():
        training.restore(torch.load(saved))
    model = DistributedDataParallel(training.model)
    batches: list[list[int]] = []
    done = False
    while not done and (training.sampler.epoch < EPOCHS - 1 or training.sampler._resume is not None):
        for batch in training.loader:
            step(model, training.optimizer, training.sampler, batch)
            batches.append(batch[0].tolist())
            if len(batches) == stop:
                state = training.state()
                if rank == 0:
                    torch.save(state, saved)
                done = True
                break
    torch.save({"batches": batches, "model": training.model.state_dict()}, Path(folder) / f"rank-{rank}.pt")
    dist.destroy_process_group()


def run(world: int, name: str, folder: Path, stop: int = -1) -> tuple[list[list[int]], dict[str, Any]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    multiprocessing.spawn(train, args=(world, port, name, str(folder), stop), nprocs=world)
    ranks = [torch.load(folder / f"rank-{rank}.pt") for rank in range(world)]
    joined = [
        [index for share in shares for index in share]
        for shares in zip(*(rank["batches"] for rank in ranks), strict=True)
    ]
    return joined, ranks[0]["model"]


@pytest.mark.parametrize(("world", "name"), [(2, "recency-bias"), (4, "info-batch")])
def test_several_processes_train_as_one(world: int, name: str, tmp_path: Path) -> None:
    options = {"prune_ratio": 0.4} if name == "info-batch" else {}
    alone = Training(sampler(name, **options))
    assert alone.run()
    joined, weights = run(world, name, tmp_path)
    assert joined == [batch for batch in alone.batches if len(batch) >= world]
    for key, value in alone.model.state_dict().items():
        assert torch.allclose(value, weights[key], atol=1e-4), key


def test_several_processes_go_on_from_a_checkpoint(tmp_path: Path) -> None:
    alone = Training(sampler())
    assert alone.run()
    first, _ = run(2, "recency-bias", tmp_path, stop=20)
    second, weights = run(2, "recency-bias", tmp_path)
    assert first + second == alone.batches
    for key, value in alone.model.state_dict().items():
        assert torch.allclose(value, weights[key], atol=1e-4), key
