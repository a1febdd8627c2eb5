"""Images and labels as whole arrays, from files that need no library to read."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Data:
    """Images as uint8 [samples, channels, height, width], labels as int64 [samples]."""

    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor

    @property
    def classes(self) -> int:
        return int(self.train_labels.max()) + 1

    def moments(self) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation of each channel of the training images, in [0, 1]."""
        share = self.train_images[:: max(1, len(self.train_images) // 10_000)].float() / 255
        return share.mean((0, 2, 3)), share.std((0, 2, 3))


def _read_idx(folder: Path, name: str) -> Tensor:
    """An IDX file, plain or as .gz: two zero bytes, the type, the number of dimensions, and these as big-endian numbers."""
    plain, packed = folder / name, folder / f"{name}.gz"
    content = plain.read_bytes() if plain.exists() else gzip.decompress(packed.read_bytes())
    dimensions = content[3]
    shape = np.frombuffer(content, ">u4", dimensions, 4).astype(np.int64)
    return torch.from_numpy(np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape).copy())


def load(path: Path, limit: int | None = None) -> Data:
    """Reads a data set.

    Args:
        path: a folder with the four IDX files of MNIST or Fashion-MNIST, or an .npz file with `train_images`, `train_labels`,
            `test_images` and `test_labels`, images as uint8 [samples, height, width, channels].
        limit: takes the first so many training and test samples.

    Raises:
        FileNotFoundError: there is no such data set.
    """
    if path.suffix == ".npz":
        with np.load(path) as arrays:
            images = [torch.from_numpy(arrays[f"{part}_images"]).permute(0, 3, 1, 2) for part in ("train", "test")]
            labels = [torch.from_numpy(arrays[f"{part}_labels"]) for part in ("train", "test")]
    else:
        images = [_read_idx(path, f"{part}-images-idx3-ubyte").unsqueeze(1) for part in ("train", "t10k")]
        labels = [_read_idx(path, f"{part}-labels-idx1-ubyte") for part in ("train", "t10k")]
    (train_images, test_images), (train_labels, test_labels) = images, labels
    return Data(
        train_images[:limit].contiguous(),
        train_labels[:limit].long(),
        test_images[:limit].contiguous(),
        test_labels[:limit].long(),
    )
