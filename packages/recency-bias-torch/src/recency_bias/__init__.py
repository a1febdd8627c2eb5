"""Adaptive batch selection: train on the samples that the network is unsure of.

`Selector` is framework-neutral, NumPy in and out. `recency_bias.torch` serves a PyTorch `DataLoader`.
"""

from ._engine import EngineError
from ._selector import Batch, Selector, SelectorInfo, selectors
from .records import Recorder

__all__ = ["Batch", "EngineError", "Recorder", "Selector", "SelectorInfo", "selectors"]
__version__ = "0.1.0"
