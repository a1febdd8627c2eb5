"""Two machines, as far as one can be two: processes in network namespaces of their own, joined by a cable of the kernel's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
import torch.distributed as dist
from training import Training, sampler

NAMES = [f"recency-{os.getpid()}-{rank}" for rank in range(2)]
TRAINER = """
import sys
sys.path[:0] = sys.argv[3].split(":")
import test_distributed
rank, folder = int(sys.argv[1]), sys.argv[2]
test_distributed.train(rank, 2, 29511, "recency-bias", folder, -1, host="10.77.0.1")
"""


def ip(*words: str) -> bool:
    return subprocess.run(["ip", *words], capture_output=True).returncode == 0


@pytest.fixture
def namespaces() -> Iterator[list[str]]:
    made = shutil.which("ip") is not None and all(ip("netns", "add", name) for name in NAMES)
    ends = [f"rb{os.getpid() % 100_000}{rank}" for rank in range(2)]
    try:
        if not made or not ip("link", "add", ends[0], "type", "veth", "peer", "name", ends[1]):
            pytest.skip("needs iproute2 and the right to make network namespaces")
        for rank, (name, end) in enumerate(zip(NAMES, ends, strict=True)):
            assert ip("link", "set", end, "netns", name)
            assert ip("-n", name, "addr", "add", f"10.77.0.{rank + 1}/24", "dev", end)
            assert ip("-n", name, "link", "set", end, "up")
            assert ip("-n", name, "link", "set", "lo", "up")
        yield ends
    finally:
        for name in NAMES:
            ip("netns", "del", name)


@pytest.mark.skipif(not dist.is_available(), reason="torch was built without torch.distributed")
def test_two_machines_train_as_one(namespaces: list[str], tmp_path: Path) -> None:
    alone = Training(sampler())
    assert alone.run()
    here = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parent.parent / "src")])
    running = [
        subprocess.Popen(
            ["ip", "netns", "exec", name, sys.executable, "-c", TRAINER, str(rank), str(tmp_path), here],
            env={**os.environ, "GLOO_SOCKET_IFNAME": end},
        )
        for rank, (name, end) in enumerate(zip(NAMES, namespaces, strict=True))
    ]
    try:
        assert [process.wait(timeout=200) for process in running] == [0, 0]
    finally:
        for process in running:
            process.kill()
    ranks = [torch.load(tmp_path / f"rank-{rank}.pt") for rank in range(2)]
    joined = [first + second for first, second in zip(ranks[0]["batches"], ranks[1]["batches"], strict=True)]
    assert joined == alone.batches
    for key, value in alone.model.state_dict().items():
        assert torch.allclose(value, ranks[0]["model"][key], atol=1e-4), key
