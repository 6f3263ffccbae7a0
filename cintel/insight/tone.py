"""How each side sounds and feels: loudness by second, sentiment by quarter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cintel.conversation import Acoustics, Conversation, Labels, Role, Span
from cintel.insight.activity import intersect
from cintel.insight.turns import quarter, word_count

Quarters = tuple[float | None, float | None, float | None, float | None]


def spoken_seconds(spans: Sequence[Span], levels: Sequence[float | None]) -> list[float]:
    """The levels, in dBFS, of the whole seconds in which ``spans`` are active."""
    return [
        level
        for second, level in enumerate(levels)
        if level is not None and intersect(spans, [(float(second), second + 1.0)])
    ]


def loudness(
    acoustics: Acoustics, role: Role, speech: Sequence[Span]
) -> tuple[float | None, float | None]:
    """Mean and range (95th less 5th percentile), in dB, of the seconds in which a side speaks."""
    levels = spoken_seconds(speech, acoustics.loudness.get(role, ()))
    if not levels:
        return None, None
    low, high = np.percentile(levels, [5, 95])
    return round(float(np.mean(levels)), 3), round(float(high - low), 3)


def sentiment(
    conversation: Conversation, labels: Sequence[Labels], role: Role
) -> tuple[float | None, Quarters]:
    """Mean turn score of a side, weighted by words: over all turns, and by quarter."""
    scores: list[tuple[int, float, int]] = []
    for turn, label in zip(conversation.turns, labels, strict=True):
        if turn.role == role and label.sentiment is not None:
            place = quarter(turn, conversation.duration)
            scores.append((place, label.sentiment.score, word_count(turn)))
    first, second, third, fourth = (
        _weighted([(score, words) for place, score, words in scores if place == part])
        for part in range(4)
    )
    mean = _weighted([(score, words) for _, score, words in scores])
    return mean, (first, second, third, fourth)


def _weighted(scores: Sequence[tuple[float, int]]) -> float | None:
    weight = sum(words for _, words in scores)
    return round(sum(score * words for score, words in scores) / weight, 3) if weight else None


def trend(quarters: Sequence[float | None]) -> float | None:
    """The last quarter that has a figure less the first; None where fewer than two have one."""
    known = [value for value in quarters if value is not None]
    return round(known[-1] - known[0], 3) if len(known) > 1 else None
