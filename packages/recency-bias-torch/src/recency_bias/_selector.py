"""A batch selector: framework-neutral, NumPy in and out."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ._engine import Array, Arrays, Engine

#: Scores samples by a forward pass: sample indices in, the selector's signals out, a value a sample.
Score = Callable[[npt.NDArray[np.int32]], Mapping[str, npt.ArrayLike]]

#: Type of the columns that a trainer hands over; every other signal is a float32.
INTEGERS = frozenset({"indices", "predictedLabel"})


def camel(name: str) -> str:
    """`warmup_epochs` as TypeScript has it: `warmupEpochs`."""
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def snake(name: str) -> str:
    """`warmupEpochs` as Python has it: `warmup_epochs`."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: "_" + found.group(1).lower(), name)


@dataclass(frozen=True)
class SelectorInfo:
    """What there is to know of a selector before it is made."""

    name: str
    """Name for `Selector(name, ...)`."""
    title: str
    """Name for people."""
    paper: str
    """Where it comes from."""
    signals: tuple[str, ...]
    """What it learns from, as keywords of `Selector.observe`."""
    options: Mapping[str, Any]
    """Options and their defaults, as keywords of `Selector`."""
    details: Mapping[str, Any] = field(repr=False)
    """The whole entry of the TypeScript registry."""


@functools.cache
def _registry() -> Mapping[str, Any]:
    engine = Engine()
    try:
        value, _ = engine.call("describe")
    finally:
        engine.close()
    return dict(value)


def selectors() -> dict[str, SelectorInfo]:
    """All selectors by name, with their options and defaults."""
    return {
        name: SelectorInfo(
            name=name,
            title=entry["title"],
            paper=entry["paper"],
            signals=tuple(snake(signal) for signal in entry["signals"]),
            options={snake(option): value for option, value in entry["defaults"].items()},
            details=entry,
        )
        for name, entry in _registry().items()
    }


@dataclass(frozen=True)
class Batch:
    """A mini-batch. Its training loss is sum(weights * losses) / len(indices); no weights means all ones."""

    indices: npt.NDArray[np.int32]
    """Sample indices, none twice."""
    weights: npt.NDArray[np.float32] | None = None
    """A positive weight a sample."""


