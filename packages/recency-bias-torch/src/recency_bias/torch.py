"""Batch selection for PyTorch: a batch sampler for any `DataLoader`, exact with workers and under DDP.

sampler = SelectiveBatchSampler(dataset, "recency-bias", batch_size=128, epochs=40, classes=10)
loader = DataLoader(Indexed(dataset), batch_sampler=sampler, num_workers=2)
for epoch in range(40):
    for indices, (inputs, labels) in loader:
        logits = model(inputs)
        loss = sampler.loss(F.cross_entropy(logits, labels, reduction="none"), indices)
        ...
        sampler.observe(indices, logits, labels)
"""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence, Sized
from typing import Any, Generic, Literal, TypeVar

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from ._selector import Batch, Selector
from ._selector import Score as NumpyScore
from .signals import measure

__all__ = ["Indexed", "SelectiveBatchSampler"]

T = TypeVar("T", covariant=True)

#: A forward pass over samples: their indices in, logits and labels out.
Score = Callable[[Tensor], "tuple[Tensor, Tensor]"]


class Indexed(Dataset[Any], Generic[T]):
    """A data set whose samples come with their index: `(index, sample)`."""

    def __init__(self, dataset: Dataset[T]) -> None:
        self.dataset = dataset

    def __getitem__(self, index: int) -> tuple[int, T]:
        return index, self.dataset[index]

    def __len__(self) -> int:
        return len(self.dataset)


