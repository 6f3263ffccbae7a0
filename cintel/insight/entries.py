"""How a turn comes in while the other side speaks: overtalk and interruptions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cintel.conversation import Span, Turn
from cintel.insight.activity import length
from cintel.insight.timeline import Timeline
from cintel.insight.turns import extent, is_backchannel, other

OVERTALK = 0.2
YIELDS_WITHIN = 1.0


@dataclass(frozen=True, slots=True)
class _Entry:
    """A turn that starts while the other side speaks; both figures in seconds from that start."""

    overlap: float
    yields_after: float


def starts_overtalk(turn: Turn, line: Timeline) -> bool:
    """Whether a turn starts while the other side speaks, and goes on beside it."""
    entry = _entry(turn, line.speech(turn.role), line.speech(other(turn.role)))
    return entry is not None and entry.overlap >= OVERTALK


def interrupts(turn: Turn, line: Timeline) -> bool:
    """Whether a turn takes the floor: the other side stops within a second of its start."""
    if is_backchannel(turn):
        return False
    entry = _entry(turn, line.speech(turn.role), line.floor(other(turn.role)))
    return entry is not None and entry.yields_after <= YIELDS_WITHIN


def _entry(turn: Turn, own: Iterable[Span], others: Iterable[Span]) -> _Entry | None:
    """How a turn starts over the other side's speech; None where it does not.

    A turn that goes on with its own side's speech, after less than the gap, starts nothing.
    """
    start = extent(turn)[0]
    own_end = next((end for begin, end in own if begin == start), None)
    other_end = next((end for begin, end in others if begin < start < end), None)
    if own_end is None or other_end is None:
        return None
    return _Entry(length((start, min(own_end, other_end))), length((start, other_end)))
