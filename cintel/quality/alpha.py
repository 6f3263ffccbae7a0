"""Krippendorff's alpha (2019, chapter 12): any raters, answers missing, as sums over answers.

Alpha is one less the disagreement seen over the one expected by chance. A disagreement weighs 1
on the nominal level, the squared number of answers between the two on the ordinal, and the
squared distance on the interval level.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cintel.quality.kappas import Codes, Floats, counted

Level = Literal["nominal", "ordinal", "interval"]


def alpha_parts(
    codes: Codes, numbers: Floats, level: Level
) -> tuple[Floats, Callable[[Floats], Floats]]:
    """Each answer's share of the sums, and the function that makes alpha of them.

    Args:
        codes: categories of answers that two raters or more gave; −1 where one gave none.
        numbers: the same answers on their scale; NaN where there is none.
        level: which distance counts.
    """
    if level == "nominal":
        return _differing(counted(codes)), _nominal
    there = ~np.isnan(numbers)
    pairable = there & (there.sum(axis=1, keepdims=True) >= 2)
    if level == "interval":
        return _spread(np.where(pairable, numbers, 0.0), pairable), _interval
    return _coincidences(numbers, pairable), _ordinal


def _differing(counts: Floats) -> Floats:
    raters = counts.sum(axis=1)
    apart = (raters**2 - (counts**2).sum(axis=1)) / np.maximum(raters - 1, 1)
    return np.hstack([apart[:, None], counts])


def _nominal(sums: Floats) -> Floats:
    apart, counts = sums[:, 0], sums[:, 1:]
    count = counts.sum(axis=1)
    return _alpha(apart, count**2 - (counts**2).sum(axis=1), count)


def _spread(values: Floats, there: NDArray[np.bool_]) -> Floats:
    raters, total = there.sum(axis=1).astype(np.float64), values.sum(axis=1)
    squares = (values**2).sum(axis=1)
    apart = 2 * (raters * squares - total**2) / np.maximum(raters - 1, 1)
    return np.stack([apart, raters, total, squares], axis=1)


def _interval(sums: Floats) -> Floats:
    apart, count, total, squares = sums.T
    return _alpha(apart, 2 * (count * squares - total**2), count)


def _coincidences(numbers: Floats, pairable: NDArray[np.bool_]) -> Floats:
    """The coincidence matrix of each answer, flat."""
    values = np.unique(numbers[pairable])
    given = (numbers[:, :, None] == values) & pairable[:, :, None]
    counts = given.sum(axis=1).astype(np.float64)
    others = np.maximum(counts.sum(axis=1) - 1, 1)[:, None, None]
    pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(len(values))
    return np.asarray((pairs / others).reshape(len(counts), len(values) ** 2))


def _ordinal(sums: Floats) -> Floats:
    size = int(np.sqrt(sums.shape[1]))
    pairs = sums.reshape(len(sums), size, size)
    counts = pairs.sum(axis=2)
    middle = counts.cumsum(axis=1) - counts / 2
    distance = (middle[:, :, None] - middle[:, None, :]) ** 2
    expected = (counts[:, :, None] * counts[:, None, :] * distance).sum(axis=(1, 2))
    return _alpha((pairs * distance).sum(axis=(1, 2)), expected, counts.sum(axis=1))


def _alpha(apart: Floats, expected: Floats, count: Floats) -> Floats:
    room = np.where(expected > 1e-9, expected, np.nan)
    return np.asarray(1 - (count - 1) * apart / room)
