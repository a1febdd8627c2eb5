"""The last predicted labels of every sample, as a run record keeps them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

_CHUNK = 1 << 16


class LabelWindows:
    """A window of the last `window` predicted labels of each of `size` samples."""

    def __init__(self, size: int, classes: int, window: int) -> None:
        self.size = size
        self.classes = classes
        self.window = window
        self._labels = np.zeros(
            (size, window), np.uint8 if classes <= 256 else np.uint16 if classes <= 65536 else np.uint32
        )
        self._seen = np.zeros(size, np.uint32)

    def record(self, indices: Ints, labels: Ints) -> None:
        """Adds a predicted label to each of some distinct samples; the oldest one leaves a full window."""
        self._labels[indices, self._seen[indices] % self.window] = labels
        self._seen[indices] += 1

    @property
    def counts(self) -> Ints:
        """How many labels each window holds, 0 to `window`."""
        return np.minimum(self._seen, self.window).astype(np.int64)

    def ordered(self, rows: slice = slice(None)) -> npt.NDArray[Any]:
        """The windows, oldest label first; of a window that is not full the first `counts` columns hold."""
        seen = self._seen[rows].astype(np.int64)
        first = np.where(seen >= self.window, seen % self.window, 0)
        columns = (first[:, None] + np.arange(self.window)) % self.window
        return np.take_along_axis(self._labels[rows], columns, axis=1)

    def uncertainty(self) -> npt.NDArray[np.float64]:
        """Entropy of each window over ln `classes`, in [0, 1]; 1 for a sample never seen (Song et al. 2020, equation 2)."""
        out = np.ones(self.size)
        logs = np.log(np.maximum(1, np.arange(self.window + 1)))
        for start in range(0, self.size, _CHUNK):
            rows = slice(start, min(self.size, start + _CHUNK))
            labels = self._labels[rows]
            counts = self.counts[rows]
            held = np.arange(self.window) < counts[:, None]
            # Of label j of a window: how often it occurs in it. Each of c equal ones contributes ln c, which makes c ln c.
            same = np.zeros(labels.shape, np.int64)
            for other in range(self.window):
                same += (labels == labels[:, other : other + 1]) & held[:, other : other + 1]
            sums = np.where(held, logs[same], 0.0).sum(axis=1)
            entropy = logs[counts] - sums / np.maximum(1, counts)
            settled = np.where(held, same, counts[:, None]).min(axis=1) == counts
            value = np.where(settled, 0.0, np.minimum(1.0, entropy / np.log(self.classes)))
            out[rows] = np.where(counts == 0, 1.0, value)
        return out

    def packed(self) -> npt.NDArray[np.uint32]:
        """All windows as bits, in the packing of the TypeScript package's `LabelHistory`.

        A window is: a bit whether it is full, otherwise how many labels it holds; its first label; for each further label a
        bit that says whether it is the one before again, and otherwise the label.
        """
        label_bits = max(1, (self.classes - 1).bit_length())
        count_bits = max(1, (self.window - 1).bit_length())
        words: list[npt.NDArray[np.uint64]] = []
        begun = 0
        carry = np.uint64(0)
        for start in range(0, self.size, _CHUNK):
            rows = slice(start, min(self.size, start + _CHUNK))
            labels = self.ordered(rows).astype(np.uint64)
            counts = self.counts[rows]
            full = counts == self.window
            held = np.arange(self.window) < counts[:, None]
            values = np.zeros((len(counts), self.window + 1), np.uint64)
            bits = np.zeros(values.shape, np.int64)
            values[:, 0] = np.where(full, 1, counts.astype(np.uint64) << np.uint64(1))
            bits[:, 0] = np.where(full, 1, 1 + count_bits)
            values[:, 1] = labels[:, 0]
            bits[:, 1] = label_bits
            again = labels[:, 1:] == labels[:, :-1]
            values[:, 2:] = np.where(again, np.uint64(1), labels[:, 1:] << np.uint64(1))
            bits[:, 2:] = np.where(again, 1, 1 + label_bits)
            bits[:, 1:][~held] = 0
            values[:, 1:][~held] = 0
            flat_bits = bits.ravel()
            ends = begun + np.cumsum(flat_bits)
            at = ends - flat_bits
            out = np.zeros(int(ends[-1]) // 32 + 2, np.uint64)
            shifted = values.ravel() << (at % 32).astype(np.uint64)
            np.bitwise_or.at(out, at // 32, shifted & np.uint64(0xFFFFFFFF))
            np.bitwise_or.at(out, at // 32 + 1, shifted >> np.uint64(32))
            out[0] |= carry
            whole = int(ends[-1]) // 32
            words.append(out[:whole])
            carry = out[whole]
            begun = int(ends[-1]) % 32
        if begun > 0:
            words.append(np.array([carry], np.uint64))
        return np.concatenate(words).astype(np.uint32)

    def state_dict(self) -> dict[str, Any]:
        """Everything, to go on identically."""
        return {"labels": self._labels.copy(), "seen": self._seen.copy()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restores what `state_dict` returned."""
        self._labels[...] = state["labels"]
        self._seen[...] = state["seen"]
