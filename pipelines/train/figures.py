"""Scores and calibration of outputs that nothing else here knows about."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Labels = NDArray[np.int64]
Flags = NDArray[np.bool_]

_TEMPERATURES = np.geomspace(0.3, 5, 140)


def softmax(values: Array) -> Array:
    """Rows that sum to one."""
    odds: Array = np.exp(values - values.max(axis=1, keepdims=True))
    result: Array = odds / odds.sum(axis=1, keepdims=True)
    return result


def sigmoid(values: Array) -> Array:
    """Each value's own probability."""
    result: Array = np.asarray(1 / (1 + np.exp(-values)), dtype=np.float32)
    return result


def fit_temperature(values: Array, targets: Labels) -> float:
    """The temperature with the least negative log-likelihood (Guo et al., 2017)."""
    rows = np.arange(len(targets))
    return _least(lambda t: -np.log(softmax(values / t)[rows, targets] + 1e-9).mean())


def fit_temperature_of_several(values: Array, truth: Flags) -> float:
    """The same for outputs of which several may hold, over all of them."""
    signs = np.where(truth, 1.0, -1.0)
    return _least(lambda t: np.logaddexp(0, -signs * values / t).mean())


def _least(loss: Callable[[float], float]) -> float:
    losses = [loss(float(temperature)) for temperature in _TEMPERATURES]
    return round(float(_TEMPERATURES[int(np.argmin(losses))]), 4)


def calibration_error(probabilities: Array, targets: Labels, bins: int = 15) -> float:
    """Expected calibration error of the best label, in equal-width bins (Naeini et al., 2015)."""
    return binary_calibration_error(
        probabilities.max(axis=1), probabilities.argmax(axis=1) == targets, bins
    )


def binary_calibration_error(confidence: Array, correct: Flags, bins: int = 15) -> float:
    """The same for single statements: how sure, and whether right."""
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = (
        (which == b).mean() * abs(correct[which == b].mean() - confidence[which == b].mean())
        for b in range(bins)
        if (which == b).any()
    )
    return float(sum(gaps))


def macro_f1(targets: Labels, guesses: Labels) -> float:
    """The mean F1 of the labels that occur in `targets`."""
    names = np.unique(targets)
    return macro_f1_of_several(targets[:, None] == names, guesses[:, None] == names)


def macro_f1_of_several(truth: Flags, guesses: Flags) -> float:
    """The mean F1 of the columns."""
    hits = (truth & guesses).sum(axis=0)
    total = truth.sum(axis=0) + guesses.sum(axis=0)
    return float(np.mean(2 * hits / np.maximum(total, 1)))


def best_thresholds(chances: Array, truth: Flags) -> list[float]:
    """For each column the threshold with the best F1."""
    grid = np.linspace(0.1, 0.7, 61)
    found = []
    for column, held in zip(chances.T, truth.T, strict=True):
        scores = [macro_f1_of_several(held[:, None], column[:, None] > t) for t in grid]
        found.append(round(float(grid[int(np.argmax(scores))]), 3))
    return found
