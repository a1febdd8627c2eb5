"""The batch sampler in a DataLoader: with workers, interrupted, weighted, looking first."""

from __future__ import annotations

import io
import warnings
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as functional
from training import BATCH, CLASSES, EPOCHS, SIZE, Points, Training, network, sampler

from recency_bias.signals import measure
from recency_bias.torch import SelectiveBatchSampler


@pytest.fixture(scope="module")
def whole() -> Training:
    training = Training(sampler())
    assert training.run()
    return training


@pytest.mark.parametrize(
    "loader",
    [
        {"num_workers": 2},
        {"num_workers": 4, "prefetch_factor": 4, "persistent_workers": True},
        {"num_workers": 2, "multiprocessing_context": "spawn", "persistent_workers": True},
        {"num_workers": 2, "pin_memory": True},
    ],
    ids=["2 workers", "4 persistent workers", "2 spawned workers", "2 workers and pinned memory"],
)
def test_trains_on_the_same_batches_to_the_same_weights_with_workers(whole: Training, loader: dict[str, Any]) -> None:
    training = Training(sampler(), **loader)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pinned memory without a GPU
        assert training.run()
    assert training.batches == whole.batches
    assert training.digest() == whole.digest()


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("step", [1, 7, 13, 14, 30, 64])
def test_goes_on_from_any_step_to_the_same_batches_and_weights(whole: Training, step: int, workers: int) -> None:
    first = Training(sampler(), num_workers=workers)
    assert not first.run(stop=lambda steps: steps == step)
    saved = io.BytesIO()
    torch.save(first.state(), saved)
    first.sampler.close()
    second = Training(sampler(), num_workers=workers)
    second.restore(torch.load(io.BytesIO(saved.getvalue())))
    assert second.run()
    assert first.batches + second.batches == whole.batches
    assert second.digest() == whole.digest()


def test_the_position_for_a_stateful_loader_is_tiny_and_counts_what_was_handed_out(whole: Training) -> None:
    training = Training(sampler())
    training.run(stop=lambda steps: steps == 20)
    state = training.sampler.state_dict()
    assert state == {"version": 1, "epoch": 1, "batches": 7, "seed": 3, "batch_size": BATCH}
    other = Training(sampler())
    other.restore(training.state())
    other.sampler.load_state_dict(state)
    assert other.run()
    assert training.batches + other.batches == whole.batches


def test_a_position_of_another_run_is_named() -> None:
    chosen = sampler()
    state = {"version": 1, "epoch": -1, "batches": 0, "seed": 3, "batch_size": BATCH}
    with pytest.raises(ValueError, match="seed was 4, but here it is 3"):
        chosen.load_state_dict({**state, "seed": 4})
    with pytest.raises(ValueError, match="load the checkpoint of the same moment first"):
        chosen.load_state_dict({**state, "epoch": 2})


