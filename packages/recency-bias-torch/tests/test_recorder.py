"""The record of a run: resumed in any step it comes out the same, and mistakes are named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import recorded_run as run

from recency_bias import Recorder, Selector


def make(folder: Path, selector: Selector, **more: Any) -> Recorder:
    return run.recorder(folder, Path("images"), selector, **more)


def test_comes_out_the_same_after_an_interruption_in_mid_epoch(tmp_path: Path) -> None:
    with run.make_selector() as selector:
        whole = make(tmp_path / "whole", selector)
        assert run.train(selector, whole)
        whole.finish()
    with run.make_selector() as selector:
        first = make(tmp_path / "parts", selector)
        assert not run.train(selector, first, stop=10)
        saved, kept = first.state_dict(), selector.state()
        first.close()
    with run.make_selector() as selector:
        selector.load_state(kept)
        second = make(tmp_path / "parts", selector)
        second.load_state_dict(saved)
        for epoch in range(3, run.EPOCHS + 1):
            if epoch > 3:
                selector.begin_epoch(epoch)
                second.begin_epoch(epoch)
            while (batch := selector.select(run.BATCH)) is not None:
                losses, predicted, margins = run.said(batch.indices, epoch)
                selector.observe(batch.indices, predicted_label=predicted)
                second.observe(batch.indices, losses, predicted, margins)
            second.end_epoch(
                test_error=1 / (1 + epoch), test_loss=0.5, probe_loss=0.25, learning_rate=0.1, train_seconds=1
            )
        second.finish()
    name = "recency-bias-seed1"
    assert (tmp_path / "parts" / name / "samples.bin").read_bytes() == (
        tmp_path / "whole" / name / "samples.bin"
    ).read_bytes()

    def epochs(folder: str) -> list[dict[str, Any]]:
        lines = (tmp_path / folder / name / "events.jsonl").read_text().splitlines()
        events = [json.loads(line) for line in lines]
        return [{**event, "time": ""} for event in events if event["type"] == "epoch"]

    assert epochs("parts") == epochs("whole")
    assert [event["epoch"] for event in epochs("whole")] == list(range(1, run.EPOCHS + 1))


def test_a_line_that_a_killed_process_left_torn_is_cut_off(tmp_path: Path) -> None:
    with run.make_selector() as selector:
        make(tmp_path, selector).close()
        events = tmp_path / "recency-bias-seed1" / "events.jsonl"
        events.write_text('{"type":"end"}\n{"type":"ep')
        make(tmp_path, selector).close()
        assert events.read_text() == '{"type":"end"}\n'


def test_selectors_and_seeds_share_a_directory_and_nothing_else_may_differ(tmp_path: Path) -> None:
    no_warmup = {"warmup_epochs": 0}
    for name, seed, options in (("uniform", 1, {}), ("online-batch", 1, no_warmup), ("online-batch", 2, no_warmup)):
        with Selector(name, run.SIZE, run.CLASSES, run.EPOCHS, seed, **options) as selector:
            make(tmp_path, selector, warmup_epochs=0).close()
    experiment = json.loads((tmp_path / "experiment.json").read_text())
    assert list(experiment["selectors"]) == ["uniform", "online-batch"]
    assert experiment["selectors"]["online-batch"]["options"]["selectionPressure"] == 100
    assert experiment["seeds"] == [1, 2]
    with (
        Selector("uniform", run.SIZE, run.CLASSES, run.EPOCHS) as selector,
        pytest.raises(ValueError, match="warmupEpochs is 0 there and 3 here"),
    ):
        make(tmp_path, selector, warmup_epochs=3)
    with Selector("online-batch", run.SIZE, run.CLASSES, run.EPOCHS, selection_pressure=7, **no_warmup) as selector:
        with pytest.raises(ValueError, match="give another label"):
            make(tmp_path, selector, warmup_epochs=0)
        make(tmp_path, selector, warmup_epochs=0, label="online-batch-7").close()


def test_a_warm_up_that_is_left_to_the_selector_is_recorded_in_epochs(tmp_path: Path) -> None:
    with Selector("online-batch", run.SIZE, run.CLASSES, run.EPOCHS) as selector:
        make(tmp_path, selector).close()
    header = json.loads((tmp_path / "online-batch-seed0" / "run.json").read_text())
    assert header["warmupEpochs"] == header["method"]["options"]["warmupEpochs"] == 2


def test_a_second_writer_is_kept_out(tmp_path: Path) -> None:
    with run.make_selector() as selector:
        first = make(tmp_path, selector)
        with pytest.raises(RuntimeError, match="another process is writing there"):
            make(tmp_path, selector)
        first.close()
        make(tmp_path, selector).close()


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (([60], [0.5], [0]), r"indices\[0\] is 60; expected 0 to 59"),
        (([1, 2], [0.5, 0.5], [0, 3]), r"predicted_labels\[1\] is 3; expected 0 to 2"),
        (([1, 2], [0.5, np.nan], [0, 1]), r"losses\[1\] is nan, of sample 2; it must be finite"),
        (([1, 2], [0.5, 0.5], [0, 1], [1.0, np.inf]), r"margins\[1\] is inf; it must be finite"),
        (([1, 2], [0.5, 0.5], [0, 1], [1.0]), r"margins have the shape \(1,\); expected one value a sample, \(2,\)"),
        (([1, 2], [0.5], [0, 1]), r"shapes \(2,\), \(1,\) and \(2,\); expected one value a sample"),
    ],
)
def test_a_wrong_observation_is_named(columns: tuple[Any, ...], message: str, tmp_path: Path) -> None:
    with run.make_selector() as selector:
        record = make(tmp_path, selector)
        selector.begin_epoch(1)
        record.begin_epoch(1)
        record.observe(*(np.array(column) for column in columns))
        with pytest.raises(ValueError, match=message):
            record.end_epoch(test_error=0, test_loss=0, probe_loss=0, learning_rate=0.1)
        record.close()


def test_a_sample_that_a_step_holds_twice_counts_twice_in_its_order(tmp_path: Path) -> None:
    with run.make_selector() as selector:
        one, two = make(tmp_path / "one", selector), make(tmp_path / "two", selector)
        selector.begin_epoch(1)
        for record in (one, two):
            record.begin_epoch(1)
        one.observe(np.array([3, 5, 3]), np.array([1.0, 2.0, 4.0]), np.array([0, 1, 2]))
        for index, loss, label in ((3, 1.0, 0), (5, 2.0, 1), (3, 4.0, 2)):
            two.observe(np.array([index]), np.array([loss]), np.array([label]))
        states = []
        for record in (one, two):
            state = record.state_dict()
            states.append(state["samples"] | state["windows"] | {"drawn": state["times_drawn"]})
            record.close()
        for name, value in states[0].items():
            np.testing.assert_array_equal(value, states[1][name], err_msg=name)
        assert states[0]["drawn"][3] == 2
