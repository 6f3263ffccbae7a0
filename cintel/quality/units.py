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
from dataclasses import dataclass
from itertools import pairwise

from cintel.conversation import Conversation, Evidence, Turn
from cintel.quality.rules import Who, Within

_SENTENCE = re.compile(r"[^.?!…\n]+(?:[.?!…]+(?!\s|$)[^.?!…\n]+)*[.?!…]*")
_CLAUSE = re.compile(r"[^,;:\u2013\u2014]+")
_WORD = re.compile(r"\S+")
_PAIR_WORDS = 30
_WINDOWS = ((8, 3), (14, 5))
"""Width and step, in words, of the windows over a clause longer than the width."""

Cut = tuple[int, int]

Place = tuple[int, int]
"""The index of a turn and a character offset in it."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of a turn: character offsets, its words as text and its times in seconds."""

    turn: Turn
    first: int
    last: int
    start: float
    end: float

    @property
    def text(self) -> str:
        """The words as they stand in the turn."""
        return self.turn.text[self.first : self.last]

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
        clock.unit(first, last)
        for clock in map(_Clock, conversation.turns)
        for first, last in dict.fromkeys(_cuts(clock.turn.text))
    )


def unit_at(turn: Turn, first: int, last: int) -> Unit:
    """The unit between two character offsets; times are those of its words where there are any."""
    return _Clock(turn).unit(first, last)


def sentences_of(turn: Turn) -> tuple[Unit, ...]:
    """The sentences of a turn, in order; all of it is one where nothing is punctuated."""
    clock = _Clock(turn)
    return tuple(clock.unit(*cut) for cut in _sentences(turn.text))


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
        turns = [turn.index for turn in conversation.turns if who in ("any", turn.role)]
        self.places = {index: place for place, index in enumerate(turns)}
        self.duration = conversation.duration
        self.within = within
        self.before = before
        self.after = after
        self.reach = math.inf
        if after is not None and within is not None and within.turns is not None:
            past = sum(index <= after.turn.index for index in turns)
            self.reach = past + within.turns

    def __contains__(self, unit: Unit) -> bool:
        """Whether a unit is looked at."""
        place, within = self.places.get(unit.turn.index), self.within
        if place is None or within is None:
            return place is not None
        return self._is_limited(unit, place, within) and self._is_timely(unit, place)

    def _is_timely(self, unit: Unit, place: int) -> bool:
        if self.before is not None and unit.ends > self.before.begins:
            return False
        if self.after is None:
            return True
        late = unit.turn is not self.after.turn and place >= self.reach
        return unit.begins >= self.after.ends and not late

    def _is_limited(self, unit: Unit, place: int, within: Within) -> bool:
        if all(limit is None for limit in within.limits):
            return True
        return (
            (within.first_seconds is not None and unit.start < within.first_seconds)
            or (within.last_seconds is not None and unit.end > self.duration - within.last_seconds)
            or (within.first_turns is not None and place < within.first_turns)
            or (within.last_turns is not None and place >= len(self.places) - within.last_turns)
        )


class _Clock:
    """Finds the times of a stretch of a turn's text from its words, in order of the text."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        spans = list(_offsets(turn))
        self.firsts = [first for first, _ in spans]
        self.lasts = [last for _, last in spans]

    def unit(self, first: int, last: int) -> Unit:
        turn = self.turn
        words = turn.words[bisect_right(self.lasts, first) : bisect_left(self.firsts, last)]
        if not words:
            return Unit(turn, first, last, turn.start, turn.end)
        return Unit(turn, first, last, words[0].start, max(word.end for word in words))


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
