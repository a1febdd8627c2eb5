"""The same batches as TypeScript, for every selector over whole runs."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recency_bias import Selector, selectors
from recency_bias._selector import snake

RUNS = json.loads((Path(__file__).parent / "fixtures" / "drawn-batches.json").read_text())


def measure(indices: np.ndarray[Any, Any], epoch: int) -> dict[str, np.ndarray[Any, Any]]:
    i = indices.astype(np.int64)
    return {
        "loss": ((i * 37 + epoch * 11) % 101) / 64,
        "batch_loss": np.full(len(i), ((epoch * 23) % 47) / 64),
        "predicted_label": (i + (i % 3) * epoch) % 10,
        "true_class_probability": ((i * 29 + (i % 5) * epoch) % 65) / 64,
        "grad_norm_bound": ((i * i + epoch) % 91) / 64,
        "margin": ((i * 31 + epoch * 7) % 97) / 8 - 6,
        "boundary_distance": (((i * 17 + epoch * 3) % 64) - 32) / 64,
    }


def options_of(drawn: dict[str, Any]) -> dict[str, Any]:
    options = dict(drawn["options"])
    if "irreducibleLosses" in options:
        options["irreducible_losses"] = np.array(options.pop("irreducibleLosses"), dtype=np.float64)
    return options


@pytest.mark.parametrize("drawn", RUNS, ids=lambda drawn: f"{drawn['name']} {list(drawn['options'])}")
def test_draws_the_batches_of_typescript_over_a_whole_run(drawn: dict[str, Any]) -> None:
    hashed = hashlib.sha256()
    counts = []
    wrappers = [
        (name, {snake(option): value for option, value in given.items()}) for name, given in drawn.get("wrappers", [])
    ]
    with Selector(drawn["name"], **drawn["run"], wrappers=wrappers, **options_of(drawn)) as selector:
        wanted = selector.signals
        for epoch in range(1, drawn["run"]["epochs"] + 1):

            def only(indices: np.ndarray[Any, Any], epoch: int = epoch) -> dict[str, np.ndarray[Any, Any]]:
                return {name: measure(indices, epoch)[name] for name in wanted}

            selector.begin_epoch(epoch)
            count = 0
            while (batch := selector.select(drawn["batchSize"], only)) is not None:
                hashed.update(batch.indices.tobytes())
                if batch.weights is not None:
                    hashed.update(batch.weights.tobytes())
                selector.observe(batch.indices, **only(batch.indices))
                count += 1
            counts.append(count)
        probabilities = selector.probabilities()
    assert counts == drawn["counts"]
    assert hashed.hexdigest() == drawn["batches"]
    found = None if probabilities is None else hashlib.sha256(probabilities.tobytes()).hexdigest()
    assert found == drawn["probabilities"]


def test_every_selector_has_a_run() -> None:
    assert {drawn["name"] for drawn in RUNS} == set(selectors())


@pytest.mark.parametrize(
    "name", ["recency-bias", "online-batch", "info-batch", "self-paced", "active-bias", "ada-boundary"]
)
def test_goes_on_from_a_state_in_mid_epoch_to_the_same_batches(name: str) -> None:
    warmup = {"warmup_epochs": 1} if "warmup_epochs" in selectors()[name].options else {}

    def run(interrupt: int | None) -> list[list[int]]:
        made = dict(size=311, classes=10, epochs=4, seed=2, **warmup)
        selector = Selector(name, **made)  # type: ignore[arg-type]
        batches: list[list[int]] = []
        steps = 0
        for epoch in range(1, 5):
            selector.begin_epoch(epoch)
            while True:
                if steps == interrupt:
                    state = selector.state()
                    selector.close()
                    selector = Selector(name, **made)  # type: ignore[arg-type]
                    selector.load_state(state)
                batch = selector.select(32)
                if batch is None:
                    break
                steps += 1
                batches.append(batch.indices.tolist())
                columns = measure(batch.indices, epoch)
                selector.observe(batch.indices, **{signal: columns[signal] for signal in selector.signals})
        selector.close()
        return batches

    whole = run(None)
    for interrupt in (0, 1, 13, 27):
        assert run(interrupt) == whole
