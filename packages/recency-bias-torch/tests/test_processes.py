"""The engine's process: it ends with its trainer, its end is one clear error, and workers hold no copy of its pipes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from recency_bias import EngineError, Selector

TRAINER = """
import os, sys, time
from recency_bias import Selector
selector = Selector("uniform", 1000)
if sys.argv[1] == "with a fork":
    if os.fork() == 0:
        time.sleep(30)
        os._exit(0)
print(selector._engine.pid, flush=True)
time.sleep(30)
"""


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0]
    except OSError:
        return False


def gone_within(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not alive(pid):
            return True
        time.sleep(0.02)
    return False


def test_a_killed_engine_is_one_clear_error_and_nothing_hangs() -> None:
    selector = Selector("uniform", 1000)
    selector.begin_epoch(1)
    os.kill(selector._engine.pid, signal.SIGKILL)
    with pytest.raises(EngineError, match=r"ended by signal 9; load the last checkpoint into a new selector"):
        for _ in range(100):
            selector.select(10)
    with pytest.raises(EngineError):
        selector.select(10)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("how", ["alone", "with a fork"])
def test_the_engine_ends_with_a_killed_trainer(how: str) -> None:
    trainer = subprocess.Popen(
        [sys.executable, "-c", TRAINER, how],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert trainer.stdout is not None
    engine = int(trainer.stdout.readline())
    assert alive(engine)
    trainer.kill()
    trainer.wait()
    assert gone_within(engine, 10)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_closing_leaves_no_zombie() -> None:
    selector = Selector("uniform", 1000)
    pid = selector._engine.pid
    selector.close()
    assert not Path(f"/proc/{pid}").exists()


def test_another_process_is_told_that_the_selector_is_not_its_own() -> None:
    selector = Selector("uniform", 1000)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            selector.begin_epoch(1)
        except EngineError as error:
            os.write(write, str(error).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert b"another process" in os.read(read, 1000)
    selector.begin_epoch(1)
    assert selector.select(10) is not None


def test_node_is_taken_from_the_environment_and_a_bad_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECENCY_BIAS_NODE", "/no/such/node")
    with pytest.raises(RuntimeError, match=r"RECENCY_BIAS_NODE is '/no/such/node'"):
        Selector("uniform", 10)