class SelectiveBatchSampler(Sampler[list[int]]):
    """Chooses the mini-batches of a `DataLoader(batch_sampler=...)`.

    Each pass over the sampler is the next epoch. All batches of an epoch are drawn at its start, so workers may fetch ahead as far as
    they like. Observations are kept where they were measured and handed to the selector before the next epoch is drawn, so no step waits
    for the device. Under torch.distributed every process draws the same global batches from the same seed and takes its share.

    Args:
        dataset: the data set, or its size.
        selector: a name of `recency_bias.selectors()`.
        batch_size: samples a global batch.
        epochs: epochs of the whole run; methods schedule by it.
        classes: number of classes; 0 where the task has none.
        seed: seed of all draws; the same in every process.
        drop_last: leaves out the last batch of an epoch where it is smaller.
        learn: when observations count: 'epoch' (default), before the next epoch is drawn; 'batch', before the next batch is drawn. 'batch' is
            the default of selectors with `update='batch'`. With 'batch', workers that fetch ahead draw before they could learn, which is warned of.
        split: whether this process takes its share of each global batch; False where another library shares batches out (accelerate with
            `split_batches=True`). Default: True.
        rank, world_size: this process among all; default: those of torch.distributed, which may begin after
            the sampler was made.
        options: options of the selector, such as `warmup_epochs=5`, and `wrappers` as `Selector` takes them.

    Raises:
        TypeError, ValueError: an argument that the selector refuses.
    """

    def __init__(
        self,
        dataset: Sized | int,
        selector: str = "recency-bias",
        *,
        batch_size: int,
        epochs: int,
        classes: int = 0,
        seed: int = 0,
        drop_last: bool = False,
        learn: Literal["epoch", "batch"] | None = None,
        split: bool = True,
        rank: int | None = None,
        world_size: int | None = None,
        **options: Any,
    ) -> None:
        if not isinstance(batch_size, int) or isinstance(batch_size, bool) or batch_size < 1:
            raise ValueError(f"batch_size is {batch_size!r}; it must be an integer of at least 1.")
        if learn not in (None, "epoch", "batch"):
            raise ValueError(f"learn is {learn!r}; it must be 'epoch' or 'batch'.")
        self._rank = rank
        self._world_size = world_size
        size = dataset if isinstance(dataset, int) else len(dataset)
        self.selector = Selector(selector, size, classes, epochs, seed, **options)
        self.batch_size = batch_size
        self.epochs = epochs
        self.drop_last = drop_last
        self.split = split
        self._check_processes()
        self.learn = learn if learn is not None else "batch" if options.get("update") == "batch" else "epoch"
        #: 0-based epoch of the current or last pass; -1 before the first.
        self.epoch = -1
        self._next: int | None = None
        #: Batches of the current epoch handed out, and batches observed.
        self._dispatched = 0
        self._observed = 0
        #: A position that the next pass begins at, and the epoch's batches where they have been drawn already.
        self._resume: int | None = None
        self._drawn: list[Batch] | None = None
        #: Global batches handed out whose weights have not been asked for.
        self._outstanding: deque[Batch] = deque()
        #: Measured and not handed over: an entry a step.
        self._pending: list[tuple[Tensor, dict[str, Tensor]]] = []
        self._warned = False

    @property
    def world_size(self) -> int:
        """Processes that share each global batch: those that were given, or those of torch.distributed at the moment."""
        if self._world_size is not None:
            return self._world_size
        return dist.get_world_size() if _distributed() else 1

    @property
    def rank(self) -> int:
        """This process among them."""
        if self._rank is not None:
            return self._rank
        return dist.get_rank() if _distributed() else 0

    def _check_processes(self) -> None:
        if not 0 <= self.rank < self.world_size:
            raise ValueError(f"rank is {self.rank}; it must be from 0 to {self.world_size - 1}.")
        if self.split and self.batch_size < self.world_size:
            raise ValueError(
                f"batch_size is {self.batch_size}; it must be at least the {self.world_size} processes that share it."
            )

    def __len__(self) -> int:
        """Batches of the epoch: exact while an epoch is under way, at most so many before, as some methods train on fewer samples."""
        if self._drawn is not None:
            return len(self._kept(self._drawn))
        size = self.selector.size
        return size // self.batch_size if self.drop_last else -(-size // self.batch_size)

    def set_epoch(self, epoch: int) -> None:
        """Says which epoch the next pass is, 0-based, as with `DistributedSampler`. Without it each pass is the next epoch."""
        if self._resume is not None and epoch == self.epoch:
            return
        self._next = epoch
        self._resume = None

    def __iter__(self) -> Iterator[list[int]]:
        # Nothing happens before the first batch is asked for: a DataLoader with workers makes two iterators and uses the second.
        if self._resume is not None:
            first, self._resume = self._resume, None
        else:
            first = 0
            self._begin()
        self._dispatched = self._observed = first
        self._outstanding.clear()
        yield from self._deal(first)

    def batches(self, score: Score, device: torch.device | str | None = None) -> Iterator[Tensor]:
        """The batches of the next epoch for selectors that look at samples before they choose; for a loop without a `DataLoader`.

        Args:
            score: a forward pass over samples: a tensor of indices in, logits and labels out. It is called without gradients; put the
                model into `eval` mode in it and back.
            device: where the tensors of indices are to be.

        Yields:
            sample indices, an int64 tensor a batch.
        """
        measured = self.selector.signals

        def ask(indices: np.ndarray[Any, Any]) -> dict[str, np.ndarray[Any, Any]]:
            with torch.no_grad():
                logits, labels = score(torch.from_numpy(indices.astype(np.int64)).to(device or "cpu"))
                return {name: column.cpu().numpy() for name, column in measure(measured, logits, labels).items()}

        self._flush()
        self._start_epoch()
        self.learn = "batch"
        self._drawn = None
        self._outstanding.clear()
        scorer: NumpyScore = ask
        while (batch := self.selector.select(self.batch_size, scorer)) is not None:
            self._dispatched += 1
            self._outstanding.append(batch)
            yield torch.from_numpy(batch.indices.astype(np.int64)).to(device or "cpu")

    def observe(
        self,
        indices: Tensor | Sequence[int],
        logits: Tensor | None = None,
        targets: Tensor | None = None,
        **signals: Tensor,
    ) -> None:
        """Hands over what the model said about the samples of a step. Nothing waits for the device.

        Args:
            indices: sample indices of the step, as `Indexed` gave them.
            logits: [samples, classes] of the training pass; any dtype and device.
            targets: [samples] class indices.
            signals: signals measured elsewhere, such as `loss=losses` (a value a sample); they take the place of those from logits.
                `batch_loss=loss` is the mean of the batch, a scalar.

        Raises:
            ValueError, TypeError: a signal that the selector needs cannot be had from what was given.
        """
        self._observed += 1
        wanted = self.selector.signals
        if not wanted:
            return
        columns = {name: signals[name].detach() for name in wanted if name in signals}
        unknown = [name for name in signals if name not in wanted]
        rest = [name for name in wanted if name not in columns]
        if unknown and unknown[0] not in ("loss",):
            raise TypeError(
                f"observe: {unknown[0]} is no signal of '{self.selector.name}', which learns from {', '.join(wanted)}."
            )
        if rest:
            if logits is None or targets is None:
                raise TypeError(
                    f"observe: give logits and targets, or {rest[0]}=..., which '{self.selector.name}' learns from."
                )
            with torch.no_grad():
                columns.update(measure(rest, logits.detach(), targets.detach()))
        rows = torch.as_tensor(indices, dtype=torch.int64).detach()
        if "batch_loss" in columns and columns["batch_loss"].ndim == 0:
            columns["batch_loss"] = columns["batch_loss"].expand(rows.shape[0])
        for name, column in columns.items():
            if column.ndim != 1 or column.shape[0] != rows.shape[0]:
                raise ValueError(
                    f"observe: {name} has the shape {tuple(column.shape)}; it must have {rows.shape[0]} rows, one an index."
                )
        self._pending.append((rows, columns))
        if self.learn == "batch":
            self._flush()

    def weights(self, indices: Tensor | Sequence[int]) -> Tensor | None:
        """Weights of the losses of a batch, a value a sample; None where the selector gives none. Batches are asked for in their order;
        a part of a batch is asked for as it lies in it."""
        rows = torch.as_tensor(indices, dtype=torch.int64)
        wanted = rows.cpu().numpy()
        for at, batch in enumerate(self._outstanding):
            share = self._share(batch)
            begin = _stretch(share.indices, wanted)
            if begin is None:
                continue
            for _ in range(at):
                self._outstanding.popleft()
            if share.weights is None:
                return None
            return torch.from_numpy(share.weights[begin : begin + len(wanted)].copy()).to(rows.device)
        raise ValueError(
            "weights: these indices are no batch that this sampler handed out in this epoch, nor a part of it in its order; give "
            "those of `Indexed`."
        )

    def loss(self, losses: Tensor, indices: Tensor | Sequence[int]) -> Tensor:
        """The loss to minimise: the weighted mean of `losses` ([samples], `reduction='none'`) over the global batch.

        Under DDP, which averages gradients over processes, the shares of all processes add up to just that, also where they differ in size.
        """
        rows = losses.shape[0]
        global_rows = rows
        if self.split and self.world_size > 1:
            global_rows = self._global_rows(indices)
        weights = self.weights(indices)
        total = losses.sum() if weights is None else (losses * weights.to(losses.device, losses.dtype)).sum()
        return total * (self.world_size if self.split else 1) / global_rows

    def end_epoch(self) -> None:
        """Hands over all observations now, for `selector.uncertainty()` at the end of an epoch. A collective call under torch.distributed."""
        self._flush()

    def state_dict(self) -> dict[str, int]:
        """Position: epoch and batches handed out. Tiny, for StatefulDataLoader; what the selector learnt is in `checkpoint`."""
        return {
            "version": 1,
            "epoch": self.epoch,
            "batches": self._dispatched,
            "seed": self.selector.seed,
            "batch_size": self.batch_size,
        }

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Goes to a position of the epoch that `load_checkpoint` restored.

        Raises:
            ValueError: the position is of another seed, batch size or epoch.
        """
        for name, here in (("seed", self.selector.seed), ("batch_size", self.batch_size)):
            if state[name] != here:
                raise ValueError(f"{name} was {state[name]}, but here it is {here}; go on with the same.")
        if state["epoch"] != self.epoch:
            raise ValueError(
                f"the position is in epoch {state['epoch']}, but the selector is in epoch {self.epoch}; load the checkpoint of the same moment first."
            )
        if self.epoch >= 0:
            self._resume = state["batches"]

    def checkpoint(self, batches: int | None = None) -> dict[str, Any]:
        """Everything needed to go on identically: save it with the model. A collective call under torch.distributed, the same in all processes.

        Args:
            batches: how many batches of the epoch have been trained. Default: how many have been observed or, where the selector learns from
                nothing and nothing was observed, handed out.
        """
        self._flush()
        trained = batches if batches is not None else self._observed if self._observed > 0 else self._dispatched
        state = torch.from_numpy(np.frombuffer(self.selector.state(), dtype=np.uint8).copy())
        return {
            "version": 1,
            "epoch": self.epoch,
            "batches": trained,
            "batch_size": self.batch_size,
            "selector": state,
        }

    def load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Restores what `checkpoint` returned; the next pass goes on in mid-epoch.

        Raises:
            ValueError, TypeError: the checkpoint does not fit this run or is damaged.
        """
        if checkpoint["batch_size"] != self.batch_size:
            raise ValueError(
                f"batch_size was {checkpoint['batch_size']}, but here it is {self.batch_size}; go on with the same."
            )
        state = checkpoint["selector"].cpu().numpy().tobytes()
        self.epoch = checkpoint["epoch"]
        self._next = None
        self._pending.clear()
        self._drawn = None
        if self.epoch < 0:
            self.selector.load_state(state)
        else:
            if self.learn == "epoch":
                self._drawn = self.selector.redraw_epoch(state, self.batch_size)
            else:
                self.selector.load_state(state, checkpoint["batches"])
            self._resume = checkpoint["batches"]

    def close(self) -> None:
        """Ends the engine; it also ends with its trainer."""
        self.selector.close()

    def _start_epoch(self) -> None:
        # Trainers begin torch.distributed after the sampler was made.
        self._check_processes()
        self.epoch = self._next if self._next is not None else self.epoch + 1
        self._next = None
        self.selector.begin_epoch(self.epoch + 1)
        self._dispatched = self._observed = 0

    def _begin(self) -> None:
        self._flush()
        self._start_epoch()
        self._drawn = self.selector.select_epoch(self.batch_size) if self.learn == "epoch" else None

    def _deal(self, first: int) -> Iterator[list[int]]:
        if self._drawn is not None:
            batches: Iterator[Batch] = iter(self._kept(self._drawn)[first:])
        else:
            batches = iter(self._one_by_one, None)
        for batch in batches:
            if self.drop_last and len(batch.indices) < self.batch_size:
                return
            self._dispatched += 1
            self._outstanding.append(batch)
            yield self._share(batch).indices.tolist()

    def _one_by_one(self) -> Batch | None:
        if not self._warned and self._dispatched - self._observed > 1 and self.selector.signals:
            self._warned = True
            warnings.warn(
                "batches are drawn ahead of what was observed, so draws do not yet know the latest steps and depend on timing; use num_workers=0 "
                "or learn='epoch', or call observe after each step.",
                stacklevel=3,
            )
        return self.selector.select(self.batch_size)

    def _kept(self, batches: list[Batch]) -> list[Batch]:
        """The batches that are dealt: all but a last one that is too small."""
        least = self.batch_size if self.drop_last else self.world_size if self.split else 1
        return [batch for batch in batches if len(batch.indices) >= least]

    def _share(self, batch: Batch) -> Batch:
        """What this process trains of a global batch: a stretch of it; shares differ by one sample at most."""
        if not self.split or self.world_size == 1:
            return batch
        rows = len(batch.indices)
        share = slice(self.rank * rows // self.world_size, (self.rank + 1) * rows // self.world_size)
        return Batch(batch.indices[share], None if batch.weights is None else batch.weights[share])

    def _global_rows(self, indices: Tensor | Sequence[int]) -> int:
        wanted = torch.as_tensor(indices, dtype=torch.int64).cpu().numpy()
        for batch in self._outstanding:
            if np.array_equal(self._share(batch).indices, wanted):
                return len(batch.indices)
        raise ValueError("loss: these indices are no batch that this sampler handed out in this epoch.")

    def _flush(self) -> None:
        """Hands what was measured to the selector, in the order of steps; of all processes where there are several."""
        steps, self._pending = self._pending, []
        if not self.selector.signals:
            return
        rows, lengths, columns = _together(steps, self.selector.signals)
        if self.world_size > 1 and _distributed():
            rows, columns = _gather(rows, lengths, columns)
        if rows.size:
            self.selector.observe(rows, **columns)


def _distributed() -> bool:
    """Whether this process is one of several of torch.distributed."""
    return bool(dist.is_available() and dist.is_initialized())


Rows = np.ndarray[Any, np.dtype[Any]]


def _stretch(whole: Rows, part: Rows) -> int | None:
    """Where `part` begins in `whole`, whose entries are distinct; None where it is no stretch of it."""
    if len(part) == 0:
        return None
    (begin,) = np.nonzero(whole == part[0])
    if len(begin) == 0 or not np.array_equal(whole[begin[0] : begin[0] + len(part)], part):
        return None
    return int(begin[0])


def _together(
    steps: list[tuple[Tensor, dict[str, Tensor]]], names: Sequence[str]
) -> tuple[Rows, list[int], dict[str, Rows]]:
    """Steps laid end to end, on the CPU: one copy from the device for each column."""
    lengths = [len(rows) for rows, _ in steps]
    if not steps:
        return np.zeros(0, np.int64), [], {name: np.zeros(0, np.float32) for name in names}
    rows = torch.cat([rows for rows, _ in steps]).cpu().numpy()
    return (
        rows,
        lengths,
        {name: torch.cat([columns[name] for _, columns in steps]).cpu().numpy() for name in names},
    )


def _gather(rows: Rows, lengths: list[int], columns: dict[str, Rows]) -> tuple[Rows, dict[str, Rows]]:
    """The observations of all processes: step by step, and within a step by rank, as a single process would have made them."""
    parts: list[Any] = [None] * dist.get_world_size()
    dist.all_gather_object(parts, (rows, lengths, columns))
    steps = max((len(part[1]) for part in parts), default=0)
    order: list[tuple[int, slice]] = []
    starts = [np.concatenate([[0], np.cumsum(part[1], dtype=np.int64)]) for part in parts]
    for step in range(steps):
        for rank, part in enumerate(parts):
            if step < len(part[1]):
                order.append((rank, slice(int(starts[rank][step]), int(starts[rank][step + 1]))))
    if not order:
        return rows, columns
    joined = {name: np.concatenate([parts[rank][2][name][rows] for rank, rows in order]) for name in columns}
    return np.concatenate([parts[rank][0][rows] for rank, rows in order]), joined