@pytest.mark.parametrize(
    "name", ["uniform", "info-batch", "self-paced", "random-pruning", "active-bias", "ada-boundary"]
)
def test_knows_the_length_of_an_epoch_that_is_under_way(name: str) -> None:
    options = {"warmup_epochs": 1} if name in ("active-bias", "ada-boundary") else {}
    chosen = sampler(name, **options)
    assert len(chosen) == -(-SIZE // BATCH)
    training = Training(chosen)
    for _ in range(3):
        count = 0
        for batch in training.loader:
            count += 1
            logits = training.model(batch[1][0])
            chosen.observe(batch[0], logits, batch[1][1])
        assert count == len(chosen)


def test_drop_last_leaves_out_the_small_last_batch() -> None:
    chosen = SelectiveBatchSampler(100, "uniform", batch_size=30, epochs=2, drop_last=True)
    assert len(chosen) == 3
    assert [len(batch) for batch in chosen] == [30, 30, 30]


def test_set_epoch_starts_that_epoch() -> None:
    one, other = (SelectiveBatchSampler(100, "uniform", batch_size=30, epochs=3) for _ in range(2))
    epochs = [list(one) for _ in range(3)]
    other.set_epoch(2)
    assert list(other) == epochs[2]
    assert epochs[0] != epochs[1]
    with pytest.raises(ValueError, match="epoch is 4"):
        next(iter(one))


def test_the_loss_is_the_weighted_mean_of_the_batch() -> None:
    chosen = sampler("info-batch", prune_ratio=0.5, delta=1.0)
    training = Training(chosen)
    seen = 0
    for _ in range(2):
        for indices, (inputs, labels) in training.loader:
            losses = functional.cross_entropy(training.model(inputs), labels, reduction="none")
            weights = chosen._share(chosen._outstanding[-1]).weights
            expected = losses.mean() if weights is None else (losses * torch.from_numpy(weights.copy())).mean()
            seen += 0 if weights is None else int((weights > 1.5).sum())
            assert torch.allclose(chosen.loss(losses, indices), expected)
            chosen.observe(indices, loss=losses)
    assert seen > 0


def test_weights_of_a_batch_that_was_not_handed_out_are_refused() -> None:
    chosen = sampler()
    next(iter(chosen))
    with pytest.raises(ValueError, match="no batch that this sampler handed out"):
        chosen.weights([1, 2, 3])


def test_a_loader_with_a_selector_that_looks_first_is_told_where_its_batches_are() -> None:
    chosen = sampler("importance-sampling", threshold=0)
    with pytest.raises(TypeError, match=r"for indices in sampler\.batches\(score\)"):
        next(iter(chosen))


@pytest.mark.parametrize("name", ["rho-loss", "importance-sampling", "selective-backprop", "online-batch"])
def test_selectors_that_look_first_train_in_a_loop(name: str) -> None:
    options: dict[str, Any] = {
        "rho-loss": {"irreducible_losses": np.zeros(SIZE)},
        "importance-sampling": {"threshold": 0},
        "selective-backprop": {},
        "online-batch": {"recompute": True, "warmup_epochs": 1},
    }[name]
    points, model = Points(), network()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
    chosen = sampler(name, **options)
    scored = 0

    def score(indices: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        nonlocal scored
        scored += len(indices)
        return model(points.inputs[indices]), points.labels[indices]

    def error() -> float:
        return float((model(points.inputs).argmax(1) != points.labels).float().mean())

    before = error()
    for _ in range(EPOCHS):
        for indices in chosen.batches(score):
            logits = model(points.inputs[indices])
            losses = functional.cross_entropy(logits, points.labels[indices], reduction="none")
            optimizer.zero_grad()
            chosen.loss(losses, indices).backward()
            optimizer.step()
            chosen.observe(indices, logits, points.labels[indices])
    assert scored > SIZE
    assert error() < before


def test_a_data_loader_is_told_that_it_cannot_serve_a_selector_that_looks_first() -> None:
    chosen = sampler("rho-loss", irreducible_losses=np.zeros(SIZE))
    with pytest.raises(TypeError, match=r"give `score`"):
        next(iter(chosen))


def test_learning_with_each_batch_is_exact_without_workers_and_warned_of_with_them() -> None:
    exact = Training(sampler(update="batch"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert exact.run()
    ahead = Training(sampler(update="batch"), num_workers=2)
    with pytest.warns(UserWarning, match="drawn ahead"):
        ahead.run(stop=lambda steps: steps == 3)


def test_goes_on_in_mid_epoch_where_each_batch_is_learnt_from_at_once() -> None:
    whole = Training(sampler(update="batch"))
    assert whole.run()
    first = Training(sampler(update="batch"))
    first.run(stop=lambda steps: steps == 31)
    second = Training(sampler(update="batch"))
    second.restore(first.state())
    assert second.run()
    assert first.batches + second.batches == whole.batches
    assert second.digest() == whole.digest()


def test_signals_are_those_of_their_definitions() -> None:
    logits = torch.tensor([[2.0, 0.0, -1.0], [0.0, 1.0, 3.0]], dtype=torch.float64)
    labels = torch.tensor([0, 1])
    names = ["loss", "batch_loss", "predicted_label", "margin"]
    names += ["true_class_probability", "grad_norm_bound", "boundary_distance"]
    found = {name: column.double().numpy() for name, column in measure(names, logits, labels).items()}
    p = np.exp(logits.numpy()) / np.exp(logits.numpy()).sum(1, keepdims=True)
    own = p[[0, 1], labels.numpy()]
    onehot = np.eye(3)[labels.numpy()]
    assert np.allclose(found["loss"], -np.log(own), atol=1e-6)
    assert np.allclose(found["batch_loss"], [-np.log(own).mean()] * 2, atol=1e-6)
    assert found["predicted_label"].tolist() == [0, 2]
    assert np.allclose(found["margin"], [2.0, -2.0], atol=1e-6)
    assert np.allclose(found["true_class_probability"], own, atol=1e-6)
    assert np.allclose(found["grad_norm_bound"], np.linalg.norm(p - onehot, axis=1), atol=1e-6)
    assert np.allclose(found["boundary_distance"], p.std(1) * [1, -1], atol=1e-6)


def test_the_mean_loss_of_a_batch_may_be_a_scalar() -> None:
    drawn = []
    for scalar in (True, False):
        batches = sampler("online-batch", warmup_epochs=1, wrappers=[("with-batch-loss", {"decay": 0.5})])
        drawn.append([])
        for _ in range(3):
            for number, batch in enumerate(batches):
                mean = torch.tensor(float(number))
                batches.observe(batch, batch_loss=mean if scalar else mean.expand(len(batch)))
                drawn[-1].append(list(batch))
    assert drawn[0] == drawn[1]
    assert drawn[0][0] != drawn[0][-1]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: s.observe([1, 2], torch.zeros(2, 4), torch.zeros(3)), "targets have the shape"),
        (lambda s: s.observe([1, 2], torch.zeros(2), torch.zeros(2)), "must be [samples, classes]"),
        (lambda s: s.observe([1, 2]), "give logits and targets, or predicted_label"),
        (lambda s: s.observe([1, 2, 3], torch.zeros(2, 4), torch.zeros(2)), "must have 3 rows"),
        (lambda s: s.observe([1], losses=torch.zeros(1)), "losses is no signal"),
    ],
)
def test_a_bad_observation_is_named(call: Any, message: str) -> None:
    chosen = sampler()
    with pytest.raises((ValueError, TypeError)) as caught:
        call(chosen)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"batch_size": 0}, "batch_size is 0"),
        ({"learn": "never"}, "learn is 'never'"),
        ({"rank": 2, "world_size": 2}, "rank is 2"),
        ({"batch_size": 2, "rank": 0, "world_size": 4}, "at least the 4 processes"),
    ],
)
def test_a_bad_argument_is_named(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SelectiveBatchSampler(**{"dataset": 100, "selector": "uniform", "batch_size": 10, "epochs": 1, **arguments})


def test_classes_matter() -> None:
    with pytest.raises(ValueError, match="classes"):
        SelectiveBatchSampler(100, batch_size=10, epochs=20, classes=1)
    assert CLASSES == 4
