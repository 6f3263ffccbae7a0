"""Numbers and spellings as people say them, written the way rules expect them.

``four one double one`` becomes ``4 1 11``, ``nineteen eighty four`` 1984, and ``j a n e at
example dot com`` becomes ``jane@example.com``; every character keeps its place in the original.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from cintel.conversation import PiiSpan


def _numbered(words: str, first: int = 0, step: int = 1) -> dict[str, int]:
    return {word: first + place * step for place, word in enumerate(words.split())}


_UNITS = _numbered("zero one two three four five six seven eight nine") | {"nought": 0, "nil": 0}
_TEENS = _numbered(
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 10
)
_TENS = _numbered("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10)
_ORDINALS = _numbered(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth",
    1,
) | {"thirtieth": 30}
_TIMES = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
_OH = frozenset({"oh", "o"})
_MONTHS = frozenset(
    _numbered(
        "january february march april may june july august september october november december"
    )
)
_JOINERS = {"dot": ".", ".": ".", "underscore": "_", "dash": "-", "hyphen": "-", "-": "-", "_": "_"}
_TOP_LEVEL = frozenset(
    _numbered(
        "com org net edu gov uk co io de fr es nl ie ca au nz ch pl se eu info biz dev app in us it"
    )
)
_MAIL = frozenset({"mail", "email", "emails", "e", "address"})
_NOT_LOCAL = frozenset(
    _numbered(
        "is it it's its email mail address and to the my me at on that that's so yes yeah spelled"
    )
)
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+|[^\w\s]|_")


class Normalised(NamedTuple):
    """Normalised text; ``offsets`` gives each character's (start, end) in the original."""

    text: str
    offsets: tuple[tuple[int, int], ...]

    def span(self, kind: str, start: int, end: int) -> PiiSpan:
        """A stretch of the normalised text as one of the original."""
        return PiiSpan(kind, self.offsets[start][0], self.offsets[end - 1][1])


class _Token(NamedTuple):
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        return self.text.casefold()


class _Piece(NamedTuple):
    """What ``used`` tokens become."""

    text: str
    used: int


def normalise(text: str) -> Normalised:
    """Write spoken digits, years, ordinals of dates and spelled e-mail addresses as symbols."""
    tokens = _tokens(text)
    emails = _emails(tokens)
    letters: list[str] = []
    offsets: list[tuple[int, int]] = []

    def copy(start: int, end: int) -> None:
        letters.extend(text[start:end])
        offsets.extend((place, place + 1) for place in range(start, end))

    place = done = 0
    while place < len(tokens):
        token = tokens[place]
        piece = emails.get(place) or _number(tokens, place) or _Piece(token.text, 1)
        copy(done, token.start)
        if piece.text == text[token.start : token.end]:
            copy(token.start, token.end)
            done, place = token.end, place + 1
            continue
        done = tokens[place + piece.used - 1].end
        letters.extend(piece.text)
        offsets.extend([(token.start, done)] * len(piece.text))
        place += piece.used
    copy(done, len(text))
    return Normalised("".join(letters), tuple(offsets))


def _tokens(text: str) -> list[_Token]:
    """Words, digits and marks; a letter with the word that makes it plain is one token."""
    tokens = [_Token(match[0], *match.span()) for match in _TOKEN.finditer(text)]
    told: list[_Token] = []
    place = 0
    while place < len(tokens):
        token, end = tokens[place], _phonetic_end(tokens, place)
        told.append(token._replace(end=tokens[end - 1].end))
        place = end
    return told


def _phonetic_end(tokens: Sequence[_Token], place: int) -> int:
    """Where ``a as in alpha`` or ``b for bravo`` ends."""
    letter = tokens[place].word
    if len(letter) == 1 and letter.isalpha():
        for link in (("as", "in"), ("for",), ("like",)):
            end = place + 1 + len(link)
            said = tuple(token.word for token in tokens[place + 1 : end])
            plain = _word(tokens, end)
            if said == link and plain.startswith(letter) and len(plain) > 2:
                return end + 1
    return place + 1


def _number(tokens: Sequence[_Token], place: int) -> _Piece | None:
    word = tokens[place].word
    if word in _TIMES and place + 1 < len(tokens):
        return _repeated(tokens, place)
    if word in _OH:
        return _Piece("0", 1) if _beside_digit(tokens, place) else None
    if ordinal := _ordinal(tokens, place):
        return ordinal
    value, used = _below_hundred(tokens, place)
    if not used:
        return None
    after = place + used
    if value in (19, 20) and used == 1 and (year := _year(tokens, after)):
        return _Piece(f"{value}{year.text}", 1 + year.used)
    for scale_word, scale in (("hundred", 100), ("thousand", 1000)):
        if _word(tokens, after) == scale_word:
            linked = after + 1 + (_word(tokens, after + 1) == "and")
            rest, more = _below_hundred(tokens, linked)
            end = linked + more if more else after + 1
            return _Piece(str(value * scale + rest), end - place)
    return _Piece(str(value), used)


def _repeated(tokens: Sequence[_Token], place: int) -> _Piece | None:
    word = tokens[place + 1].word
    digit = "0" if word in _OH else str(_UNITS[word]) if word in _UNITS else word
    if len(digit) != 1 or not digit.isalnum():
        return None
    return _Piece(digit * _TIMES[tokens[place].word], 2)


