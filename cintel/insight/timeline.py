"""Who is active when in a call: speech of both sides, silence and hold, found once for all metrics.

Speech, hold and the silence that is not hold never overlap.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cintel.conversation import SIDES, Conversation, Role, Span, Turn
from cintel.insight.activity import (
    activity,
    at_least,
    complement,
    intersect,
    length,
    over,
    side_activity,
    subtract,
    union,
)
from cintel.insight.turns import extent, is_backchannel

SILENCE = 0.5
DEAD_AIR = 3.0
HOLD = 10.0
HOLD_WITHIN = 10.0
"""A hold starts at most this many seconds after its phrase: time for "sure", "thank you"."""

_UNIT = r"(?:moments?|seconds?|secs?|minutes?|mins?)\b"
_HOLD = re.compile(
    r"\b(?:(?:put|place|pop|leave|keep|putting|placing|popping) (?:\w+ ){1,3}on (?:\w+ ){0,2}hold"
    r"|(?:please|can you|could you|will you|mind|to|just) hold(?:ing)?\b"
    r"(?! (?:down|it|that|this|both|up|your|on to|the(?! line)))"
    r"|(?<!\ba )hold on\b(?! (?:to|your|the|my))|hold the line"
    r"|(?:stay|remain) on the line|bear with me|right back"
    rf"|(?:one|a) moment\b|just (?:a|one) {_UNIT}"
    rf"|(?:one|a|another|two|few) (?:\w+ )?{_UNIT}(?=[ ,]*(?:please|while|whilst|for me\b))"
    rf"|(?:give|allow) me (?:a|one|just|two|another|some) (?:\w+ )?(?:{_UNIT}|time))",
    re.IGNORECASE,
)
_AFTER_HOLD = re.compile(
    r"\b(?:sorry|apologi[sz]e|apologies|thanks|thank you) (?:\w+ ){0,2}(?:for|to|about) "
    r"(?:\w+ ){0,5}(?:hold|holding|bearing|waiting)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Sorted, disjoint spans of one conversation in seconds; all empty for chats and e-mails."""

    conversation: Conversation
    agent: tuple[Span, ...]
    customer: tuple[Span, ...]
    silence: tuple[Span, ...]
    hold: tuple[Span, ...]

    def speech(self, role: Role) -> tuple[Span, ...]:
        """Speech activity of ``agent`` or ``customer``."""
        return self.agent if role == "agent" else self.customer

    def floor(self, role: Role) -> list[Span]:
        """Speech activity of a side without its backchannels: when it holds the floor."""
        if self.conversation.channel != "call":
            return []
        turns = [turn for turn in self.conversation.side(role) if not is_backchannel(turn)]
        return activity(turns, self.conversation.duration)


def timeline(conversation: Conversation, music: Sequence[Span] = ()) -> Timeline:
    """Find speech, silence and hold; ``music`` is where the recording plays music."""
    agent, customer = (side_activity(conversation, role) for role in ("agent", "customer"))
    silence: list[Span] = []
    if conversation.channel == "call":
        free = complement(union([*agent, *customer]), 0.0, conversation.duration)
        silence = at_least(free, SILENCE)
    hold = _holds(conversation, agent, silence, music)
    return Timeline(conversation, tuple(agent), tuple(customer), tuple(silence), tuple(hold))


def dead_air(line: Timeline) -> list[Span]:
    """Silence over three seconds that is not hold and in which no other voice is heard."""
    turns = [turn for turn in line.conversation.turns if turn.role not in SIDES]
    others = activity(turns, line.conversation.duration)
    return over(subtract(line.silence, union([*line.hold, *others])), DEAD_AIR)


def _holds(
    conversation: Conversation,
    agent: Sequence[Span],
    silence: Sequence[Span],
    music: Sequence[Span],
) -> list[Span]:
    """Silences over ten seconds after a hold phrase, and music where neither side speaks."""
    said = [end for turn in conversation.side("agent") for end in hold_phrases(turn)]
    held: list[Span] = []
    for start, end in over(silence, HOLD):
        announced = any(0 <= length((moment, start)) <= HOLD_WITHIN for moment in said)
        # The customer may say "hello?" into a hold: it goes on until the agent is back.
        goes_on = bool(held) and not intersect(agent, [(held[-1][1], start)])
        if announced or goes_on:
            held.append((start, end))
    return union([*held, *intersect(silence, union(music))])


def hold_phrases(turn: Turn) -> list[float]:
    """When each hold phrase of a turn ends: with its last word, or with the turn."""
    text, ends = _timed_text(turn)
    over_now = [match.span() for match in _AFTER_HOLD.finditer(text)]
    return [
        next(when for offset, when in ends if offset >= match.end())
        for match in _HOLD.finditer(text)
        if not any(start <= match.start() < end for start, end in over_now)
    ]


def _timed_text(turn: Turn) -> tuple[str, list[tuple[int, float]]]:
    """The text of a turn, and where each word of it ends: as an offset and in seconds."""
    if not turn.words:
        return turn.text, [(len(turn.text), extent(turn)[1])]
    text = ""
    ends: list[tuple[int, float]] = []
    for word in turn.words:
        text = f"{text} {word.text.strip()}".lstrip()
        ends.append((len(text), word.end))
    return text, ends
