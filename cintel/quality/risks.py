"""What speaks for a person looking at a conversation: points, and the reason in words.

The points are a convention, as the order they make is: an automatic fail comes before anything
else, then strong frustration and answers that the machine is unsure of, then what is unusual.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

_FRUSTRATED = 0.6
_NEW_DAYS = 14
_TAIL = 0.05
"""Share of a channel's conversations that are very short, and as many very long."""
_FEWEST = 20
"""Conversations of a channel below which none is called short or long."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A scored conversation that somebody might look at.

    Attributes:
        conversation: its id.
        agent: whose it is.
        queue: where it came in.
        intent: what the customer wanted.
        channel: ``call``, ``chat`` or ``email``.
        day: when it was.
        duration: seconds.
        frustration: the customer's, 0…1.
        score: the machine's, 0…100.
        auto_failed: whether a critical question failed.
        unsure: how many answers were handed to a person.
        agent_days: days since the agent's first conversation, None where that is not known.
        reviewed: the day on which a person first reviewed it, None where nobody did.
    """

    conversation: str
    agent: str | None
    queue: str | None
    intent: str | None
    channel: str
    day: date | None
    duration: float
    frustration: float | None
    score: float
    auto_failed: bool
    unsure: int
    agent_days: int | None
    reviewed: date | None


@dataclass(frozen=True, slots=True)
class Risk:
    """One thing that speaks for looking."""

    points: float
    reason: str


def finder(candidates: Sequence[Candidate]) -> Callable[[Candidate], list[Risk]]:
    """What tells the risks of a candidate, weightiest first, among these."""
    limits = _limits(candidates)

    def risks(item: Candidate) -> list[Risk]:
        found = []
        if item.auto_failed:
            found.append(Risk(8, "automatic fail"))
        if item.frustration is not None and item.frustration >= _FRUSTRATED:
            found.append(Risk(3, f"frustration {item.frustration:.2f}"))
        if item.unsure:
            noun = "answer" if item.unsure == 1 else "answers"
            found.append(Risk(min(item.unsure, 4), f"{item.unsure} unsure {noun}"))
        if item.agent_days is not None and item.agent_days <= _NEW_DAYS:
            found.append(Risk(2, f"new agent, day {item.agent_days + 1}"))
        low, high = limits.get(item.channel, (float("-inf"), float("inf")))
        if item.duration < low or item.duration > high:
            word = "short" if item.duration < low else "long"
            found.append(Risk(1, f"very {word}, {item.duration / 60:.1f} min"))
        return sorted(found, key=lambda risk: -risk.points)

    return risks


def _limits(candidates: Sequence[Candidate]) -> dict[str, tuple[float, float]]:
    """Durations below and above which a channel's conversations are among its extremes."""
    channels: dict[str, list[float]] = {}
    for item in candidates:
        channels.setdefault(item.channel, []).append(item.duration)
    limits = {}
    for channel, durations in channels.items():
        if len(durations) >= _FEWEST:
            cut = int(len(durations) * _TAIL)
            ordered = sorted(durations)
            limits[channel] = ordered[cut], ordered[-cut - 1]
    return limits
