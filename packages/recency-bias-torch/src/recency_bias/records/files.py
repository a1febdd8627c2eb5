"""Files of a run record: replaced whole, or appended to a line at a time."""

from __future__ import annotations

import contextlib
import json
import os
import struct
import sys
import zlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

if sys.platform != "win32":
    import fcntl


def replace_file(path: Path, content: bytes) -> None:
    """Writes a file so that a reader sees the old content or the new, never half of it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with open(temporary, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def to_json(value: Mapping[str, Any], indent: int | None = None) -> bytes:
    """A line or a file of JSON.

    Raises:
        ValueError: a number is not finite.
    """
    return (json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False) + "\n").encode()


def lock(handle: int, wait: bool) -> bool:
    """Takes the lock of an open file or folder, which its process gives back at its end.

    Returns:
        False when another process holds it and `wait` is False.
    """
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Waits until no other process is inside the same block for the same folder."""
    if sys.platform == "win32":
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        lock(handle, wait=True)
        yield
    finally:
        os.close(handle)


class Events:
    """The file `events.jsonl` of a run, written by one process at a time."""

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = open(path, "a+b")  # noqa: SIM115 (closed by close)
        if not lock(self._file.fileno(), wait=False):
            self._file.close()
            raise RuntimeError(f"{path}: another process is writing there; wait for it or end it.")
        # What a killed process left torn is cut off.
        self._file.seek(0)
        self._file.truncate(self._file.read().rfind(b"\n") + 1)

    def append(self, event: Mapping[str, Any]) -> None:
        """Appends an event and waits until it is on the disk."""
        self._file.write(to_json(event))
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Lets another process write."""
        self._file.close()


def png_data_uri(image: npt.NDArray[Any]) -> str:
    """An image as a data URI.

    Args:
        image: uint8, [height, width], [height, width, 1] (grey) or [height, width, 3] (RGB).

    Raises:
        ValueError: another type or shape.
    """
    pixels = np.asarray(image)
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] not in (1, 3):
        raise ValueError(
            f"images: gave {image.dtype} of shape {image.shape}; it must give uint8 of [height, width, 1 or 3]."
        )
    height, width, channels = pixels.shape
    rows = np.zeros((height, 1 + width * channels), np.uint8)
    rows[:, 1:] = pixels.reshape(height, -1)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2 if channels == 3 else 0, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    png += chunk(b"IDAT", zlib.compress(rows.tobytes())) + chunk(b"IEND", b"")
    return "data:image/png;base64," + b64encode(png).decode("ascii")
