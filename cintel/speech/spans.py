"""Which stretch of sound a word belongs to."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from cintel.conversation import Span, Word


def shared(word: Word, span: Span) -> float:
    """Seconds a word and a stretch share; below zero, the distance between them."""
    return min(word.end, span[1]) - max(word.start, span[0])


class Home:
    """Finds the stretch that shares most with a word, or the nearest, without trying them all.

    Args:
        spans: at least one, in order of time, none overlapping another.
    """

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = spans
        self._starts = [start for start, _ in spans]

    def of(self, word: Word) -> int:
        """The stretch's index."""
        first = max(bisect_right(self._starts, word.start) - 1, 0)
        last = min(bisect_left(self._starts, word.end), len(self._spans) - 1)
        return max(range(first, last + 1), key=lambda index: shared(word, self._spans[index]))
