"""Records a run of a network that says the same in every language: `python recorded_run.py OUT IMAGES [steps before a restart]`."""

from __future__ import annotations

import base64
import sys
from pathlib import Path
from typing import Any

import numpy as np

from recency_bias import Recorder, Selector
from recency_bias.records.files import png_data_uri

SIZE, CLASSES, EPOCHS, BATCH, SEED, WINDOW = 60, 3, 6, 16, 1, 4
LABELS = np.arange(SIZE) // (SIZE // CLASSES)


def image(index: int) -> Any:
    """A picture of 4 by 4 pixels."""
    return np.full((4, 4, 3), (40 * index % 256, index, 255 - index), np.uint8)


def write_images(folder: Path) -> None:
    """The training images and one test image a class, in a folder a class, as `npx recency-bias` reads them."""
    lists: dict[str, list[str]] = {"train.txt": [], "test.txt": []}
    for index in range(SIZE + CLASSES):
        label = int(LABELS[index]) if index < SIZE else index - SIZE
        path = Path(f"class-{label}") / f"{index:03d}.png"
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(base64.b64decode(png_data_uri(image(index)).split(",")[1]))
        lists["train.txt" if index < SIZE else "test.txt"].append(str(path))
    for name, lines in lists.items():
        (folder / name).write_text("\n".join(lines) + "\n")


def said(indices: Any, epoch: int) -> tuple[Any, Any, Any]:
    """Losses, predicted labels and margins of samples in an epoch: whole numbers over a power of two."""
    rows = indices.astype(np.int64)
    predicted = (rows // 20 + (rows % 5 == 0) * epoch) % CLASSES
    return ((rows * 37 + epoch * 11) % 101) / 64, predicted, ((rows * 13 + epoch * 7) % 53) / 16 - 1


def recorder(out: Path, images: Path, selector: Selector, **more: Any) -> Recorder:
    return Recorder(
        out,
        selector,
        labels=LABELS,
        batch_size=BATCH,
        test_size=CLASSES,
        dataset={
            "name": "folder",
            "path": str(images),
            "imageSize": [4, 4],
            "trainList": "train.txt",
            "testList": "test.txt",
            "subsetSeed": 0,
        },
        class_names=[f"class-{label}" for label in range(CLASSES)],
        model={"name": "table of numbers", "options": {}},
        window=WINDOW,
        **more,
    )


def make_selector() -> Selector:
    return Selector("recency-bias", SIZE, CLASSES, EPOCHS, SEED, warmup_epochs=2, window=WINDOW)


def train(selector: Selector, record: Recorder, stop: int = -1) -> bool:
    """Trains and records; answers whether it came to the end."""
    steps = 0
    for epoch in range(1, EPOCHS + 1):
        selector.begin_epoch(epoch)
        record.begin_epoch(epoch)
        while (batch := selector.select(BATCH)) is not None:
            losses, predicted, margins = said(batch.indices, epoch)
            selector.observe(batch.indices, predicted_label=predicted)
            record.observe(batch.indices, losses, predicted, margins)
            steps += 1
            if steps == stop:
                return False
        record.end_epoch(test_error=1 / (1 + epoch), test_loss=0.5, probe_loss=0.25, learning_rate=0.1, train_seconds=1)
    return True


if __name__ == "__main__":
    out, images = Path(sys.argv[1]), Path(sys.argv[2])
    write_images(images)
    with make_selector() as chosen:
        record = recorder(out, images, chosen)
        train(chosen, record)
        record.finish(image)
