"""Records a training run in Python in the format of the command `recency-bias`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .._selector import Selector
from .files import Events, png_data_uri, replace_file, to_json
from .header import VERSION, check_label, environment, method_of, now, write_experiment
from .label_windows import Ints, LabelWindows
from .sample_record import SampleRecord
from .state_file import encode_state

#: Upper edges of the bins in which losses are counted; the last bin is open.
_LOSS_EDGES = np.array([10.0 ** (-5 + i / 8) for i in range(48)])
_UNCERTAINTY_BINS = 20
_SHOWN = 24


class Recorder:
    """Writes a run so that `npx recency-bias report DIR` and `npx recency-bias insights DIR` show it.

    ```
    recorder = Recorder("runs/mine", selector, labels=train_labels, batch_size=128, test_size=10_000)
    for epoch in range(1, epochs + 1):
        selector.begin_epoch(epoch)
        recorder.begin_epoch(epoch)
        ...: recorder.observe(indices, losses, predicted_labels)
        recorder.end_epoch(test_error=..., test_loss=..., probe_loss=..., learning_rate=...)
    recorder.finish()
    ```

    Runs of other selectors and seeds go into the same directory, from other processes at the same time too. What
    `observe` is given may be tensors on a device: they are read at the end of the epoch, so that no step waits for the
    device. Memory: 37 bytes a sample, its window of labels, and 20 bytes of uncertainty over time.
    """

    def __init__(
        self,
        directory: str | Path,
        selector: Selector,
        *,
        labels: npt.ArrayLike,
        batch_size: int,
        test_size: int,
        dataset: str | Mapping[str, Any] = "custom",
        model: str | Mapping[str, Any] = "custom",
        parameters: int = 0,
        class_names: Sequence[str] | None = None,
        label: str | None = None,
        window: int = 10,
        warmup_epochs: int | None = None,
        probe_size: int = 1000,
        backend: str = "pytorch",
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        """Opens the record of the run of `selector`.

        Args:
            directory: the comparison, made where there is none.
            labels: the label of each training sample, from 0 to classes - 1.
            dataset: its name, or a mapping with a `name`. For `insights` it names a data set of the command
                `recency-bias` whose training samples are in the same order: `{"name": "fashion-mnist"}`,
                `{"name": "folder", "path": "photos"}`.
            model: name of the network, or a mapping with a `name` and `options`.
            parameters: number of its parameters.
            label: name of the method in reports; default the selector's name.
            window: predicted labels kept of each sample.
            warmup_epochs: the run's uniform epochs; default those of the selector.
            probe_size: number of samples in `probe`.
            settings: more about the training in the words of an experiment file: `optimizer`, `learningRate`, ...

        Raises:
            ValueError, TypeError: an argument does not fit, or the directory holds another experiment.
            RuntimeError: another process is writing this run.
        """
        given = np.asarray(labels)
        if given.shape != (selector.size,) or given.dtype.kind not in "iu":
            raise ValueError(
                f"labels has the shape {given.shape} of {given.dtype}; it must have {selector.size} integers."
            )
        if selector.classes < 2:
            raise ValueError(f"selector has {selector.classes} classes; a record needs at least 2.")
        if given.min() < 0 or given.max() >= selector.classes:
            raise ValueError(f"labels go from {given.min()} to {given.max()}; expected 0 to {selector.classes - 1}.")
        self._selector = selector
        self._labels = given.astype(np.int64)
        self._windows = LabelWindows(selector.size, selector.classes, window)
        self._samples = SampleRecord(selector.epochs, self._labels)
        self._times_drawn = np.zeros(selector.size, np.uint32)
        self._epoch_drawn = np.zeros(selector.size, np.int32)
        self._counters: dict[str, Any] = {"steps": 0, "trained": 0, "scored": 0, "seconds": 0.0}
        self._pending: list[tuple[Any, Any, Any, Any]] = []
        self._epoch = 0
        self._completed = 0
        self._started = False
        self._effective: float | None = None
        self._begin_sums()
        generator = np.random.default_rng(0)
        self.probe: Ints = np.sort(generator.permutation(selector.size)[:probe_size])
        """Training samples, the same in every run, whose mean loss after each epoch is the `probe_loss`."""

        label = check_label(selector.name if label is None else label)
        method = method_of(selector)
        warmup = selector.warmup_epochs if warmup_epochs is None else warmup_epochs
        data = dict(dataset) if isinstance(dataset, Mapping) else {"name": dataset}
        network = dict(model) if isinstance(model, Mapping) else {"name": model, "options": {}}
        home = Path(directory)
        self._run = home / f"{label}-seed{selector.seed}"
        self._run.mkdir(parents=True, exist_ok=True)
        self._events = Events(self._run / "events.jsonl")
        shared = {
            "name": home.resolve().name,
            "dataset": {**data, "trainSize": selector.size, "testSize": test_size},
            "model": network,
            "batchSize": batch_size,
            "epochs": selector.epochs,
            "warmupEpochs": warmup,
            "window": window,
            "backend": backend,
            "probeSize": len(self.probe),
            **(settings or {}),
        }
        try:
            experiment = write_experiment(home, shared, label, method, selector.seed)
            header = {
                "version": VERSION,
                "id": self._run.name,
                "kind": "run",
                "selector": label,
                "method": method,
                "seed": selector.seed,
                "dataset": {
                    "name": data["name"],
                    "trainSize": selector.size,
                    "testSize": test_size,
                    "classes": selector.classes,
                    "classNames": list(class_names or map(str, range(selector.classes))),
                },
                "model": {"name": network["name"], "parameters": parameters},
                "epochs": selector.epochs,
                "warmupEpochs": warmup,
                "batchSize": batch_size,
                "experiment": experiment,
                "environment": environment(backend),
                "startedAt": now(),
            }
            if not (self._run / "run.json").exists():
                replace_file(self._run / "run.json", to_json(header, indent=2))
        except BaseException:
            self._events.close()
            raise

    @property
    def directory(self) -> Path:
        """The directory of this run."""
        return self._run

    def begin_epoch(self, epoch: int) -> None:
        """Call it after the selector began the same epoch (1-based), before the epoch's first step."""
        self._start(epoch - 1)
        self._epoch = epoch
        self._begin_sums()
        probabilities = self._selector.probabilities()
        if probabilities is not None:
            self._effective = float(1 / (np.square(probabilities).sum() * probabilities.size))

    def observe(self, indices: Any, losses: Any, predicted_labels: Any, margins: Any = None) -> None:
        """Records a training step.

        Args:
            indices: the samples of the step.
            losses: the crossentropy of each of them in the pass that trained it, without weights.
            predicted_labels: the label that the network gave to each of them in that pass.
            margins: the logit of each sample's own label less the largest other logit. With them, given in every step, the
                command `insights` can order by margin; it finds wrong labels best where classes are confused.
        """
        self._pending.append((indices, losses, predicted_labels, margins))
        self._last = time.perf_counter()

    def end_epoch(
        self,
        *,
        test_error: float,
        test_loss: float,
        probe_loss: float,
        learning_rate: float,
        scored_samples: int = 0,
        train_seconds: float | None = None,
    ) -> None:
        """Records what came of the epoch.

        Args:
            test_error: the share of the test samples that are predicted wrong, from 0 to 1.
            probe_loss: mean loss of the training samples `probe`.
            scored_samples: samples that the epoch scored by extra forward passes.
            train_seconds: seconds that the epoch trained; default the time from `begin_epoch` to the last `observe`.

        Raises:
            ValueError: a number is not finite, or nothing was observed since `begin_epoch`.
        """
        self._flush()
        if self._loss_count == 0:
            raise ValueError(f"epoch {self._epoch} has no observation; call observe after each training step.")
        counters = self._counters
        counters["scored"] += scored_samples
        counters["seconds"] += self._last - self._begun if train_seconds is None else train_seconds
        seen = self._windows.counts > 0
        bins = np.minimum(_UNCERTAINTY_BINS - 1, self._windows.uncertainty()[seen] * _UNCERTAINTY_BINS)
        histogram = np.bincount(bins.astype(np.int64), minlength=_UNCERTAINTY_BINS)
        self._events.append(
            {
                "type": "epoch",
                "time": now(),
                "epoch": self._epoch,
                "learningRate": learning_rate,
                "trainLoss": self._loss_sum / self._loss_count,
                "probeLoss": probe_loss,
                "testLoss": test_loss,
                "testError": test_error,
                "trainSeconds": counters["seconds"],
                "steps": counters["steps"],
                "trainedSamples": counters["trained"],
                "scoredSamples": counters["scored"],
                "selection": {
                    "uncertaintyHistogram": histogram.tolist(),
                    "effectiveSampleSize": self._effective,
                    "distinctShare": self._distinct / self._selector.size,
                    "selectedLossHistogram": self._loss_bins.tolist(),
                },
            }
        )
        self._samples.end_epoch(self._epoch, self._windows)
        self._completed = self._epoch

    def finish(self, images: Callable[[int], npt.NDArray[Any]] | None = None) -> None:
        """Writes what is remembered of the samples and ends the record.

        Args:
            images: answers a training image as uint8 [height, width, 1 or 3], for the report's gallery of the most
                uncertain samples.
        """
        if images is not None:
            shown = [self._described(int(index), images) for index in self._most_uncertain()]
            self._events.append({"type": "uncertain-samples", "time": now(), "samples": shown})
        self.write_samples()
        self._events.append({"type": "end", "time": now(), "epochs": self._completed})
        self.close()

    def write_samples(self) -> None:
        """Writes samples.bin, which `insights` reads; `finish` does it too."""
        self._flush()
        windows = self._windows
        record = {
            "version": 1,
            "epoch": self._completed,
            "labels": self._labels.astype(np.int32),
            "timesDrawn": self._times_drawn,
            "history": {
                "version": 2,
                "size": windows.size,
                "classes": windows.classes,
                "window": windows.window,
                "words": windows.packed(),
            },
            "samples": self._samples.state_dict(),
        }
        replace_file(self._run / "samples.bin", encode_state(record))

    def close(self) -> None:
        """Lets go of the files; the run can be gone on with later."""
        self._events.close()

    def state_dict(self) -> dict[str, Any]:
        """Everything needed to go on identically, in mid-epoch too: plain data and NumPy arrays."""
        self._flush()
        return {
            "version": 1,
            "windows": self._windows.state_dict(),
            "samples": self._samples.state_dict(),
            "times_drawn": self._times_drawn.copy(),
            "epoch_drawn": self._epoch_drawn.copy(),
            "counters": dict(self._counters),
            "epoch": self._epoch,
            "completed": self._completed,
            "sums": (self._loss_sum, self._loss_count, self._distinct, self._effective, self._loss_bins.copy()),
            "seconds": self._last - self._begun,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores what `state_dict` returned, and records that the run went back to it."""
        if state.get("version") != 1:
            raise ValueError(f"state has version {state.get('version')!r}; this release reads version 1.")
        self._windows.load_state_dict(state["windows"])
        self._samples.load_state_dict(state["samples"])
        self._times_drawn[...] = state["times_drawn"]
        self._epoch_drawn[...] = state["epoch_drawn"]
        self._counters = dict(state["counters"])
        self._epoch = state["epoch"]
        self._completed = state["completed"]
        self._pending = []
        self._loss_sum, self._loss_count, self._distinct, self._effective, bins = state["sums"]
        self._loss_bins = np.array(bins)
        self._last = time.perf_counter()
        self._begun = self._last - state["seconds"]
        self._started = False
        self._start(self._completed)

    def _start(self, completed: int) -> None:
        if not self._started:
            self._events.append({"type": "start", "time": now(), "epoch": completed})
        self._started = True

    def _begin_sums(self) -> None:
        self._pending = []
        self._loss_sum = 0.0
        self._loss_count = 0
        self._distinct = 0
        self._effective = None
        self._loss_bins = np.zeros(len(_LOSS_EDGES) + 1, np.int64)
        self._begun = self._last = time.perf_counter()

    def _flush(self) -> None:
        """Reads the pending observations, in their order."""
        pending, self._pending = self._pending, []
        for given in pending:
            indices, loss, predicted = (_to_numpy(column) for column in given[:3])
            indices, predicted = indices.astype(np.int64), predicted.astype(np.int64)
            loss = loss.astype(np.float32)
            margin = None if given[3] is None else _to_numpy(given[3]).astype(np.float32)
            self._check(indices, loss, predicted, margin)
            self._counters["steps"] += 1
            self._counters["trained"] += len(indices)
            self._loss_bins += np.bincount(
                np.searchsorted(_LOSS_EDGES, loss.astype(np.float64)), minlength=len(self._loss_bins)
            )
            self._loss_sum += float(loss.sum(dtype=np.float64))
            self._loss_count += len(indices)
            fresh = np.unique(indices[self._epoch_drawn[indices] != self._epoch])
            self._epoch_drawn[fresh] = self._epoch
            self._distinct += len(fresh)
            for rows in _distinct_parts(indices):
                self._times_drawn[indices[rows]] += 1
                self._windows.record(indices[rows], predicted[rows])
                part = None if margin is None else margin[rows]
                self._samples.observe(indices[rows], predicted[rows], loss[rows], part, self._epoch)

    def _check(self, indices: Ints, loss: npt.NDArray[Any], predicted: Ints, margin: npt.NDArray[Any] | None) -> None:
        if not (indices.ndim == loss.ndim == predicted.ndim == 1 and len(indices) == len(loss) == len(predicted)):
            raise ValueError(
                f"observe: indices, losses and predicted_labels have the shapes {indices.shape}, {loss.shape} and "
                f"{predicted.shape}; expected one value a sample."
            )
        for name, column, end in (
            ("indices", indices, self._selector.size),
            ("predicted_labels", predicted, self._selector.classes),
        ):
            wrong = np.flatnonzero((column < 0) | (column >= end))
            if len(wrong) > 0:
                raise ValueError(f"observe: {name}[{wrong[0]}] is {column[wrong[0]]}; expected 0 to {end - 1}.")
        wrong = np.flatnonzero(~np.isfinite(loss))
        if len(wrong) > 0:
            raise ValueError(
                f"observe: losses[{wrong[0]}] is {loss[wrong[0]]}, of sample {indices[wrong[0]]}; it must be finite. "
                "Has the training diverged? A lower learning rate may help."
            )
        if margin is None:
            return
        if margin.shape != indices.shape:
            raise ValueError(
                f"observe: margins have the shape {margin.shape}; expected one value a sample, {indices.shape}."
            )
        wrong = np.flatnonzero(~np.isfinite(margin))
        if len(wrong) > 0:
            raise ValueError(f"observe: margins[{wrong[0]}] is {margin[wrong[0]]}; it must be finite.")

    def _most_uncertain(self) -> Ints:
        uncertainty = self._windows.uncertainty()
        seen = np.flatnonzero(self._windows.counts > 0)
        order = np.lexsort((seen, -self._times_drawn[seen].astype(np.int64), -uncertainty[seen]))
        shown: Ints = seen[order[:_SHOWN]]
        return shown

    def _described(self, index: int, images: Callable[[int], npt.NDArray[Any]]) -> dict[str, Any]:
        count = int(self._windows.counts[index])
        return {
            "index": index,
            "label": int(self._labels[index]),
            "window": self._windows.ordered(slice(index, index + 1))[0, :count].tolist(),
            "uncertainty": float(self._windows.uncertainty()[index]),
            "timesDrawn": int(self._times_drawn[index]),
            "image": png_data_uri(images(index)),
        }


def _to_numpy(column: Any) -> npt.NDArray[Any]:
    return np.asarray(column.detach().cpu() if hasattr(column, "detach") else column)


def _distinct_parts(indices: Ints) -> list[npt.NDArray[Any]]:
    """Rows in parts without a sample twice, whose order keeps that of each sample's rows."""
    if len(np.unique(indices)) == len(indices):
        return [np.arange(len(indices))]
    order = np.argsort(indices, kind="stable")
    ordered = indices[order]
    starts = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    first = np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order)) - first
    return [np.flatnonzero(rank == part) for part in range(int(rank.max()) + 1)]
