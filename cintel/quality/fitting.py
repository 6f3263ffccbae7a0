"""A ``phrases`` rule fitted to conversations in which a person said whether it should hold.

Each conversation is a bag of pieces, of which at least one must be near a phrase for the rule to
hold: multiple-instance learning. As in diverse density (Maron and Lozano-Pérez, 1998) a piece of
a conversation in which the rule should hold becomes a phrase if it is near to something in the
*other* such conversations and far from everything in those where it should not. A line says
nothing about the conversation it was taken from: otherwise each would vouch for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cintel.quality.rules import Phrases
from cintel.quality.verdicts import TextEncoder, Vectors

Rows = Sequence[int] | NDArray[np.int64]
Scores = NDArray[np.float64]

_STEEPNESS = 20.0
"""Of the logistic that says how far right an answer is: within 0.1 of the threshold it is soft."""

_THRESHOLDS = np.round(np.arange(0.3, 0.905, 0.01), 2)
_GAIN = 0.01
"""Least rise of the share of right answers for which a line is added or dropped."""

_MOST_PHRASES = 10
_MOST_COUNTER = 5
_NOWHERE = -1.0
_OWN, _ELSEWHERE = -1, -2
"""Places of a line of the card itself, and of a bag that no line was taken from."""


@dataclass(frozen=True, slots=True)
class Bag:
    """The pieces of a conversation at which a rule looks.

    Attributes:
        texts: one a piece.
        vectors: unit vectors, shape (pieces, dimensions).
        quotable: which pieces may become lines of a scorecard.
        wanted: whether the rule should find something here.
    """

    texts: tuple[str, ...]
    vectors: Vectors
    quotable: NDArray[np.bool_]
    wanted: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A phrase or counter-example; ``home`` is the bag it was taken from."""

    text: str
    vector: Vectors
    home: int = _OWN


@dataclass(frozen=True, slots=True)
class Fitted:
    """Lines and a threshold, as they came out of some of the bags."""

    phrases: tuple[Line, ...]
    counter: tuple[Line, ...]
    threshold: float

    def finds(self, bag: Bag) -> bool:
        """Whether a piece of a bag that had no part in the fit is near enough to a phrase."""
        return self.score(bag, _ELSEWHERE) >= self.threshold

    def score(self, bag: Bag, row: int) -> float:
        """The best cosine of a piece of bag ``row`` that is no nearer to a counter-example."""
        return _top(_near(bag, row, self.phrases), _near(bag, row, self.counter))

    def rule(self, given: Phrases) -> Phrases:
        """The rule with these lines; who, where and whether it must be said stay."""
        return replace(
            given,
            phrases=tuple(line.text for line in self.phrases),
            not_like=tuple(line.text for line in self.counter),
            threshold=self.threshold,
        )


class Fit:
    """Fits a rule to any of the bags; what all fits share is worked out once."""

    def __init__(
        self, rule: Phrases, about: str, bags: Sequence[Bag], encoder: TextEncoder
    ) -> None:
        """``about`` is the text of the question; ``encoder`` made the vectors of the bags."""
        self.bags = bags
        self.wanted = np.array([bag.wanted for bag in bags])
        phrases, counter = (
            tuple(map(Line, lines, encoder.encode(lines)) if lines else ())
            for lines in (rule.phrases, rule.not_like)
        )
        self.own = Fitted(phrases, counter, rule.threshold)
        self.lines = (*phrases, *_candidates(bags, phrases, encoder.encode([about])[0]))
        self.homes = np.array([line.home for line in self.lines])
        self.reach = self._reach()

    def to(self, rows: Rows) -> Fitted:
        """The lines and the threshold that answer the bags of ``rows`` best, found greedily."""
        rows = np.asarray(rows)
        chosen = self._phrases(rows)
        phrases = tuple(self.lines[index] for index in chosen)
        fitted = Fitted(phrases, self._counter(rows, phrases), self.own.threshold)
        scores = np.array([fitted.score(self.bags[row], row) for row in rows])
        _, threshold = _goodness(scores[:, None], self.wanted[rows])
        return replace(fitted, threshold=float(threshold[0]))

    def _reach(self) -> Scores:
        """The best cosine of each line in each bag, shape (bags, lines)."""
        stacked = np.stack([line.vector for line in self.lines])
        reach = np.full((len(self.bags), len(self.lines)), _NOWHERE)
        for row, bag in enumerate(self.bags):
            if len(bag.texts):
                near = bag.vectors @ stacked.T
                near[near < _near(bag, row, self.own.counter)[:, None]] = _NOWHERE
                reach[row] = near.max(axis=0)
            reach[row, self.homes == row] = _NOWHERE
        return reach

    def _phrases(self, rows: NDArray[np.int64]) -> list[int]:
        """Add or drop the line that helps most, until none does."""
        reach, wanted = self.reach[rows], self.wanted[rows]
        open_ = [*np.flatnonzero(np.isin(self.homes, rows[wanted]))]
        chosen = list(range(len(self.own.phrases)))
        most = len(chosen) + _MOST_PHRASES
        good = _goodness(reach[:, chosen].max(axis=1, keepdims=True), wanted)[0][0]
        while True:
            moves = [chosen[:at] + chosen[at + 1 :] for at in range(len(chosen))]
            moves = moves if len(chosen) > 1 else []
            columns = [reach[:, move].max(axis=1) for move in moves]
            if len(chosen) < most:
                now = reach[:, chosen].max(axis=1, keepdims=True)
                columns += [*np.maximum(now, reach[:, open_]).T]
                moves += [[*chosen, index] for index in open_]
            if not moves:
                return chosen
            found, _ = _goodness(np.stack(columns, axis=1), wanted)
            best = int(found.argmax())
            if found[best] < good + _GAIN:
                return chosen
            good, chosen = found[best], moves[best]

    def _counter(self, rows: NDArray[np.int64], phrases: tuple[Line, ...]) -> tuple[Line, ...]:
        """Counter-examples: the pieces that come nearest where the rule should find nothing."""
        counter, wanted = self.own.counter, self.wanted[rows]
        bags = [self.bags[row] for row in rows]
        near = [_near(bag, row, phrases) for bag, row in zip(bags, rows, strict=True)]
        away = [_near(bag, row, counter) for bag, row in zip(bags, rows, strict=True)]
        good = _goodness(_tops(near, away)[:, None], wanted)[0][0]
        for _ in range(_MOST_COUNTER):
            tried = [*self._nearest(rows, near, away)]
            if not tried:
                break
            scores = np.array([
                _further(bag, row, tried, own, other)
                for bag, row, own, other in zip(bags, rows, near, away, strict=True)
            ])  # fmt: skip
            found, _ = _goodness(scores, wanted)
            best = int(found.argmax())
            if found[best] < good + _GAIN:
                break
            good, counter = found[best], (*counter, tried[best])
            away = [_near(bag, row, counter) for bag, row in zip(bags, rows, strict=True)]
        return counter

    def _nearest(
        self, rows: NDArray[np.int64], near: Sequence[Vectors], away: Sequence[Vectors]
    ) -> Iterator[Line]:
        """The piece that decides in each bag where the rule should find nothing."""
        for row, best, other in zip(rows, near, away, strict=True):
            bag, open_ = self.bags[row], best >= other
            if not bag.wanted and open_.any():
                piece = int(np.where(open_, best, _NOWHERE).argmax())
                if bag.quotable[piece]:
                    yield Line(bag.texts[piece], bag.vectors[piece], row)


