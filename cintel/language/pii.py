"""Personal data in turns, by rules: forms, cue words and check digits.

Spoken numbers are read through :mod:`cintel.language.spoken`; offsets are always those of the
text as given. Types: card iban account national_id phone email address postcode dob name
password pin.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cintel.conversation import Conversation, PiiSpan
from cintel.language.checkdigits import is_card
from cintel.language.pii_numbers import find_numbers
from cintel.language.pii_words import find_names, find_passwords, find_words
from cintel.language.spoken import Normalised, normalise

TYPES = (
    *("card", "iban", "national_id", "account", "email", "dob", "phone", "pin"),
    *("postcode", "address", "password", "name"),
)
_SPLIT_TURNS = 4  # a card number is read out in at most so many turns
_SPLIT_GAP = 6  # with at most so many of the other side's turns and asides between
_PIECE = re.compile(r"\d(?:[\s,.\-\u2013]{0,3}\d){1,}")


def find_pii(text: str, previous: str = "") -> tuple[PiiSpan, ...]:
    """Personal data in a turn, in order and without overlaps.

    Args:
        text: the turn.
        previous: the turn before it, whose question may say what a bare number is.

    Returns:
        Spans of characters in ``text``; where two overlap, the earlier of :data:`TYPES` stays.
    """
    plain, before = normalise(text), normalise(previous).text
    found = [
        plain.span(*item)
        for find in (find_numbers, find_words)
        for item in find(plain.text, before)
    ]
    for find in (find_names, find_passwords):
        found += [PiiSpan(*item) for item in find(text, previous)]
    return _apart(found)


def conversation_pii(conversation: Conversation) -> tuple[tuple[PiiSpan, ...], ...]:
    """The spans of every turn, and what only the whole conversation shows.

    That is a card number read out over several turns, and a name wherever it comes back after
    (or before) the phrase that told it. Names are told by people, not by system lines.
    """
    turns = conversation.turns
    found = [
        [
            span
            for span in find_pii(turn.text, turns[place - 1].text if place else "")
            if span.type != "name" or turn.role != "system"
        ]
        for place, turn in enumerate(turns)
    ]
    for speaker in {turn.speaker for turn in turns}:
        pieces = [
            (place, plain, match)
            for place, turn in enumerate(turns)
            if turn.speaker == speaker and (plain := normalise(turn.text))
            for match in [_digits(plain)]
            if match is not None
        ]
        for index, span in _split_cards(pieces):
            found[index].append(span)
    for place, span in _names_again([turn.text for turn in turns], found):
        found[place].append(span)
    return tuple(_apart(spans) for spans in found)


def redact(text: str, spans: Iterable[PiiSpan]) -> str:
    """The text with each span replaced by its type, as in ``[CARD]``."""
    for span in sorted(spans, key=lambda span: span.start, reverse=True):
        text = f"{text[: span.start]}[{span.type.upper()}]{text[span.end :]}"
    return text


def _apart(found: Sequence[PiiSpan]) -> tuple[PiiSpan, ...]:
    kept: list[PiiSpan] = []
    for span in sorted(found, key=lambda span: (TYPES.index(span.type), span.start - span.end)):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return tuple(sorted(kept, key=lambda span: span.start))


def _digits(plain: Normalised) -> re.Match[str] | None:
    """The longest run of digits in a turn that is mostly digits."""
    longest = max(_PIECE.finditer(plain.text), key=lambda match: len(match[0]), default=None)
    if longest is None or len(re.findall(r"[^\W\d_]{2,}", plain.text)) > 8:
        return None
    return longest


def _names_again(
    texts: Sequence[str], found: Sequence[Sequence[PiiSpan]]
) -> list[tuple[int, PiiSpan]]:
    told = {
        part
        for text, spans in zip(texts, found, strict=True)
        for span in spans
        if span.type == "name"
        for part in text[span.start : span.end].split()
        if part[0].isupper() and len(part) > 2
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


def _split_cards(
    pieces: Sequence[tuple[int, Normalised, re.Match[str]]],
) -> list[tuple[int, PiiSpan]]:
    spans: list[tuple[int, PiiSpan]] = []
    first = 0
    while first < len(pieces):
        for last in range(min(len(pieces), first + _SPLIT_TURNS), first + 1, -1):
            run = pieces[first:last]
            digits = "".join(re.sub(r"\D", "", match[0]) for _, _, match in run)
            if run[-1][0] - run[0][0] <= _SPLIT_GAP and is_card(digits):
                spans += [(index, plain.span("card", *match.span())) for index, plain, match in run]
                first = last - 1
                break
        first += 1
    return spans
