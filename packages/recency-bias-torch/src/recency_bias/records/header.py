"""The settings of a run, as `run.json` and `experiment.json` hold them."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from .._node import find_node
from .._selector import Selector, camel, selectors
from .files import locked_folder, replace_file, to_json

VERSION = 1
_PACKAGES = ("recency-bias", "torch", "numpy", "lightning", "transformers", "accelerate")
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def now() -> str:
    """The time as run records have it."""
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def check_label(label: str) -> str:
    """The name of a method's runs, which is part of their folders' names.

    Raises:
        ValueError: it is no such name.
    """
    if _LABEL.fullmatch(label) is None or label == "warmup":
        raise ValueError(
            f"label is {label!r}; it must be 1 to 64 letters, digits, dots, hyphens and underscores, not beginning "
            "with a sign, and not 'warmup'."
        )
    return label


def method_of(selector: Selector) -> dict[str, Any]:
    """Registry name and all options of a selector; arrays among them by their length."""
    given = {camel(name): value for name, value in selector.options.items()}
    options = {**selectors()[selector.name].details["defaults"], **given}
    if "warmupEpochs" in options:
        options["warmupEpochs"] = selector.warmup_epochs
    for name, value in options.items():
        if isinstance(value, np.ndarray):
            options[name] = f"{value.size} values"
        elif isinstance(value, np.generic):
            options[name] = value.item()
    if selector.wrappers:
        options["wrappers"] = [{"name": wrapper, **given} for wrapper, given in selector.wrappers]
    return {"name": selector.name, "options": options}


def environment(backend: str) -> dict[str, Any]:
    """Where and with what the run is made."""
    node = subprocess.run(
        [find_node(os.environ.get("RECENCY_BIAS_NODE")), "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    packages = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            packages[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return {
        "node": node.stdout.strip(),
        "platform": f"{sys.platform}-{platform.machine()}",
        "cpu": _cpu(),
        "cores": os.cpu_count() or 1,
        "backend": backend,
        "packages": packages,
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    named = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or "unknown")


def write_experiment(
    directory: Path, settings: Mapping[str, Any], label: str, method: Mapping[str, Any], seed: int
) -> dict[str, Any]:
    """Adds a method and a seed to the comparison in `directory`, beginning it where there is none.

    Returns:
        the experiment as it is now.

    Raises:
        ValueError: the comparison has other settings, or another method of that label.
    """
    path = directory / "experiment.json"
    with locked_folder(directory):
        known = json.loads(path.read_text("utf-8")) if path.exists() else {"selectors": {}, "seeds": []}
        wanted = json.loads(to_json(settings))
        for key, value in wanted.items():
            if key in known and known[key] != value:
                raise ValueError(
                    f"{path}: {key} is {known[key]!r} there and {value!r} here; runs of a comparison differ by "
                    "selector and seed alone: choose another directory."
                )
        earlier = known["selectors"].get(label)
        made = json.loads(to_json(method))
        if earlier is not None and earlier != made:
            raise ValueError(
                f"{path}: {label} has the options {earlier['options']!r} there and {made['options']!r} here; give "
                "another label."
            )
        experiment = {
            **known,
            **wanted,
            "selectors": {**known["selectors"], label: made},
            "seeds": known["seeds"] if seed in known["seeds"] else [*known["seeds"], seed],
        }
        replace_file(path, to_json(experiment, indent=2))
    return experiment
