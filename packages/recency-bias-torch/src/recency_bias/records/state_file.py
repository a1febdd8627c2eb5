"""The container of states: plain data and arrays as portable bytes, as the TypeScript package writes and reads them."""

from __future__ import annotations

import json
import math
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

_MAGIC = 0x54534252  # 'RBST'
_FORMAT = 1
_PREFIX = 16

_NAMES = {
    np.dtype(np.uint8): "Uint8Array",
    np.dtype(np.uint16): "Uint16Array",
    np.dtype(np.uint32): "Uint32Array",
    np.dtype(np.int32): "Int32Array",
    np.dtype(np.float32): "Float32Array",
    np.dtype(np.float64): "Float64Array",
}


def _align8(length: int) -> int:
    return -(-length // 8) * 8


def encode_state(state: Mapping[str, Any]) -> bytes:
    """Returns the bytes of a state that `decodeState` of the TypeScript package reads.

    Args:
        state: strings, numbers, booleans, None, lists, mappings, and arrays of uint8, uint16, uint32, int32, float32 or
            float64. A key may not be `$`.

    Raises:
        TypeError: when the state holds something else; the message names the field.
    """
    arrays: list[bytes] = []
    size = 0

    def pack(value: Any, path: str) -> Any:
        nonlocal size
        if isinstance(value, np.ndarray):
            name = _NAMES.get(value.dtype)
            if name is None:
                raise TypeError(f"{path} holds {value.dtype}; a state holds uint8 to uint32, int32 and floats.")
            data = np.ascontiguousarray(value, dtype=value.dtype.newbyteorder("<")).tobytes()
            at = size
            arrays.append(data.ljust(_align8(len(data)), b"\0"))
            size += len(arrays[-1])
            return {"$": name, "at": at, "length": value.size}
        if isinstance(value, Mapping):
            return {key: pack(field, f"{path}.{key}") for key, field in value.items()}
        if isinstance(value, (list, tuple)):
            return [pack(item, f"{path}[{i}]") for i, item in enumerate(value)]
        if isinstance(value, float) and not math.isfinite(value):
            return {"$": "number", "value": "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"}
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        raise TypeError(f"{path} is a {type(value).__name__}; a state holds plain data and arrays.")

    header = json.dumps(pack(state, "state"), separators=(",", ":")).encode("ascii")
    start = _align8(_PREFIX + len(header))
    length = start + size + 4
    prefix = struct.pack("<IIII", _MAGIC, _FORMAT, len(header), length) + header
    content = prefix.ljust(start, b"\0") + b"".join(arrays)
    return content + struct.pack("<I", zlib.crc32(content))
