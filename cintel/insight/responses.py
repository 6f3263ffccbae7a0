"""Response times: how long each side waits for the other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from cintel.conversation import Conversation, Role
from cintel.errors import InputError
from cintel.insight.hours import BusinessHours
from cintel.insight.timeline import Timeline
from cintel.insight.turns import extent, side_turns

Waits = dict[Role, list[float]]


def response_times(line: Timeline, hours: BusinessHours | None = None) -> Waits:
    """Seconds each side took to respond, in order; ``hours`` counts for chats and e-mails.

    Raises:
        InputError: ``hours`` is given for a chat without ``started_at``.
    """
    if line.conversation.channel == "call":
        return _spoken(line)
    return _written(line.conversation, hours)


def _spoken(line: Timeline) -> Waits:
    """From the end of a turn to the other side's next; 0 where that side is already speaking."""
    waits: Waits = {"agent": [], "customer": []}
    for before, turn in pairwise(side_turns(line.conversation)):
        if before.role == turn.role:
            continue
        ended = extent(before)[1]
        speaking = any(start < ended < end for start, end in line.speech(turn.role))
        wait = 0.0 if speaking else max(0.0, extent(turn)[0] - ended)
        waits[turn.role].append(wait)
    return waits


def _written(conversation: Conversation, hours: BusinessHours | None) -> Waits:
    """From the first unanswered message of one side to the other side's answer."""
    waits: Waits = {"agent": [], "customer": []}
    turns = side_turns(conversation)
    since = turns[0].start if turns else 0.0
    for before, turn in pairwise(turns):
        if before.role != turn.role:
            waits[turn.role].append(_elapsed(conversation, since, turn.start, hours))
            since = turn.start
    return waits


def _elapsed(
    conversation: Conversation, start: float, end: float, hours: BusinessHours | None
) -> float:
    if hours is None:
        return end - start
    began = _started(conversation, hours)
    return hours.seconds(began + timedelta(seconds=start), began + timedelta(seconds=end))


def _started(conversation: Conversation, hours: BusinessHours) -> datetime:
    if conversation.started_at is None:
        raise InputError(
            conversation.id,
            "has no started_at, so business hours cannot be applied",
            "Give its start time, or measure without business hours",
        )
    # In UTC, because adding seconds to a local time ignores clock changes.
    return hours.moment(conversation.started_at).astimezone(UTC)
