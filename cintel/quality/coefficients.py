"""Coefficients of agreement between raters, each with an interval.

Every coefficient is a function of sums over answers. The bootstrap therefore draws how often each
conversation counts and adds up again, a thousand times in one matrix product.

Sources: Cohen (1960, 1968) for kappa; Gwet (2008, 2014) for AC1 with any number of raters and
missing answers; Krippendorff (2019, chapter 12) for alpha; Wilson (1927) for the interval of a
share; Efron and Tibshirani (1993, chapter 13) for the percentile bootstrap, which draws whole
conversations, because answers of one conversation are not independent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cintel.quality import kappas
from cintel.quality.alpha import Level, alpha_parts
from cintel.quality.kappas import Codes, Floats

_DRAWS = 1000
_SEED = 20260301
_FEWEST = 10
"""Conversations below which a bootstrap says nothing, so that no interval is given."""
_UNDEFINED = 0.05
"""Share of draws without a value from which on the others no longer stand for all."""
_NORMAL = 1.959964
"""Quantile of the normal distribution for 95 %."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval; None where it is not defined or cannot be told."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Who answered what: a row an answer, a column a rater.

    Attributes:
        codes: categories 0, 1, …, shape (answers, raters); −1 where a rater gave none.
        numbers: values of a scale, same shape; NaN where there is none or it is "not applicable".
        conversations: which conversation each row belongs to, as 0, 1, ….
        level: ``nominal`` compares codes; ``ordinal`` and ``interval`` measure how far apart
            numbers are.
    """

    codes: Codes
    numbers: Floats
    conversations: NDArray[np.int64]
    level: Level


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far raters agree.

    Attributes:
        answers: how many have two raters or more.
        conversations: how many those come from.
        raters: how many took part in those.
        unchanged: share of pairs of raters that gave the same answer, 0…1.
        kappa: Cohen's, of two raters; on a scale with quadratic weights.
        ac1: Gwet's; not for numbers, which have no categories.
        alpha: Krippendorff's, by the level of the answers.
    """

    answers: int
    conversations: int
    raters: int
    unchanged: Estimate
    kappa: Estimate
    ac1: Estimate
    alpha: Estimate


def sheet(
    rows: Sequence[tuple[str, Sequence[str | float | None], Sequence[bool]]], level: Level
) -> Sheet:
    """A sheet of rows ``(conversation, answers, given)``, one answer a rater.

    An answer of None is "not applicable": a category of its own, and no number. ``given`` says
    which raters answered at all.
    """
    known: dict[str | float | None, int] = {}
    places: dict[str, int] = {}
    width = len(rows[0][1]) if rows else 0
    codes = np.full((len(rows), width), -1, dtype=np.int64)
    numbers = np.full((len(rows), width), np.nan)
    for row, (_, answers, given) in enumerate(rows):
        for column, answer in enumerate(answers):
            if given[column]:
                codes[row, column] = known.setdefault(answer, len(known))
                if isinstance(answer, (int, float)):
                    numbers[row, column] = answer
    found = [places.setdefault(conversation, len(places)) for conversation, _, _ in rows]
    return Sheet(codes, numbers, np.array(found, dtype=np.int64), level)


def measure(given: Sheet) -> Agreement:
    """Every coefficient that the level and the number of raters allow."""
    rated = (given.codes >= 0).sum(axis=1) >= 2
    codes, numbers, among = given.codes[rated], given.numbers[rated], given.conversations[rated]
    kappa = ac1 = Estimate()
    if codes.shape[1] == 2 and given.level == "nominal":
        kappa = _bootstrap(kappas.kappa_parts(codes), kappas.kappa, among)
    elif codes.shape[1] == 2:
        parts = kappas.weighted_kappa_parts(numbers)
        kappa = _bootstrap(parts, kappas.weighted_kappa, among)
    if given.level != "interval":
        # Answers of one rater tell how common a category is, not how far raters agree.
        whole = _bootstrap(kappas.ac1_parts(given.codes), kappas.ac1, given.conversations)
        ac1 = whole if len(np.unique(among)) >= _FEWEST else Estimate(whole.value)
    return Agreement(
        answers=len(codes),
        conversations=len(np.unique(among)),
        raters=int((codes >= 0).any(axis=0).sum()),
        unchanged=_unchanged(codes, among),
        kappa=kappa,
        ac1=ac1,
        alpha=_bootstrap(*alpha_parts(codes, numbers, given.level), among),
    )


def wilson(share: float, count: int) -> tuple[float, float]:
    """The 95 % interval of a share out of ``count``, both 0…1 (Wilson, 1927)."""
    square = _NORMAL**2 / count
    middle = (share + square / 2) / (1 + square)
    half = _NORMAL / (1 + square) * np.sqrt(share * (1 - share) / count + square / (4 * count))
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def _unchanged(codes: Codes, conversations: NDArray[np.int64]) -> Estimate:
    """Counted by conversation: no mean of shares varies more than yes or no a conversation."""
    if not len(codes):
        return Estimate()
    share = float(kappas.same_share(kappas.counted(codes)).mean())
    return Estimate(share, *wilson(share, len(np.unique(conversations))))


def _bootstrap(
    parts: Floats, value: Callable[[Floats], Floats], conversations: NDArray[np.int64]
) -> Estimate:
    if not len(parts):
        return Estimate()
    point = float(value(parts.sum(axis=0, keepdims=True))[0])
    if np.isnan(point):
        return Estimate()
    there, places = np.unique(conversations, return_inverse=True)
    # Where nobody ever differed, every draw is perfect: that is no interval.
    if len(there) < _FEWEST or point >= 1 - 1e-12:
        return Estimate(point)
    sums = np.zeros((len(there), parts.shape[1]))
    np.add.at(sums, places, parts)
    drawn = value(_draws(len(there)) @ sums)
    if np.isnan(drawn).mean() > _UNDEFINED:
        return Estimate(point)
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return Estimate(point, float(low), float(high))


@lru_cache(maxsize=4)
def _draws(count: int) -> Floats:
    """How often each of ``count`` conversations is drawn, shape (draws, conversations)."""
    even = np.full(count, 1 / count)
    times = np.random.default_rng(_SEED).multinomial(count, even, _DRAWS)
    return times.astype(np.float64)
