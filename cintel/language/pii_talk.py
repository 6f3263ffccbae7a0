"""Personal data that only the whole conversation shows.

A number that is read out over several turns or read back by the other side, a name that comes
back after the phrase that told it, and what the token classifier sees in its context.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import partial
from itertools import pairwise
from typing import NamedTuple, Protocol

from cintel.conversation import Conversation, PiiSpan
from cintel.ingest.columns import role_of
from cintel.language.checkdigits import is_card
from cintel.language.pii import apart, find_pii
from cintel.language.pii_numbers import asked_kind, is_amount
from cintel.language.spoken import Normalised, normalise

_SPLIT_TURNS = 6  # a number is read out in at most so many turns
_SPLIT_GAP = 2  # with at most so many of the other side's turns and asides between two of them
_MOST_WORDS = 8  # a turn that reads a number out says little else
_FEWEST_AGAIN = 4  # digits of a number that is told, which give it away when they come back
_FEWEST_OF_A_CARD = 10  # a shorter number may be another one that happens to be like it
_ALIKE = 0.75  # of 60,000 pairs of numbers drawn at random none was over 0.69
_PIECE = re.compile(r"(?<![^\W_])\d(?:[\s,.\-\u2013]{0,3}\d)*(?![^\W_])")
_WHOLE = frozenset({"card", "iban", "account", "national_id", "phone"})


class Tagger(Protocol):
    """Marks names and addresses; :class:`cintel.language.rampart.Rampart` is one."""

    def tag(self, texts: Sequence[str]) -> list[tuple[PiiSpan, ...]]:
        """Spans of each text, in order."""


class _Piece(NamedTuple):
    """Digits in a turn that says little else."""

    place: int
    speaker: str
    start: int
    end: int
    digits: str


def conversation_pii(conversation: Conversation, tagger: Tagger) -> tuple[tuple[PiiSpan, ...], ...]:
    """Personal data of every turn, one tuple a turn, in order and without overlaps.

    Names are told by people: those in system lines stay.
    """
    turns = conversation.turns
    plain = [normalise(turn.text) for turn in turns]
    found = [
        list(find_pii(turn.text, turns[place - 1].text if place else ""))
        for place, turn in enumerate(turns)
    ]
    for place, spans in enumerate(tagger.tag([item.text for item in plain])):
        found[place] += [plain[place].span(*span) for span in map(_fields, spans)]
    for place, turn in enumerate(turns):
        if turn.role == "system":
            found[place] = [span for span in found[place] if span.type != "name"]
    for more in (_read_out(conversation, plain), _names_again(conversation, found)):
        for place, span in more:
            found[place].append(span)
    for place, span in _numbers_again(plain, conversation, found):
        found[place].append(span)
    return tuple(apart(turn.text, spans) for turn, spans in zip(turns, found, strict=True))


def _fields(span: PiiSpan) -> tuple[str, int, int]:
    return span.type, span.start, span.end


def _read_out(
    conversation: Conversation, plain: Sequence[Normalised]
) -> Iterator[tuple[int, PiiSpan]]:
    """Numbers in pieces: first those of one speaker, then those that changed speakers."""
    turns = conversation.turns
    pieces = [
        _Piece(place, turns[place].speaker, *match.span(), re.sub(r"\D", "", match[0]))
        for place, item in enumerate(plain)
        if (match := _digits(item)) is not None and not is_card(re.sub(r"\D", "", match[0]))
    ]
    for speaker in dict.fromkeys(piece.speaker for piece in pieces):
        own = [piece for piece in pieces if piece.speaker == speaker]
        yield from _joined(own, plain, partial(_kind, plain=plain))
    yield from _joined(pieces, plain, _card)


def _digits(plain: Normalised) -> re.Match[str] | None:
    """The longest run of digits in a turn that is mostly digits."""
    longest = max(_PIECE.finditer(plain.text), key=lambda match: len(match[0]), default=None)
    if (
        longest is None
        or is_amount(plain.text, *longest.span())
        or len(re.findall(r"[^\W\d_]{2,}", plain.text)) > _MOST_WORDS
    ):
        return None
    return longest


def _joined(
    pieces: Sequence[_Piece],
    plain: Sequence[Normalised],
    kind_of: Callable[[Sequence[_Piece]], str | None],
) -> Iterator[tuple[int, PiiSpan]]:
    first = 0
    while first < len(pieces):
        for last in range(min(len(pieces), first + _SPLIT_TURNS), first + 1, -1):
            run = pieces[first:last]
            kind = kind_of(run) if _near(run) else None
            if kind is not None:
                for piece in run:
                    yield piece.place, plain[piece.place].span(kind, piece.start, piece.end)
                first = last - 1
                break
        first += 1


def _near(run: Sequence[_Piece]) -> bool:
    return all(b.place - a.place <= _SPLIT_GAP + 1 for a, b in pairwise(run))


def _card(run: Sequence[_Piece]) -> str | None:
    return "card" if is_card("".join(piece.digits for piece in run)) else None


def _kind(run: Sequence[_Piece], plain: Sequence[Normalised]) -> str | None:
    """What the pieces make together: a card by its check digit, else what was asked for."""
    place = run[0].place
    before = plain[place - 1].text if place else ""
    asked = f"{before} {plain[place].text[: run[0].start]}"
    return _card(run) or asked_kind(asked, "".join(piece.digits for piece in run))


def _numbers_again(
    plain: Sequence[Normalised],
    conversation: Conversation,
    found: Sequence[Sequence[PiiSpan]],
) -> list[tuple[int, PiiSpan]]:
    """Digits that come back from a number that was told, as when it is read back in parts."""
    told = [
        (span.type, digits)
        for turn, spans in zip(conversation.turns, found, strict=True)
        for span in dict.fromkeys(spans)
        if span.type in _WHOLE
        and len(digits := re.sub(r"\D", "", normalise(turn.text[span.start : span.end]).text))
        >= _FEWEST_AGAIN
    ]
    parts = (number for kind, number in told if kind == "card" and len(number) < _FEWEST_OF_A_CARD)
    numbers = dict.fromkeys([*told, ("card", "".join(parts))])
    return [
        (place, item.span(kind, *match.span()))
        for place, item in enumerate(plain)
        for match in _PIECE.finditer(item.text)
        if len(digits := re.sub(r"\D", "", match[0])) >= _FEWEST_AGAIN
        for kind, number in numbers
        if digits in number
        or (
            kind == "card" and _misheard(digits, number) and not is_amount(item.text, *match.span())
        )
    ]


def _misheard(digits: str, number: str) -> bool:
    """Whether a long number is a card's with digits heard wrong, left out or twice."""
    return (
        min(len(digits), len(number)) >= _FEWEST_OF_A_CARD
        and SequenceMatcher(None, digits, number, autojunk=False).ratio() >= _ALIKE
    )


def _names_again(
    conversation: Conversation, found: Sequence[Sequence[PiiSpan]]
) -> list[tuple[int, PiiSpan]]:
    texts = [turn.text for turn in conversation.turns]
    told = {
        part
        for text, spans in zip(texts, found, strict=True)
        for span in spans
        if span.type == "name"
        for part in re.findall(r"[^\W\d_][\w'\u2019-]*", text[span.start : span.end])
        if part[0].isupper() and len(part) > 2
    }
    told |= {
        part
        for label in {turn.speaker for turn in conversation.turns if turn.role == "customer"}
        if role_of(label) == "unknown"
        for part in re.findall(r"\b[A-Z][^\W\d_]*[a-z]\b", label)
        if len(part) > 2
    }
    if not told:
        return []
    names = "|".join(re.escape(part) for part in sorted(told))
    again = re.compile(rf"\b(?:{names})(?: (?:{names}))*\b")
    return [
        (place, PiiSpan("name", *match.span()))
        for place, text in enumerate(texts)
        for match in again.finditer(text)
    ]
