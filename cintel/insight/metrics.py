"""The figures of ``docs/metrics.md``, measured on turns, labels and sound alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from cintel.conversation import (
    Acoustics,
    Conversation,
    Labels,
    Metrics,
    Role,
    SideMetrics,
)
from cintel.insight.activity import (
    at_least,
    intersect,
    length,
    stretches,
    total,
)
from cintel.insight.entries import OVERTALK, interrupts, starts_overtalk
from cintel.insight.hours import BusinessHours
from cintel.insight.responses import response_times
from cintel.insight.timeline import Timeline, dead_air, timeline
from cintel.insight.tone import loudness, sentiment, trend
from cintel.insight.turns import extent, is_backchannel, other, side_turns, word_count


def measure(
    conversation: Conversation,
    labels: Sequence[Labels],
    acoustics: Acoustics,
    hours: BusinessHours | None = None,
) -> Metrics:
    """Every metric of one conversation, in seconds, shares and per-minute rates.

    Args:
        conversation: its turns; those of ``system`` and ``unknown`` count for neither side.
        labels: one entry a turn.
        acoustics: loudness, pitch and music of a call.
        hours: response times of chats and e-mails count only these business hours.

    Raises:
        InputError: ``hours`` is given and the chat has no ``started_at``.
        ValueError: ``labels`` has another length than the turns.
    """
    line = timeline(conversation, acoustics.music)
    waits = response_times(line, hours)
    duration = conversation.duration
    both = at_least(intersect(line.agent, line.customer), OVERTALK)
    return Metrics(
        duration=round(duration, 3),
        talk_ratio=_talk_ratio(line),
        interactivity=_per_minute(_speaker_changes(conversation), duration),
        question_rate=_question_rate(conversation, labels),
        overtalk_agent_rate=_overtalk_rate(line, "agent"),
        silence=stretches(line.silence, duration),
        dead_air=stretches(dead_air(line), duration),
        hold=stretches(line.hold, duration),
        overtalk=stretches(both, duration),
        agent=_side(line, labels, acoustics, "agent", waits["agent"]),
        customer=_side(line, labels, acoustics, "customer", waits["customer"]),
    )


def _side(
    line: Timeline,
    labels: Sequence[Labels],
    acoustics: Acoustics,
    role: Role,
    waits: Sequence[float],
) -> SideMetrics:
    turns, speech = line.conversation.side(role), line.speech(role)
    words, talk = sum(word_count(turn) for turn in turns), total(speech)
    level, level_range = loudness(acoustics, role, speech)
    pitch_median, pitch_spread = acoustics.pitch.get(role, (None, None))
    feeling, quarters = sentiment(line.conversation, labels, role)
    return SideMetrics(
        turns=len(turns),
        words=words,
        talk_time=talk,
        speech_rate=round(words * 60 / talk, 3) if talk else None,
        response_median=round(float(np.median(waits)), 3) if waits else None,
        response_p90=round(float(np.percentile(waits, 90)), 3) if waits else None,
        response_mean=round(float(np.mean(waits)), 3) if waits else None,
        first_response=round(waits[0], 3) if waits else None,
        interruptions=_interruptions(line, role),
        monologue=_monologue(line, role),
        loudness=level,
        loudness_range=level_range,
        pitch_median=pitch_median,
        pitch_spread=pitch_spread,
        sentiment=feeling,
        sentiment_quarters=quarters,
        sentiment_trend=trend(quarters),
    )


def _talk_ratio(line: Timeline) -> float | None:
    """Agent ÷ (agent + customer), in seconds of speech."""
    talk = total(line.agent) + total(line.customer)
    return round(total(line.agent) / talk, 3) if talk else None


def _per_minute(count: int, duration: float) -> float | None:
    return round(count * 60 / duration, 3) if duration else None


def _speaker_changes(conversation: Conversation) -> int:
    return sum(before.role != turn.role for before, turn in pairwise(side_turns(conversation)))


def _question_rate(conversation: Conversation, labels: Sequence[Labels]) -> float | None:
    """Agent turns that ask something, a minute; None without an agent."""
    asks = [
        turn.text.rstrip().endswith("?")
        or (label.act is not None and label.act.label == "question")
        for turn, label in zip(conversation.turns, labels, strict=True)
        if turn.role == "agent"
    ]
    return _per_minute(sum(asks), conversation.duration) if asks else None


def _overtalk_rate(line: Timeline, role: Role) -> float | None:
    """Turns of a side that start overtalk ÷ its turns."""
    turns = line.conversation.side(role)
    if not turns or line.conversation.channel != "call":
        return None
    started = sum(starts_overtalk(turn, line) for turn in turns)
    return round(started / len(turns), 3)


def _interruptions(line: Timeline, role: Role) -> int:
    """Turns of a side that take the floor."""
    return sum(interrupts(turn, line) for turn in line.conversation.side(role))


def _monologue(line: Timeline, role: Role) -> float:
    """The longest run of one side's turns with neither the other's floor nor a hold between."""
    if line.conversation.channel != "call":
        return 0.0
    breaks = (line.floor(other(role)), line.hold)
    longest, run = 0.0, (0.0, 0.0)
    turns = (turn for turn in line.conversation.side(role) if not is_backchannel(turn))
    for start, end in sorted(extent(turn) for turn in turns):
        broken = any(intersect(spans, [(run[1], start)]) for spans in breaks)
        run = (start, end) if broken or not longest else (run[0], max(run[1], end))
        longest = max(longest, length(run))
    return longest
