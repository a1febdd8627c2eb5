"""The engine: the selectors of the TypeScript library in a Node process beside the trainer, driven over pipes."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import threading
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ._node import find_node

Array = npt.NDArray[Any]
Arrays = Mapping[str, Array]
Score = Callable[[Array], Arrays]

TYPES = {"uint8": np.uint8, "int32": np.int32, "float32": np.float32, "float64": np.float64}
BUNDLE = Path(__file__).with_name("engine.mjs")


class EngineError(RuntimeError):
    """The engine has ended, or belongs to another process."""


#: The errors of JavaScript as Python has them.
ERRORS: dict[str, type[Exception]] = {"TypeError": TypeError, "RangeError": ValueError}

_engines: weakref.WeakSet[Engine] = weakref.WeakSet()


def _padded(size: int) -> int:
    return (size + 7) & ~7


class Engine:
    """A Node process with one selector. Calls are answered in order; the process ends with `close` or with its trainer."""

    def __init__(self) -> None:
        if not BUNDLE.exists():
            raise EngineError(f"{BUNDLE} is missing; in a checkout, make it with `npm ci && npm run build`.")
        node = find_node(os.environ.get("RECENCY_BIAS_NODE"))
        # A session of its own: Ctrl-C in the terminal is the trainer's to handle.
        self._process = subprocess.Popen(
            [node, str(BUNDLE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._closed = False
        _engines.add(self)
        self._finalizer = weakref.finalize(self, _end, self._process, self._owner)

    @property
    def pid(self) -> int:
        """Process id of the engine."""
        return self._process.pid

    def memory(self) -> int:
        """Bytes of memory that the engine holds at the moment (resident set; Linux only, elsewhere 0)."""
        try:
            text = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return 0
        line = next((row for row in text.splitlines() if row.startswith("VmRSS:")), "VmRSS: 0 kB")
        return int(line.split()[1]) * 1024

    def call(
        self,
        name: str,
        body: Mapping[str, object] | None = None,
        arrays: Arrays | None = None,
        score: Score | None = None,
    ) -> tuple[Any, dict[str, Array]]:
        """Calls the engine.

        Args:
            name: what to do.
            body: plain data that goes with it.
            arrays: arrays that go with it.
            score: answers the engine's question for a forward pass.

        Returns:
            the value and the arrays that are answered.

        Raises:
            TypeError, ValueError: the selector refused an argument.
            EngineError: the engine has ended, or this is another process than the one that made it.
        """
        if os.getpid() != self._owner:
            raise EngineError(
                "a selector was used in another process than the one that made it; draw batches in the trainer, not in "
                "DataLoader workers, and make a selector of its own in each process."
            )
        with self._lock:
            if self._closed:
                raise EngineError("the selector has been closed; make a new one.")
            self._write({"call": name, **(body or {})}, arrays or {})
            answer, found = self._read()
            failure: BaseException | None = None
            while answer.get("score"):
                try:
                    if score is None:
                        raise TypeError(
                            "this selector looks at samples before it chooses, which a DataLoader cannot do: give `score`, "
                            "with PyTorch as in `for indices in sampler.batches(score)`."
                        )
                    self._write({"call": "scored"}, score(found["indices"]))
                except EngineError:
                    raise
                except BaseException as error:
                    failure = error
                    self._write({"call": "scored", "failed": str(error)}, {})
                answer, found = self._read()
            if failure is not None:
                raise failure
        refused = answer.get("error")
        if refused is not None:
            raise ERRORS.get(refused["name"], RuntimeError)(refused["message"])
        return answer.get("value"), found

    def close(self) -> None:
        """Ends the engine. A second call does nothing."""
        self._closed = True
        self._finalizer()

    def forget_in_child(self) -> None:
        """In a forked process: lets go of the pipes, so that the engine ends with its trainer and not with a worker."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _ended(self) -> EngineError:
        self._closed = True
        status = self._process.poll()
        if status is None:
            try:
                status = self._process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                status = self._process.wait()
        how = f"by signal {-status}" if status < 0 else f"with status {status}"
        return EngineError(
            f"the engine of the selector (process {self.pid}) ended {how}; load the last checkpoint into a new selector."
        )

    def _write(self, body: Mapping[str, object], arrays: Arrays) -> None:
        listed = [(name, array.dtype.name, array.size) for name, array in arrays.items()]
        header = json.dumps({**body, "arrays": listed}, allow_nan=False).encode()
        parts = [header, b"\0" * (_padded(len(header)) - len(header))]
        for array in arrays.values():
            data = np.ascontiguousarray(array).tobytes()
            parts += [data, b"\0" * (_padded(len(data)) - len(data))]
        frame = memoryview(struct.pack("<II", 4 + sum(len(part) for part in parts), len(header)) + b"".join(parts))
        pipe = self._process.stdin
        assert pipe is not None
        try:
            while len(frame) > 0:
                frame = frame[pipe.write(frame) :]
        except (BrokenPipeError, ValueError):
            raise self._ended() from None

    def _read_whole(self, size: int) -> bytearray:
        buffer = bytearray(size)
        view = memoryview(buffer)
        pipe = self._process.stdout
        assert pipe is not None
        while len(view) > 0:
            read = pipe.readinto(view)  # type: ignore[attr-defined]
            if not read:
                raise self._ended()
            view = view[read:]
        return buffer

    def _read(self) -> tuple[dict[str, Any], dict[str, Array]]:
        length, header_bytes = struct.unpack("<II", self._read_whole(8))
        rest = self._read_whole(length - 4)
        body: dict[str, Any] = json.loads(rest[:header_bytes])
        at = _padded(header_bytes)
        found: dict[str, Array] = {}
        for name, kind, count in body.pop("arrays", []):
            array = np.frombuffer(rest, dtype=TYPES[kind], count=count, offset=at)
            found[name] = array
            at += _padded(array.nbytes)
        return body, found


def _end(process: subprocess.Popen[bytes], owner: int) -> None:
    """Ends a process whose input is a pipe, and takes its exit status, so that no zombie stays."""
    if os.getpid() != owner:
        return
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _forget_all() -> None:
    for engine in list(_engines):
        engine.forget_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
