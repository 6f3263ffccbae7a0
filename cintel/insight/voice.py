"""What the customer's voice adds: louder, higher or faster than at the start, and cutting in.

Everyone is compared with themselves in the first quarter of the call, because voices differ more
between people than within a call.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import log2

import numpy as np

from cintel.conversation import Acoustics, Conversation, Turn
from cintel.insight.activity import activity, length, total
from cintel.insight.entries import interrupts
from cintel.insight.timeline import Timeline, timeline
from cintel.insight.tone import spoken_seconds
from cintel.insight.turns import extent, quarter, word_count
from cintel.insight.wording import Cue

LOUDER, LOUDER_BY = 0.1, 4.0
HIGHER, HIGHER_BY = 0.1, 3.0
"""Semitones: anger and despair raise the voice by three and more (Scherer, 2003)."""

FASTER, FASTER_BY = 0.05, 1.4
FEWEST_WORDS = 8
INTERRUPTS = 0.05


class Voice:
    """The customer's voice in one call, turn by turn, against its own start."""

    def __init__(self, conversation: Conversation, acoustics: Acoustics) -> None:
        self._conversation = conversation
        self._levels = acoustics.loudness.get("customer", ())
        self._pitch = acoustics.pitch_seconds.get("customer", ())
        self._early = [turn for turn in conversation.side("customer") if self._is_early(turn)]

    def cues(self, turn: Turn) -> tuple[Cue, ...]:
        """What stands out in a turn; nothing in the first quarter, which is the measure."""
        found = [Cue("interrupts the agent", INTERRUPTS, turn.text)] * interrupts(turn, self._line)
        if quarter(turn, self._conversation.duration) == 0:
            return tuple(found)
        louder, higher, faster = self._rise(turn), self._semitones(turn), self._pace(turn)
        if louder is not None and louder >= LOUDER_BY:
            found.append(Cue("louder than before", LOUDER, f"+{louder:.1f} dB"))
        if higher is not None and higher >= HIGHER_BY:
            found.append(Cue("higher than before", HIGHER, f"+{higher:.1f} semitones"))
        if faster is not None and faster >= FASTER_BY:
            found.append(Cue("faster than before", FASTER, f"{faster:.1f} times"))
        return tuple(found)

    @cached_property
    def _line(self) -> Timeline:
        return timeline(self._conversation)

    def _is_early(self, turn: Turn) -> bool:
        return extent(turn)[1] <= self._conversation.duration / 4

    def _seconds(self, turns: Sequence[Turn], track: Sequence[float | None]) -> list[float]:
        return spoken_seconds(activity(turns, self._conversation.duration), track)

    def _rise(self, turn: Turn) -> float | None:
        """dB over the usual."""
        usual, now = self._seconds(self._early, self._levels), self._seconds([turn], self._levels)
        if not usual or not now:
            return None
        return length((float(np.mean(usual)), float(np.mean(now))))

    def _semitones(self, turn: Turn) -> float | None:
        usual, now = self._seconds(self._early, self._pitch), self._seconds([turn], self._pitch)
        if not usual or not now:
            return None
        return round(12 * log2(float(np.median(now)) / float(np.median(usual))), 3)

    def _pace(self, turn: Turn) -> float | None:
        """Times as many words a second of speech."""
        usual, now = self._rate(self._early), self._rate([turn])
        return round(now / usual, 3) if usual and now else None

    def _rate(self, turns: Sequence[Turn]) -> float | None:
        words = sum(word_count(turn) for turn in turns)
        spoken = total(activity(turns, self._conversation.duration))
        return words / spoken if words >= FEWEST_WORDS and spoken else None
