"""Kappa and AC1 as functions of sums: ``…_parts`` gives each answer's share, the other the figure.

Sums have shape (draws, parts), a row a draw of the bootstrap; figures are NaN where chance alone
explains everything, as when all answers are the same.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


def counted(codes: Codes) -> Floats:
    """How many raters gave each category, shape (answers, categories)."""
    categories = np.arange(codes.max(initial=0) + 1)
    return np.asarray((codes[:, :, None] == categories).sum(axis=1), dtype=np.float64)


def same_share(counts: Floats) -> Floats:
    """Share of the pairs of raters of an answer that gave the same; 0 below two raters."""
    raters = counts.sum(axis=1)
    pairs = raters * (raters - 1)
    same = (counts * (counts - 1)).sum(axis=1)
    return np.asarray(np.divide(same, pairs, out=np.zeros_like(same), where=pairs > 0))


def kappa_parts(codes: Codes) -> Floats:
    """Of two raters: one, whether they agree, and each one's category."""
    categories = np.arange(codes.max(initial=0) + 1)
    first, second = codes[:, :1] == categories, codes[:, 1:] == categories
    same = codes[:, :1] == codes[:, 1:]
    return np.hstack([np.ones((len(codes), 1)), same, first, second])


def kappa(sums: Floats) -> Floats:
    """Cohen's (1960): agreement beyond chance, over what chance left to agree on."""
    shares = sums[:, 1:] / sums[:, :1]
    first, second = np.split(shares[:, 1:], 2, axis=1)
    return _beyond(shares[:, 0], (first * second).sum(axis=1))


def weighted_kappa_parts(numbers: Floats) -> Floats:
    """Of two raters: one, both numbers, their squares and their product; 0 where one is missing."""
    both = np.asarray(~np.isnan(numbers).any(axis=1), dtype=np.float64)
    first, second = np.nan_to_num(numbers).T * both
    return np.stack([both, first, second, first**2 + second**2, first * second], axis=1)


def weighted_kappa(sums: Floats) -> Floats:
    """Cohen's (1968) with quadratic weights: one less squared distance seen over expected."""
    with np.errstate(divide="ignore", invalid="ignore"):
        first, second, squares, product = (sums[:, 1:] / sums[:, :1]).T
        expected = squares - 2 * first * second
        return np.where(expected > 1e-12, 1 - (squares - 2 * product) / expected, np.nan)


def ac1_parts(codes: Codes) -> Floats:
    """Of any raters: how far they agree, whether there are two, any, and each category's share."""
    counts = counted(codes)
    raters = counts.sum(axis=1, keepdims=True)
    shares = counts / np.maximum(raters, 1)
    return np.hstack([same_share(counts)[:, None], raters >= 2, raters >= 1, shares])


def ac1(sums: Floats) -> Floats:
    """Gwet's (2008): chance agrees only where raters are in doubt, ``Σ π(1 − π) ÷ (k − 1)``."""
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = sums[:, 3:] / sums[:, 2:3]
        chance = (shares * (1 - shares)).sum(axis=1) / max(shares.shape[1] - 1, 1)
        return _beyond(sums[:, 0] / sums[:, 1], chance)


def _beyond(seen: Floats, chance: Floats) -> Floats:
    room = np.where(1 - chance > 1e-12, 1 - chance, np.nan)
    return np.asarray((seen - chance) / room)