class Selector:
    """A batch selector of one training run.

    Args:
        name: a name of `selectors()`, such as 'recency-bias'.
        size: number of training samples, at least 1.
        classes: number of classes; 0 where the task has none.
        epochs: number of epochs of the whole run, at least 1.
        seed: seed of all draws, from 0 to 2**32 - 1. Same seed and observations, same batches as in TypeScript.
        wrappers: wrappers around the selector, innermost first, each with its options: 'with-warmup' (`epochs`), 'with-smoothing'
            (`uniform_share`), 'with-batch-loss' (`decay`), 'alternate' (`every`), such as `[("with-smoothing", {"uniform_share": 0.1})]`.
        options: options of the selector, in the words of Python (`warmup_epochs=5`); a schedule is a dict.

    Raises:
        TypeError, ValueError: an unknown name or option, or a value that is not allowed.
        RuntimeError: there is no Node 20 or newer.
    """

    def __init__(
        self,
        name: str,
        size: int,
        classes: int = 0,
        epochs: int = 1,
        seed: int = 0,
        *,
        wrappers: Sequence[tuple[str, Mapping[str, Any]]] = (),
        **options: Any,
    ) -> None:
        self.name = name
        self.size = size
        self.classes = classes
        self.epochs = epochs
        self.seed = seed
        self.options = dict(options)
        self.wrappers = [(wrapper, dict(given)) for wrapper, given in wrappers]
        plain, arrays = _split_options(options)
        wrapped = [(wrapper, _split_options(given)[0]) for wrapper, given in self.wrappers]
        named = [*options, *(option for _, given in self.wrappers for option in given)]
        self._words = {camel(option): option for option in named if "_" in option}
        self._columns: tuple[str, ...] = ()
        self._engine = Engine()
        try:
            run = {"name": name, "size": size, "classes": classes, "epochs": epochs, "seed": seed}
            value, _ = self._call("create", {**run, "options": plain, "wrappers": wrapped}, arrays)
        except BaseException:
            self._engine.close()
            raise
        self._columns = tuple(value["signals"])
        more = (int(given["epochs"]) for wrapper, given in self.wrappers if wrapper == "with-warmup")
        self.warmup_epochs: int = value["warmupEpochs"] + sum(more)
        """Uniform epochs before selection begins; 0 for methods without a warm-up."""

    @property
    def signals(self) -> tuple[str, ...]:
        """What `observe` needs, as keywords: 'loss', 'predicted_label', 'true_class_probability', ..."""
        return tuple(snake(column) for column in self._columns)

    def begin_epoch(self, epoch: int) -> None:
        """Starts an epoch, 1-based as in TypeScript: anneals, prunes, reshuffles, rebuilds."""
        self._call("begin", {"epoch": epoch})

    def select(self, batch_size: int, score: Score | None = None) -> Batch | None:
        """The next batch of at most `batch_size` samples, or None once the epoch is exhausted.

        Args:
            score: a forward pass for selectors that look before they choose; see `Score`.
        """
        drawn = self._draw(batch_size, 1, score)
        return drawn[0] if drawn else None

    def select_epoch(self, batch_size: int) -> list[Batch]:
        """All remaining batches of the epoch at once: faster, and exact where observations count from the next epoch."""
        return self._draw(batch_size, None, None)

    def observe(self, indices: npt.ArrayLike, **signals: npt.ArrayLike) -> None:
        """Hands over what the model said about samples; a value a sample for each of `signals`.

        Raises:
            TypeError, ValueError: a signal is missing, unknown, of another length or out of range.
        """
        self._call("observe", {}, self._observation(indices, signals))

    def probabilities(self) -> npt.NDArray[np.float64] | None:
        """The distribution of the next draw over all samples (sums to 1); None where the selector has none."""
        return self._call("probabilities")[1].get("values")

    def uncertainty(self) -> npt.NDArray[np.float64] | None:
        """Uncertainty of each sample now, from 0 to 1; None where the selector knows none."""
        return self._call("uncertainty")[1].get("values")

    def state(self) -> bytes:
        """Everything needed to go on identically, in mid-epoch too; options are never part of it."""
        return self._call("state")[1]["bytes"].tobytes()

    def load_state(self, state: bytes, batches: int = 2**31 - 1) -> None:
        """Restores what `state` returned.

        Args:
            batches: how many batches of the epoch are behind, where more had been drawn ahead.

        Raises:
            ValueError, TypeError: the state does not fit this run or is damaged.
        """
        self._call("load", {"batches": batches}, {"bytes": np.frombuffer(state, dtype=np.uint8)})

    def redraw_epoch(self, state: bytes, batch_size: int) -> list[Batch]:
        """Restores a state and answers all batches of its epoch again, the first one included."""
        arrays = {"bytes": np.frombuffer(state, dtype=np.uint8)}
        return _batches(self._call("redraw", {"batchSize": batch_size}, arrays)[1])

    def memory(self) -> int:
        """Bytes of memory that the engine holds at the moment (Linux; elsewhere 0)."""
        return self._engine.memory()

    def close(self) -> None:
        """Ends the engine; it also ends with the selector or its process."""
        self._engine.close()

    def __enter__(self) -> Selector:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _draw(self, batch_size: int, batches: int | None, score: Score | None) -> list[Batch]:
        ask = None if score is None else (lambda indices: self._observation(*_scored(indices, score)))
        return _batches(self._call("draw", {"batchSize": batch_size, "batches": batches}, score=ask)[1])

    def _observation(self, indices: npt.ArrayLike, signals: Mapping[str, npt.ArrayLike]) -> dict[str, Array]:
        given = {camel(name): value for name, value in signals.items()}
        unknown = [snake(name) for name in given if name not in self._columns]
        if unknown:
            wanted = ", ".join(self.signals) or "nothing"
            raise TypeError(f"observe: {unknown[0]} is no signal of '{self.name}', which learns from {wanted}.")
        missing = [snake(column) for column in self._columns if column not in given]
        if missing:
            raise TypeError(f"observe: {missing[0]} is missing; '{self.name}' learns from it.")
        rows = {"indices": indices, **given}
        return {name: _column(snake(name), value, name in INTEGERS) for name, value in rows.items()}

    def _call(
        self,
        name: str,
        body: Mapping[str, object] | None = None,
        arrays: Arrays | None = None,
        score: Callable[[Array], Arrays] | None = None,
    ) -> tuple[Any, dict[str, Array]]:
        try:
            return self._engine.call(name, body, arrays, score)
        except (TypeError, ValueError) as error:
            raise type(error)(self._in_python(str(error))) from None

    def _in_python(self, message: str) -> str:
        """A message of the TypeScript library, with the names that Python knows."""
        words = {"batchSize": "batch_size", "beginEpoch": "begin_epoch", **self._words}
        words.update((column, snake(column)) for column in self._columns)
        for word, python in words.items():
            message = message.replace(word, python)
        return message


def _scored(indices: Array, score: Score) -> tuple[Array, Mapping[str, npt.ArrayLike]]:
    return indices, score(indices)


def _batches(drawn: Mapping[str, Array]) -> list[Batch]:
    ends = np.cumsum(drawn["lengths"])[:-1]
    indices = np.split(drawn["indices"], ends) if drawn["lengths"].size else []
    weights = drawn.get("weights")
    if weights is None:
        return [Batch(rows) for rows in indices]
    return [Batch(rows, weight) for rows, weight in zip(indices, np.split(weights, ends), strict=True)]


def _split_options(options: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Array]]:
    """Options as plain data, and the options that are arrays."""
    plain: dict[str, Any] = {}
    arrays: dict[str, Array] = {}
    for option, value in options.items():
        if isinstance(value, np.ndarray):
            arrays[camel(option)] = np.asarray(value, dtype=np.float64)
        elif isinstance(value, np.generic):
            plain[camel(option)] = value.item()
        elif value is None or isinstance(value, (bool, int, float, str, dict, list, tuple)):
            plain[camel(option)] = value
        else:
            raise TypeError(f"{option} is a {type(value).__name__}; it must be plain data or a NumPy array.")
    return plain, arrays


def _column(name: str, value: npt.ArrayLike, integers: bool) -> Array:
    """A column of an observation, checked: nothing is rounded or wrapped on the way."""
    array = np.asarray(value)
    if array.ndim != 1:
        raise ValueError(f"observe: {name} has {array.ndim} dimensions; it must have one, a value a sample.")
    if not integers:
        if array.dtype.kind not in "fiu":
            raise TypeError(f"observe: {name} holds {array.dtype}; it must hold numbers.")
        return array.astype(np.float32)
    if array.size == 0:
        return np.zeros(0, dtype=np.int32)
    if array.dtype.kind not in "iu":
        raise TypeError(f"observe: {name} holds {array.dtype}; it must hold integers.")
    if array.min() < -(2**31) or array.max() >= 2**31:
        raise ValueError(f"observe: {name} holds {array.max()}; it must be below 2**31.")
    return array.astype(np.int32)
