"""Which questions an agent keeps failing, beside the others, and whether a note changed that.

A pass rate over few calls says little, so every rate has its 95 % interval (Wilson 1927), and so
has every difference of two rates: the hybrid score interval of Newcombe (1998, Statistics in
Medicine 17, 873-890, method 10). An agent is compared with all *other* agents, so that the two
groups share no call.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cintel.quality.coefficients import Estimate, wilson

FEWEST_FAILS = 3
"""Failed calls from which on a question is a suggestion."""
FEWEST_SINCE = 10
"""Answered calls since a note below which it is too early to tell."""
_TAIL = 0.025
"""What a 95 % interval leaves out below, or above."""
_HALF = 0.5

Standing = Literal["behind", "ahead", "shared", "unclear", "alone"]
Verdict = Literal["early", "better", "worse", "unclear", "no_before"]


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the answers to a question passed."""

    passed: int = 0
    answered: int = 0

    @property
    def failed(self) -> int:
        """How many did not."""
        return self.answered - self.passed

    @property
    def rate(self) -> Estimate:
        """The share that passed, 0…1, with its interval; empty where nothing was answered."""
        if not self.answered:
            return Estimate()
        share = self.passed / self.answered
        return Estimate(share, *wilson(share, self.answered))

    def __add__(self, other: Share) -> Share:
        return Share(self.passed + other.passed, self.answered + other.answered)

    def __sub__(self, other: Share) -> Share:
        return Share(self.passed - other.passed, self.answered - other.answered)


@dataclass(frozen=True, slots=True)
class Tally:
    """The final answers to one question in the calls of one agent."""

    agent: str
    scorecard: str
    question: str
    share: Share


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question that an agent failed several times.

    Attributes:
        own: the agent's answers.
        others: those of all other agents.
        gap: own rate − the others', with its interval; empty where nobody else answered.
        standing: ``behind`` the others for sure, or ``ahead`` of them; ``shared`` where neither,
            and the others fail it at least every second time; ``unclear`` where it could be
            chance; ``alone`` without others.
    """

    agent: str
    scorecard: str
    question: str
    own: Share
    others: Share
    gap: Estimate
    standing: Standing


@dataclass(frozen=True, slots=True)
class Course:
    """A question before a note and since, of the agent and of the others.

    ``change`` is the agent's rate since − before, with its interval; ``verdict`` reads it.
    """

    before: Share
    since: Share
    others_before: Share
    others_since: Share
    change: Estimate
    verdict: Verdict


def suggestions(tallies: Sequence[Tally], fewest: int = FEWEST_FAILS) -> list[Suggestion]:
    """What each agent failed ``fewest`` times or more, the surest to be behind first.

    The order is that of the upper end of the gap: how far behind the agent is at least. A small
    gap over many calls may so come before a large one over three.
    """
    others = _others(tallies)
    found = [
        _suggestion(tally, rest)
        for tally, rest in zip(tallies, others, strict=True)
        if tally.share.failed >= fewest
    ]
    return sorted(found, key=_order)


def chance_alone(tallies: Sequence[Tally]) -> float:
    """How many pairs of agent and question would look behind if nobody was; at most about that.

    It is the lower tail of the intervals times the pairs compared.
    """
    compared = [rest for rest in _others(tallies) if rest.answered]
    return _TAIL * len(compared)


def course(before: Share, since: Share, others_before: Share, others_since: Share) -> Course:
    """What happened to a question since a note."""
    change = difference(since, before)
    return Course(
        before, since, others_before, others_since, change, _verdict(before, since, change)
    )


def difference(first: Share, second: Share) -> Estimate:
    """The rate of ``first`` − that of ``second``, with Newcombe's hybrid score interval.

    ``d − √((p₁ − l₁)² + (u₂ − p₂)²)`` to ``d + √((u₁ − p₁)² + (p₂ − l₂)²)``, with *l* and *u* the
    ends of the Wilson interval of each rate. Empty where either has no answers.
    """
    one, two = first.rate, second.rate
    if one.value is None or two.value is None:
        return Estimate()
    assert one.low is not None
    assert one.high is not None
    assert two.low is not None
    assert two.high is not None
    gap = one.value - two.value
    below = math.hypot(one.value - one.low, two.high - two.value)
    above = math.hypot(one.high - one.value, two.value - two.low)
    return Estimate(gap, gap - below, gap + above)


def _others(tallies: Sequence[Tally]) -> list[Share]:
    """For each tally, the answers of all other agents to its question."""
    totals: dict[tuple[str, str], Share] = {}
    for tally in tallies:
        key = tally.scorecard, tally.question
        totals[key] = totals.get(key, Share()) + tally.share
    return [totals[tally.scorecard, tally.question] - tally.share for tally in tallies]


def _suggestion(tally: Tally, others: Share) -> Suggestion:
    gap = difference(tally.share, others)
    standing: Standing = "unclear"
    if gap.low is None or gap.high is None:
        standing = "alone"
    elif gap.high < 0:
        standing = "behind"
    elif gap.low > 0:
        standing = "ahead"
    elif others.passed <= _HALF * others.answered:
        standing = "shared"
    return Suggestion(
        tally.agent, tally.scorecard, tally.question, tally.share, others, gap, standing
    )


def _order(found: Suggestion) -> tuple[float, float, str, str]:
    high = 1.0 if found.gap.high is None else found.gap.high
    return high, -found.own.failed, found.agent, found.question


def _verdict(before: Share, since: Share, change: Estimate) -> Verdict:
    if since.answered < FEWEST_SINCE:
        return "early"
    if not before.answered:
        return "no_before"
    assert change.low is not None
    assert change.high is not None
    if change.low > 0:
        return "better"
    return "worse" if change.high < 0 else "unclear"