def _candidates(bags: Sequence[Bag], phrases: tuple[Line, ...], about: Vectors) -> Iterator[Line]:
    """What may become a phrase: where something should be found, the piece that comes nearest
    to the phrases there are, and the one that comes nearest to the words of the question.

    Without this bound anything that good conversations share would do: an agent who says goodbye
    properly has greeted properly too.
    """
    known = {line.text for line in phrases}
    for row, bag in enumerate(bags):
        if not bag.wanted or not bag.quotable.any():
            continue
        for like in (_near(bag, row, phrases), bag.vectors @ about):
            piece = int(np.where(bag.quotable, like, _NOWHERE).argmax())
            if bag.texts[piece] not in known:
                known.add(bag.texts[piece])
                yield Line(bag.texts[piece], bag.vectors[piece], row)


def _near(bag: Bag, row: int, phrases: Iterable[Line]) -> Vectors:
    """The best cosine of each piece with a phrase that was not taken from this bag."""
    others = [line.vector for line in phrases if line.home != row]
    if not others:
        return np.full(len(bag.texts), _NOWHERE, dtype=np.float32)
    return np.asarray((bag.vectors @ np.stack(others).T).max(axis=1))


def _top(near: Vectors, away: Vectors) -> float:
    """The best cosine of a piece that is no nearer to a counter-example; −1 without one."""
    return float(np.where(near >= away, near, _NOWHERE).max(initial=_NOWHERE))


def _tops(near: Sequence[Vectors], away: Sequence[Vectors]) -> Scores:
    return np.array([_top(*both) for both in zip(near, away, strict=True)])


def _further(bag: Bag, row: int, lines: Sequence[Line], near: Vectors, away: Vectors) -> Vectors:
    """The score of a bag with each of several further counter-examples."""
    like = bag.vectors @ np.stack([line.vector for line in lines]).T
    like[:, [line.home == row for line in lines]] = _NOWHERE
    open_ = near[:, None] >= np.maximum(like, away[:, None])
    return np.asarray(np.where(open_, near[:, None], _NOWHERE).max(axis=0, initial=_NOWHERE))


def _goodness(scores: Scores, wanted: NDArray[np.bool_]) -> tuple[Scores, Scores]:
    """How right each column of scores is at its best threshold, 0…1, and that threshold.

    Half the mean of a logistic of the margin over bags that should be found, half over the rest,
    so that the rarer answer counts as much as the other.
    """
    best = np.full(scores.shape[1], -np.inf)
    at = np.zeros(scores.shape[1])
    weight = np.where(wanted, 0.5 / max(wanted.sum(), 1), -0.5 / max((~wanted).sum(), 1))
    constant = 0.5 if (~wanted).any() else 0.0
    for threshold in _THRESHOLDS:
        found = 1 / (1 + np.exp(-_STEEPNESS * (scores - threshold)))
        good = weight @ found + constant
        better = good > best
        best, at = np.where(better, good, best), np.where(better, threshold, at)
    return best, at
