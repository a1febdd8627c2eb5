"""What selectors learn from, measured on the device from the logits of the training pass."""

from __future__ import annotations

from collections.abc import Iterable

import torch
import torch.nn.functional as functional
from torch import Tensor


def measure(names: Iterable[str], logits: Tensor, labels: Tensor) -> dict[str, Tensor]:
    """Signals of each sample, on the device of the logits.

    Args:
        names: signals, as `Selector.signals` has them.
        logits: [samples, classes].
        labels: [samples], class indices.

    Returns:
        a column of [samples] for each name.

    Raises:
        ValueError: logits or labels of another shape.
    """
    if logits.ndim != 2:
        raise ValueError(f"logits have the shape {tuple(logits.shape)}; they must be [samples, classes].")
    if labels.shape != logits.shape[:1]:
        raise ValueError(
            f"targets have the shape {tuple(labels.shape)}; they must be [{logits.shape[0]}], class indices."
        )
    scores = logits.float()
    own = labels.long().unsqueeze(1)
    columns: dict[str, Tensor] = {}
    probabilities: Tensor | None = None
    for name in names:
        if name == "loss":
            columns[name] = functional.cross_entropy(scores, own.squeeze(1), reduction="none")
            continue
        if name == "batch_loss":
            mean = functional.cross_entropy(scores, own.squeeze(1))
            columns[name] = mean.expand(len(scores))
            continue
        if name == "predicted_label":
            columns[name] = scores.argmax(1).int()
            continue
        if name == "margin":
            others = scores.scatter(1, own, -torch.inf).amax(1)
            columns[name] = scores.gather(1, own).squeeze(1) - others
            continue
        probabilities = torch.softmax(scores, 1) if probabilities is None else probabilities
        if name == "true_class_probability":
            columns[name] = probabilities.gather(1, own).squeeze(1)
        elif name == "grad_norm_bound":
            columns[name] = (probabilities - functional.one_hot(own.squeeze(1), scores.shape[1])).norm(dim=1)
        elif name == "boundary_distance":
            right = scores.argmax(1) == own.squeeze(1)
            columns[name] = probabilities.std(1, unbiased=False) * torch.where(right, 1.0, -1.0)
        else:
            raise ValueError(f"{name} cannot be measured from logits and labels; give it to observe by its name.")
    return columns
