"""Personal data in a turn, by rules: forms, cue words and check digits.

Spoken numbers are read through :mod:`cintel.language.spoken`; offsets are always those of the
text as given. Types: card iban account national_id phone email address postcode dob name
password pin. What takes the whole conversation is in :mod:`cintel.language.pii_talk`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cintel.conversation import PiiSpan
from cintel.language.pii_numbers import find_numbers
from cintel.language.pii_words import find_names, find_passwords, find_words
from cintel.language.spoken import normalise

TYPES = (
    *("card", "iban", "national_id", "account", "email", "dob", "phone", "pin"),
    *("postcode", "address", "password", "name"),
)
# Where one of these covers a part of another one, the rest is personal too.
_MADE_OF_WORDS = frozenset({"address", "name", "postcode"})


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
    return apart(text, found)


def apart(text: str, found: Iterable[PiiSpan]) -> tuple[PiiSpan, ...]:
    """Spans of a text in order and without overlaps: the earlier of :data:`TYPES` stays whole.

    Of names, addresses and postcodes that overlap nothing is lost, and of an address beside a
    number what still has two words; other spans give way whole.
    """
    kept: list[PiiSpan] = []
    for span in sorted(found, key=lambda span: (TYPES.index(span.type), span.start - span.end)):
        over = [other for other in kept if other.start < span.end and span.start < other.end]
        if {span.type, *(other.type for other in over)} <= _MADE_OF_WORDS:
            kept += _left(text, span, over)
        elif span.type == "address":
            kept += [part for part in _left(text, span, over) if _several(text, part)]
        elif not over:
            kept.append(span)
    return tuple(sorted(kept, key=lambda span: span.start))


def _several(text: str, span: PiiSpan) -> bool:
    return len(re.findall(r"\w+", text[span.start : span.end])) > 1


def _left(text: str, span: PiiSpan, over: Iterable[PiiSpan]) -> Iterator[PiiSpan]:
    """What of a span those over it leave, from letter to letter."""
    start = span.start
    inside = sorted((other.start, other.end) for other in over)
    for first, last in (*inside, (span.end, span.end)):
        part = text[start : max(first, start)]
        if any(character.isalnum() for character in part):
            lead, tail = (len(part) - len(cut) for cut in (part.lstrip(" ,.;"), part.rstrip(" ,;")))
            yield PiiSpan(span.type, start + lead * bool(inside), first - tail * bool(inside))
        start = max(start, last)
