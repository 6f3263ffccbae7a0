"""The pieces of a conversation that are compared by meaning, and where each one stands.

Recognised speech has few full stops, so sentences alone are not enough: a turn is also cut at
commas, two neighbouring sentences are taken together, and long stretches without punctuation are
read through a sliding window.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from cintel.conversation import Conversation, Evidence, Turn, Word
from cintel.quality.rules import Who, Within

_SENTENCE = re.compile(r"[^.?!…\n]+(?:[.?!…]+(?!\s|$)[^.?!…\n]+)*[.?!…]*")
_CLAUSE = re.compile(r"[^,;:\u2013\u2014]+")
_WORD = re.compile(r"\S+")
_PAIR_WORDS = 30
_WINDOWS = ((8, 3), (14, 5))
"""Width and step, in words, of the windows over a clause longer than the width."""

Cut = tuple[int, int]
Place = tuple[int, int]
"""A turn's index and an offset in its text."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of a turn between two character offsets; ``clock`` knows its times."""

    turn: Turn
    first: int
    last: int
    clock: _Clock = field(compare=False, repr=False)

    @property
    def text(self) -> str:
        """The words as they stand in the turn."""
        return self.turn.text[self.first : self.last]

    @property
    def start(self) -> float:
        """When its first word begins, in seconds; where there are no words, the turn."""
        words = self.clock.words(self.first, self.last)
        return words[0].start if words else self.turn.start

    @property
    def end(self) -> float:
        """When its last word has ended, in seconds; where there are no words, the turn."""
        words = self.clock.words(self.first, self.last)
        return max(word.end for word in words) if words else self.turn.end

    @property
    def begins(self) -> Place:
        """Where it begins in the order of the conversation."""
        return (self.turn.index, self.first)

    @property
    def ends(self) -> Place:
        """Where it ends in the order of the conversation."""
        return (self.turn.index, self.last)

    @property
    def evidence(self) -> Evidence:
        """The unit as a quote."""
        return Evidence(self.turn.index, self.text, self.start, self.end)


def units_of(conversation: Conversation) -> tuple[Unit, ...]:
    """Every unit of every turn, in order of turns."""
    return tuple(
        Unit(turn, first, last, clock)
        for turn, clock in ((turn, _Clock(turn)) for turn in conversation.turns)
        for first, last in dict.fromkeys(_cuts(turn.text))
    )


def unit_at(turn: Turn, first: int, last: int) -> Unit:
    """The unit between two character offsets."""
    return Unit(turn, first, last, _Clock(turn))


def sentences_of(turn: Turn) -> tuple[Unit, ...]:
    """The sentences of a turn, in order; all of it is one where nothing is punctuated."""
    clock = _Clock(turn)
    return tuple(Unit(turn, first, last, clock) for first, last in _sentences(turn.text))


class Scope:
    """Where a rule looks: the turns of a side, inside any one of the limits.

    ``before`` and ``after`` are the words that were found for the rules of those names.
    """

    def __init__(
        self,
        conversation: Conversation,
        who: Who,
        within: Within | None,
        before: Unit | None = None,
        after: Unit | None = None,
    ) -> None:
        self.duration = conversation.duration
        self.within = within
        self.before = before
        self.after = after
        side = [turn for turn in conversation.turns if who in ("any", turn.role)]
        self.count = len(side)
        self.reach = math.inf
        if after is not None and within is not None and within.turns is not None:
            past = sum(turn.index <= after.turn.index for turn in side)
            self.reach = past + within.turns
        near = [
            (place, turn)
            for place, turn in enumerate(side)
            if within is None or self._inside(within, place, *edges(turn))
        ]
        self.places = {turn.index: place for place, turn in near}
        self.turns = tuple(turn for _, turn in near)
        """Those of the side that reach into the limits."""

    def __contains__(self, unit: Unit) -> bool:
        """Whether a unit is looked at."""
        place = self.places.get(unit.turn.index)
        if place is None or self.within is None:
            return place is not None
        inside = self._inside(self.within, place, unit.start, unit.end)
        return inside and self._is_timely(unit, place)

    def _is_timely(self, unit: Unit, place: int) -> bool:
        if self.before is not None and unit.ends > self.before.begins:
            return False
        if self.after is None:
            return True
        late = unit.turn is not self.after.turn and place >= self.reach
        return unit.begins >= self.after.ends and not late

    def _inside(self, within: Within, place: int, start: float, end: float) -> bool:
        if all(limit is None for limit in within.limits):
            return True
        return (
            (within.first_turns is not None and place < within.first_turns)
            or (within.last_turns is not None and place >= self.count - within.last_turns)
            or (within.first_seconds is not None and start < within.first_seconds)
            or (within.last_seconds is not None and end > self.duration - within.last_seconds)
        )


def edges(turn: Turn) -> tuple[float, float]:
    """From when to when a unit of the turn can last."""
    if not turn.words:
        return (turn.start, turn.end)
    return (min(turn.start, turn.words[0].start), max(turn.end, turn.words[-1].end))


class _Clock:
    """Finds the words of a stretch of a turn's text, in order of the text, once they are wanted."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn

    @cached_property
    def spans(self) -> tuple[list[int], list[int]]:
        found = list(_offsets(self.turn))
        return [first for first, _ in found], [last for _, last in found]

    def words(self, first: int, last: int) -> tuple[Word, ...]:
        firsts, lasts = self.spans
        return self.turn.words[bisect_right(lasts, first) : bisect_left(firsts, last)]


def _offsets(turn: Turn) -> Iterator[Cut]:
    """Character offsets of each word in the turn's text; an empty span where it is not found."""
    cursor = 0
    for word in turn.words:
        text = word.text.strip()
        found = turn.text.find(text, cursor)
        if found < 0:
            yield (cursor, cursor)
            continue
        cursor = found + len(text)
        yield (found, cursor)


def _sentences(text: str) -> list[Cut]:
    cuts = [_strip(text, *match.span()) for match in _SENTENCE.finditer(text)]
    return [cut for cut in cuts if cut[0] < cut[1]]


def _cuts(text: str) -> Iterator[Cut]:
    sentences = _sentences(text)
    for (first, _), (_, last) in pairwise(sentences):
        if len(text[first:last].split()) <= _PAIR_WORDS:
            yield (first, last)
    for first, last in sentences:
        yield (first, last)
        for match in _CLAUSE.finditer(text, first, last):
            clause = _strip(text, *match.span())
            if len(text[slice(*clause)].split()) >= 2:
                yield clause
        yield from _windows(text, first, last)


def _windows(text: str, first: int, last: int) -> Iterator[Cut]:
    words = [match.span() for match in _WORD.finditer(text, first, last)]
    for width, step in _WINDOWS:
        if len(words) > width:
            starts = [*range(0, len(words) - width, step), len(words) - width]
            for start in starts:
                yield (words[start][0], words[start + width - 1][1])


def _strip(text: str, first: int, last: int) -> Cut:
    piece = text[first:last]
    return (first + len(piece) - len(piece.lstrip()), last - len(piece) + len(piece.rstrip()))
