"""Fitting one head: a hidden layer by Adam, then a temperature on out-of-fold logits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Table:
    """What one head learns from: row ``i`` has features, a label, a weight and a group.

    Rows of one group are variants of one line and stay in one fold. Only rows with ``judged``
    count for calibration and cross-validation; the others are auxiliary and always trained on.
    """

    features: Array
    targets: NDArray[np.int64]
    weights: Array
    groups: NDArray[np.int64]
    judged: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Size and schedule of one head."""

    hidden: int = 128
    epochs: int = 30
    rate: float = 2e-3
    decay: float = 1e-2
    dropout: float = 0.3
    smoothing: float = 0.05
    batch: int = 256
    seed: int = 7


def fit(table: Table, labels: int, recipe: Recipe) -> dict[str, Array]:
    """Train on all rows and return the tensors of a `cintel.language.heads.Head`."""
    import torch
    from torch import nn

    torch.manual_seed(recipe.seed)
    first = nn.Linear(table.features.shape[1], recipe.hidden)
    second = nn.Linear(recipe.hidden, labels)
    network = nn.Sequential(first, nn.ReLU(), nn.Dropout(recipe.dropout), second)
    features, targets = torch.from_numpy(table.features), torch.from_numpy(table.targets)
    weights = torch.from_numpy(table.weights / table.weights.mean())
    loss = nn.CrossEntropyLoss(reduction="none", label_smoothing=recipe.smoothing)
    steps = recipe.epochs * -(-len(targets) // recipe.batch)
    optimiser = torch.optim.AdamW(network.parameters(), recipe.rate, weight_decay=recipe.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.rate * 2, total_steps=steps)
    for _ in range(recipe.epochs):
        for rows in torch.split(torch.randperm(len(targets)), recipe.batch):
            losses = loss(network(features[rows]), targets[rows])
            optimiser.zero_grad()
            (losses * weights[rows]).mean().backward()
            optimiser.step()
            schedule.step()
    return {
        "hidden": first.weight.detach().numpy().T.copy(),
        "hidden_bias": first.bias.detach().numpy().copy(),
        "output": second.weight.detach().numpy().T.copy(),
        "output_bias": second.bias.detach().numpy().copy(),
    }


def logits(tensors: dict[str, Array], features: Array) -> Array:
    """Uncalibrated outputs of a fitted head, shape ``(n, labels)``."""
    active = np.maximum(features @ tensors["hidden"] + tensors["hidden_bias"], 0)
    result: Array = active @ tensors["output"] + tensors["output_bias"]
    return result


def out_of_fold(table: Table, labels: int, recipe: Recipe) -> tuple[NDArray[np.int64], Array]:
    """Judged rows and their logits from a head that never saw their group."""
    rows: list[NDArray[np.int64]] = []
    outputs: list[Array] = []
    for fold in range(FOLDS):
        left_out = (table.groups % FOLDS == fold) & table.judged
        kept = ~np.isin(table.groups, table.groups[left_out])
        part = Table(*(getattr(table, name)[kept] for name in table.__slots__))
        index = np.flatnonzero(left_out)
        rows.append(index)
        outputs.append(logits(fit(part, labels, recipe), table.features[index]))
    return np.concatenate(rows), np.concatenate(outputs)


def softmax(values: Array) -> Array:
    """Rows that sum to one."""
    odds = np.exp(values - values.max(axis=1, keepdims=True))
    result: Array = odds / odds.sum(axis=1, keepdims=True)
    return result


def fit_temperature(values: Array, targets: NDArray[np.int64]) -> float:
    """The temperature with the least negative log-likelihood (Guo et al., 2017)."""
    grid = np.geomspace(0.3, 4, 120)
    rows = np.arange(len(targets))
    losses = [-np.log(softmax(values / t)[rows, targets] + 1e-9).mean() for t in grid]
    return float(grid[int(np.argmin(losses))])


def calibration_error(probabilities: Array, targets: NDArray[np.int64], bins: int = 15) -> float:
    """Expected calibration error of the best label, in equal-width bins (Naeini et al., 2015)."""
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == targets
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = (
        (which == b).mean() * abs(correct[which == b].mean() - confidence[which == b].mean())
        for b in range(bins)
        if (which == b).any()
    )
    return float(sum(gaps))


def macro_f1(targets: NDArray[np.int64], guesses: NDArray[np.int64]) -> float:
    """The mean F1 of the labels that occur in `targets`."""
    scores = []
    for label in np.unique(targets):
        hits = ((guesses == label) & (targets == label)).sum()
        scores.append(2 * hits / ((guesses == label).sum() + (targets == label).sum()))
    return float(np.mean(scores))
