"""What a run record remembers of each training sample."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .label_windows import Ints, LabelWindows

_POINTS = 20
_LEVELS = 254
_UNSEEN = 255
_MOST = 0xFFFF


def uncertainty_epochs(epochs: int) -> npt.NDArray[np.int32]:
    """The epochs after which uncertainty is kept: each one, or 20 of them at equal distances."""
    points = min(epochs, _POINTS)
    return np.array([(2 * (point + 1) * epochs + points) // (2 * points) for point in range(points)], np.int32)


class SampleRecord:
    """Counts and sums of each sample: 37 bytes a sample, and one for each of at most 20 epochs whose uncertainty is kept.

    A sample is learnt when it is predicted right, and forgotten each time it is predicted wrong after it was predicted right the
    time before (Toneva et al. 2019, arXiv 1812.05159). The late part of a run is its second half.
    """

    def __init__(self, epochs: int, labels: Ints) -> None:
        size = len(labels)
        self._labels = labels
        self._late = epochs // 2 + 1
        self._arrays: dict[str, npt.NDArray[Any]] = {
            "observed": np.zeros(size, np.uint32),
            "lateObserved": np.zeros(size, np.uint32),
            "lossSum": np.zeros(size, np.float32),
            "lateLossSum": np.zeros(size, np.float32),
            "lastLoss": np.zeros(size, np.float32),
            "confidenceSum": np.zeros(size, np.float32),
            "confidenceSquareSum": np.zeros(size, np.float32),
            "marginSum": np.zeros(size, np.float32),
            "timesForgotten": np.zeros(size, np.uint16),
            "epochLearnt": np.zeros(size, np.uint16),
            "right": np.zeros(size, np.uint8),
            "uncertaintyEpochs": uncertainty_epochs(epochs),
            "uncertainty": np.full(min(epochs, _POINTS) * size, _UNSEEN, np.uint8),
        }

    def observe(
        self,
        indices: Ints,
        predicted: Ints,
        loss: npt.NDArray[np.float32],
        margin: npt.NDArray[np.float32] | None,
        epoch: int,
    ) -> None:
        """Adds what the network said of some distinct samples as they were trained in `epoch`.

        A single step without margins leaves them out of the record: half a sum would mislead.
        """
        a = self._arrays
        if margin is None:
            a.pop("marginSum", None)
        elif "marginSum" in a:
            a["marginSum"][indices] += margin
        # Sums as of numbers of double precision, rounded once.
        confidence = np.exp(-loss.astype(np.float64))
        a["observed"][indices] += 1
        a["lossSum"][indices] += loss
        a["lastLoss"][indices] = loss
        a["confidenceSum"][indices] = (a["confidenceSum"][indices] + confidence).astype(np.float32)
        if "confidenceSquareSum" in a:
            squares = a["confidenceSquareSum"][indices] + confidence * confidence
            a["confidenceSquareSum"][indices] = squares.astype(np.float32)
        if epoch >= self._late:
            a["lateObserved"][indices] += 1
            a["lateLossSum"][indices] += loss
        right = predicted == self._labels[indices]
        first = indices[right & (a["epochLearnt"][indices] == 0)]
        a["epochLearnt"][first] = min(epoch, _MOST)
        forgotten = indices[~right & (a["right"][indices] == 1)]
        a["timesForgotten"][forgotten] = np.minimum(a["timesForgotten"][forgotten].astype(np.uint32) + 1, _MOST)
        a["right"][indices] = right

    def end_epoch(self, epoch: int, windows: LabelWindows) -> None:
        """Keeps the uncertainty of all samples after `epoch`, if it is one of those that are kept."""
        points = np.flatnonzero(self._arrays["uncertaintyEpochs"] == epoch)
        if len(points) == 0:
            return
        levels = np.floor(windows.uncertainty() * _LEVELS + 0.5).astype(np.uint8)
        start = int(points[0]) * windows.size
        self._arrays["uncertainty"][start : start + windows.size] = np.where(windows.counts == 0, _UNSEEN, levels)

    def state_dict(self) -> dict[str, Any]:
        """Everything, as a run record holds it."""
        return {"version": 1, **{name: array.copy() for name, array in self._arrays.items()}}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restores what `state_dict` returned, of an older version too, which had no squares and no margins."""
        for name in ("confidenceSquareSum", "marginSum"):
            if name not in state:
                self._arrays.pop(name, None)
        for name, array in self._arrays.items():
            array[...] = state[name]