def _below_hundred(tokens: Sequence[_Token], place: int) -> tuple[int, int]:
    """A number word's value under 100 and how many tokens it takes (0: no number word)."""
    word = _word(tokens, place)
    if word in _UNITS:
        return _UNITS[word], 1
    if word in _TEENS:
        return _TEENS[word], 1
    if word not in _TENS:
        return 0, 0
    hyphen = _word(tokens, place + 1) == "-"
    unit = _UNITS.get(_word(tokens, place + 1 + hyphen), 0)
    return _TENS[word] + unit, 2 + hyphen if unit else 1


def _year(tokens: Sequence[_Token], place: int) -> _Piece | None:
    """The last two digits after ``nineteen`` or ``twenty``: ``eighty four``, ``oh five``."""
    value, used = _below_hundred(tokens, place)
    if used and value >= 10:
        return _Piece(str(value), used)
    if _word(tokens, place) in _OH and _word(tokens, place + 1) in _UNITS:
        return _Piece(f"0{_UNITS[_word(tokens, place + 1)]}", 2)
    return None


def _ordinal(tokens: Sequence[_Token], place: int) -> _Piece | None:
    """The day of a date: ``third of March``, ``March twenty third``."""
    tens = _TENS.get(_word(tokens, place), 0)
    hyphen = bool(tens) and _word(tokens, place + 1) == "-"
    last = place + (1 + hyphen if tens else 0)
    unit = _ORDINALS.get(_word(tokens, last), 0)
    if not unit or (tens and unit > 9):
        return None
    after = _word(tokens, last + 1)
    if after == "of" or after in _MONTHS or (place and tokens[place - 1].word in _MONTHS):
        return _Piece(f"{tens + unit}th", last + 1 - place)
    return None


def _emails(tokens: Sequence[_Token]) -> dict[int, _Piece]:
    """Spoken e-mail addresses, by the place of their first token."""
    told = any(token.word in _MAIL for token in tokens)
    found: dict[int, _Piece] = {}
    for place, token in enumerate(tokens):
        if token.word == "at":
            end = _domain_end(tokens, place + 1)
            start = _local_start(tokens, place)
            # "bought at example.com" is a shop: one plain word before a written name is not enough.
            spoken = any(other.word == "dot" for other in tokens[place:end])
            if end and start < place and (spoken or told or place - start > 1):
                local, domain = _compact(tokens[start:place]), _compact(tokens[place + 1 : end])
                found[start] = _Piece(f"{local}@{domain}", end - start)
    return found


def _domain_end(tokens: Sequence[_Token], place: int) -> int:
    """Where ``example dot co dot uk`` ends; 0 where none begins. At most four spelled parts."""
    for dot in range(place + 1, min(place + 5, len(tokens) - 1)):
        if not _is_dot(tokens, dot) or tokens[dot + 1].word not in _TOP_LEVEL:
            if not tokens[dot].text.isalnum() or tokens[dot - 1].word in _NOT_LOCAL:
                return 0
            continue
        end = dot + 2
        while end + 1 < len(tokens) and _is_dot(tokens, end) and tokens[end + 1].text.isalpha():
            end += 2
        return end
    return 0


def _is_dot(tokens: Sequence[_Token], place: int) -> bool:
    """The word ``dot``, or a full stop inside a name and not at a sentence's end."""
    token = tokens[place]
    inside = place + 1 < len(tokens) and tokens[place + 1].start == token.end
    return token.word == "dot" or (token.text == "." and inside)


def _local_start(tokens: Sequence[_Token], at: int) -> int:
    start = at
    while start > 0:
        token = tokens[start - 1]
        ahead = tokens[start].word if start < at else ""
        if token.word in _JOINERS:
            fits = bool(ahead) and ahead not in _JOINERS
        else:
            linked = not ahead or ahead in _JOINERS or len(ahead) == 1 or _number_word(ahead)
            fits = linked and token.word.isalnum() and token.word not in _NOT_LOCAL
        if not fits:
            break
        start -= 1
    # "it's jane smith at example dot com": a first name that stands alone belongs to it.
    lone = (
        start > 0 and tokens[start - 1].word not in _NOT_LOCAL and tokens[start - 1].word.isalpha()
    )
    if lone and start == at - 1 and (start == 1 or tokens[start - 2].word in _NOT_LOCAL):
        start -= 1
    return start + (start < at and tokens[start].word in _JOINERS)


def _compact(tokens: Sequence[_Token]) -> str:
    parts: list[str] = []
    place = 0
    while place < len(tokens):
        piece = _number(tokens, place)
        word = tokens[place].word
        parts.append(piece.text if piece else _JOINERS.get(word, word))
        place += piece.used if piece else 1
    return "".join(parts)


def _digits(word: str) -> bool:
    return word.isdigit() or word in _UNITS or word in _TEENS or word in _TENS


def _number_word(word: str) -> bool:
    return _digits(word) or word in _TIMES


def _beside_digit(tokens: Sequence[_Token], place: int) -> bool:
    """Whether a digit is next to it, with nothing but other zeros and marks between."""
    for step in (-1, 1):
        near = place + step
        while 0 <= near < len(tokens) and (tokens[near].text in ",.-" or tokens[near].word in _OH):
            near += step
        if 0 <= near < len(tokens) and _number_word(tokens[near].word):
            return True
    return False


def _word(tokens: Sequence[_Token], place: int) -> str:
    return tokens[place].word if place < len(tokens) else ""
