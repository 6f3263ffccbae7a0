"""Speech activity as lists of spans, and the small exact algebra on them.

A list of spans is sorted and disjoint after :func:`union`; every other function keeps it so. End
points are only ever copied, never computed, and lengths are compared to the millisecond, so that
a pause from 4.0 to 4.3 s is 0.3 s long whatever the floats say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cintel.conversation import Conversation, Role, Span, Stretches, Turn

GAP = 0.3
"""Pauses of one side shorter than this, in seconds, are part of its speech."""


def length(span: Span) -> float:
    """Seconds from start to end, to the millisecond."""
    return round(span[1] - span[0], 3)


def total(spans: Iterable[Span]) -> float:
    """Seconds in all spans together, to the millisecond."""
    return round(sum((end - start for start, end in spans), start=0.0), 3)


def union(spans: Iterable[Span]) -> list[Span]:
    """Sorted spans with those that overlap or touch joined; empty ones are dropped."""
    joined: list[Span] = []
    for start, end in sorted(span for span in spans if span[1] > span[0]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def close_gaps(spans: Iterable[Span], gap: float) -> list[Span]:
    """The union, with pauses shorter than ``gap`` seconds filled."""
    joined: list[Span] = []
    for start, end in union(spans):
        if joined and length((joined[-1][1], start)) < gap:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def intersect(left: Sequence[Span], right: Sequence[Span]) -> list[Span]:
    """Where both hold; ``left`` and ``right`` are sorted and disjoint."""
    common: list[Span] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if start < end:
            common.append((start, end))
        if left[i][1] <= right[j][1]:
            i += 1
        else:
            j += 1
    return common


def complement(spans: Sequence[Span], start: float, end: float) -> list[Span]:
    """What the spans leave free between ``start`` and ``end``."""
    edges = [start, *(edge for span in intersect(spans, [(start, end)]) for edge in span), end]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]


def subtract(left: Sequence[Span], right: Sequence[Span]) -> list[Span]:
    """What is in ``left`` and not in ``right``."""
    if not left:
        return []
    return intersect(left, complement(right, left[0][0], left[-1][1]))


def at_least(spans: Iterable[Span], seconds: float) -> list[Span]:
    """The spans of ``seconds`` or more."""
    return [span for span in spans if length(span) >= seconds]


def over(spans: Iterable[Span], seconds: float) -> list[Span]:
    """The spans longer than ``seconds``."""
    return [span for span in spans if length(span) > seconds]


def spans_of(turn: Turn) -> list[Span]:
    """The words of a turn that last, as spans, or the turn itself where it has none."""
    words = [(word.start, word.end) for word in turn.words if word.end > word.start]
    return words or [(turn.start, turn.end)]


def activity(turns: Iterable[Turn], duration: float) -> list[Span]:
    """Speech activity: the union of the word spans, gaps closed, cut to the recording."""
    return intersect(
        close_gaps((span for turn in turns for span in spans_of(turn)), GAP), [(0.0, duration)]
    )


def side_activity(conversation: Conversation, role: Role) -> list[Span]:
    """Speech activity of one side of a call; nobody speaks in a chat or an e-mail."""
    if conversation.channel != "call":
        return []
    return activity(conversation.side(role), conversation.duration)


def stretches(spans: Sequence[Span], duration: float) -> Stretches:
    """The six figures over ``spans``, rounded to the millisecond; ``share`` is of ``duration``."""
    if not spans:
        return Stretches()
    lengths = [length(span) for span in spans]
    seconds = total(spans)
    return Stretches(
        count=len(spans),
        longest=max(lengths),
        shortest=min(lengths),
        mean=round(seconds / len(spans), 3),
        total=seconds,
        share=round(seconds / duration, 3) if duration else 0.0,
        spans=tuple((round(start, 3), round(end, 3)) for start, end in spans),
    )
