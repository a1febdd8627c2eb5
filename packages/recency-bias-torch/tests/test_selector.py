"""What a selector refuses, and what it says of itself."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from recency_bias import EngineError, Selector, selectors


@pytest.fixture
def selector() -> Any:
    with Selector("recency-bias", size=100, classes=10, epochs=20, seed=1, warmup_epochs=2) as made:
        yield made


def test_lists_all_selectors_with_their_options_in_pythons_words() -> None:
    listed = selectors()
    assert len(listed) >= 11
    recency = listed["recency-bias"]
    assert recency.signals == ("predicted_label",)
    assert {"window", "selection_pressure", "warmup_epochs", "update", "normalize"} <= set(recency.options)


@pytest.mark.parametrize(
    ("made", "error", "message"),
    [
        (lambda: Selector("recency-bais", 10, 2), ValueError, "Did you mean 'recency-bias'?"),
        (lambda: Selector("recency-bias", 10, 2, 20, warmup_epochs=3.5), ValueError, "warmup_epochs is 3.5"),
        (lambda: Selector("recency-bias", 10, 2, 20, windows=3), TypeError, "Did you mean 'window'?"),
        (lambda: Selector("recency-bias", 10, 2, 3, warmup_epochs=4), ValueError, "the run has 3 epochs"),
        (lambda: Selector("uniform", 0), ValueError, "run.size is 0"),
        (lambda: Selector("uniform", 9, wrappers=[("smooth", {})]), ValueError, "wrapper 'smooth' is unknown"),
        (
            lambda: Selector("uniform", 9, wrappers=[("with-smoothing", {"uniform_share": 2})]),
            ValueError,
            "uniform_share is 2",
        ),
        (lambda: Selector("uniform", 10, seed=-1), ValueError, "run.seed is -1"),
        (lambda: Selector("uniform", 10, order=object()), TypeError, "order is a object"),
        (lambda: Selector("rho-loss", 10, irreducible_losses=np.zeros(9)), ValueError, "has 9 numbers"),
    ],
)
def test_refuses_what_typescript_refuses_and_names_the_argument(
    made: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        made()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda s: s.observe([1, 2], predicted_label=[1]), ValueError, "predicted_label has 1 rows"),
        (lambda s: s.observe([1.5], predicted_label=[1]), TypeError, "indices holds float64"),
        (lambda s: s.observe([100], predicted_label=[1]), ValueError, "indices[0] is 100"),
        (lambda s: s.observe([2**31], predicted_label=[1]), ValueError, "below 2**31"),
        (lambda s: s.observe([1], predicted_label=[77]), ValueError, "predicted_label[0] is 77"),
        (lambda s: s.observe([1], loss=[1.0]), TypeError, "loss is no signal"),
        (lambda s: s.observe([1]), TypeError, "predicted_label is missing"),
        (lambda s: s.observe([[1]], predicted_label=[[1]]), ValueError, "2 dimensions"),
        (lambda s: s.select(0), ValueError, "batch_size is 0"),
        (lambda s: s.begin_epoch(99), ValueError, "epoch is 99"),
        (lambda s: s.load_state(b"xx"), ValueError, "no saved state"),
    ],
)
def test_refuses_a_bad_call_and_stays_usable(
    selector: Selector, call: Any, error: type[Exception], message: str
) -> None:
    selector.begin_epoch(1)
    with pytest.raises(error, match=re.escape(message)):
        call(selector)
    assert selector.select(10) is not None


def test_a_selector_that_looks_first_asks_for_score() -> None:
    with Selector("rho-loss", 10, irreducible_losses=np.zeros(10)) as selector:
        selector.begin_epoch(1)
        with pytest.raises(TypeError, match="give `score`"):
            selector.select(4)


def test_an_error_of_score_is_raised_as_it_is_and_the_selector_stays_usable() -> None:
    def broken(indices: Any) -> Any:
        raise KeyError("no such sample")

    with Selector("rho-loss", 10, irreducible_losses=np.zeros(10)) as selector:
        selector.begin_epoch(1)
        with pytest.raises(KeyError, match="no such sample"):
            selector.select(4, broken)
        assert selector.probabilities() is None


def test_indices_above_two_to_the_24th_are_exact() -> None:
    size = 2**24 + 1000
    with Selector("uniform", size, order="sequential") as selector:
        selector.begin_epoch(1)
        last = selector.select_epoch(2**23)[-1]
    assert last.indices[-1] == size - 1
    assert np.array_equal(np.diff(last.indices), np.ones(len(last.indices) - 1))


def test_probabilities_and_uncertainty_are_those_of_the_moment(selector: Selector) -> None:
    selector.begin_epoch(1)
    probabilities, uncertainty = selector.probabilities(), selector.uncertainty()
    assert probabilities is not None and abs(probabilities.sum() - 1) < 1e-12
    assert uncertainty is not None and (uncertainty == 1).all()
    selector.observe(np.arange(100), predicted_label=np.zeros(100, dtype=int))
    assert (selector.uncertainty() == 0).all()


def test_a_closed_selector_says_so(selector: Selector) -> None:
    selector.close()
    selector.close()
    with pytest.raises(EngineError, match="closed"):
        selector.select(1)
