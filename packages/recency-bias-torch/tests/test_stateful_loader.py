"""With torchdata's StatefulDataLoader, which asks the sampler for its position at every batch."""

from __future__ import annotations

import io
from typing import Any

import pytest
import torch
from training import EPOCHS, Points, Training, sampler, step

from recency_bias.torch import Indexed

StatefulDataLoader = pytest.importorskip("torchdata.stateful_dataloader").StatefulDataLoader


def train(training: Training, stop: int | None = None) -> bool:
    while training.sampler.epoch < EPOCHS - 1 or training.sampler._resume is not None:
        for batch in training.loader:
            step(training.model, training.optimizer, training.sampler, batch)
            training.batches.append(batch[0].tolist())
            if len(training.batches) == stop:
                return False
    return True


def stateful(workers: int) -> Training:
    training = Training(sampler())
    training.loader = StatefulDataLoader(Indexed(Points()), batch_sampler=training.sampler, num_workers=workers)
    return training


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("stop", [5, 31])
def test_goes_on_from_its_own_state_and_the_checkpoint(stop: int, workers: int) -> None:
    whole = Training(sampler())
    assert whole.run()
    first = stateful(workers)
    assert not train(first, stop)
    state: dict[str, Any] = {**first.state(), "loader": first.loader.state_dict()}  # type: ignore[attr-defined]
    saved = io.BytesIO()
    torch.save(state, saved)
    first.sampler.close()
    second = stateful(workers)
    loaded = torch.load(io.BytesIO(saved.getvalue()), weights_only=False)
    second.restore(loaded)
    second.loader.load_state_dict(loaded["loader"])  # type: ignore[attr-defined]
    assert train(second)
    assert first.batches + second.batches == whole.batches
    assert second.digest() == whole.digest()
