"""Run records that `npx recency-bias report` and `insights` read."""

from .recorder import Recorder

__all__ = ["Recorder"]
