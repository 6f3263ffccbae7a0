"""Personal data that is made of digits: cards, accounts, national ids, phones, PINs, dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from cintel.language.checkdigits import (
    IBAN_LENGTHS,
    is_aadhaar,
    is_card,
    is_dni,
    is_iban,
    is_nino,
    is_routing,
    is_ssn,
    is_steuer_id,
)

Found = tuple[str, int, int]

_BEFORE = 60  # characters in which a cue word reaches a number after it
_AFTER = 30  # and one before it
_IBAN_START = re.compile(r"(?<![a-z0-9])[a-z]\s?[a-z](?=\s?\d\s?\d)", re.IGNORECASE)
_IBAN_REST = re.compile(r"[\s,.-]{0,2}[a-z0-9]", re.IGNORECASE)
_LONGEST_CARD = 19
_FEWEST_IN_PARTS = 7
_FILLER = r"(?:[\s,.()\-\u2013]|\b(?:uh|um|er|erm|and|then|dash|hyphen|space)\b)"
_RUN = re.compile(rf"\d+(?:{_FILLER}{{1,8}}\d+)*")
_AMOUNT = re.compile(r"\d{1,3}(,\d{3})*\.\d{2}|\d{1,3}(,\d{3})+")
_MONEY_BEFORE = re.compile(r"[£$€]\s*$")
# Written as nothing but a phone number is: "(021) 5550 199", "555-0199 x12", "020 7946 office".
_EXTENSION = re.compile(r" ?(?:x|ext\.?|extension) ?\d{2,6}\b", re.I)
_PHONE_BEHIND = re.compile(
    r"x\d{2,6}\b|[\s,-]{1,3}(?:office|fax|mobile|cell|home|work|tel)\b", re.I
)
_UNIT_AFTER = re.compile(
    r"\s*(%|percent|pounds?|dollars?|euros?|pence|cents?|rupees|gb|mb|meg|gig|kilo|"
    r"(working |business )?days?|hours?|minutes?|weeks?|months?|years?|points|miles)\b",
    re.IGNORECASE,
)


class _Cue(NamedTuple):
    """Words that say what the number beside them is (nothing personal where ``kind`` is empty)."""

    kind: str
    lengths: frozenset[int]
    valid: Callable[[str], bool]


def _any(digits: str) -> bool:
    return bool(digits)


def _lengths(*counts: int) -> frozenset[int]:
    return frozenset(counts)


_CUES: tuple[tuple[str, _Cue], ...] = (
    (
        r"order|reference|ref|ticket|invoice|tracking|parcel|model|serial|case|claim|booking|"
        r"amount|quantity|price|balance|extension|ends? in|ending(?: in)?|last (?:4|four)",
        _Cue("", _lengths(), _any),
    ),
    (
        r"card(?: number)?|long number|(?:1|2)?6 digit number",
        # A recogniser drops a digit now and then.
        _Cue("card", frozenset(range(12, 20)), _any),
    ),
    (r"sort code", _Cue("account", _lengths(6), _any)),
    (r"routing", _Cue("account", _lengths(9), is_routing)),
    (
        r"account(?: number| no)|acct|account is|bank account",
        _Cue("account", frozenset(range(6, 13)), _any),
    ),
    (
        r"social security|ssn|social is|"
        r"your (?:full |whole )?social(?: security)?(?: number)?",
        _Cue("national_id", _lengths(9), is_ssn),
    ),
    (r"aadhaar|aadhar|uid number", _Cue("national_id", _lengths(12), is_aadhaar)),
    (
        r"steuer\w*|tax (?:id|number|identification)\w*",
        _Cue("national_id", _lengths(11), is_steuer_id),
    ),
    (
        r"(?:tele)?phone|mobile|cell|landline|contact number|reach (?:me|you)|"
        r"(?:call|ring|text) (?:me|you)(?: back)?|call ?back number|whatsapp|"
        r"(?:my|his|her|their) (?:new |old |other )?number|(?:you|they|we) can call|"
        r"(?:answer\w*|reach \w+|dial|fax) (?:at|on)|"
        r"(?:which|best|good|another|daytime|home|work) number|"
        r"number (?:to|we|you) (?:call|ring|text)",
        _Cue("phone", frozenset(range(6, 16)), _any),
    ),
    (
        r"pin|passcode|security (?:code|number)|cvv|cvc|"
        r"(?:verification|access|(?:one|1)[ -]time) code|(?:one|1)[ -]time pass(?:word|code)|"
        r"(?:digits on the (?:back|strip)(?: of)?|back of|signature of)(?: (?:the|your) card)?",
        _Cue("pin", frozenset(range(3, 9)), _any),
    ),
    (
        r"date of birth|birth ?da(?:y|te)|born(?: on)?|d\.?o\.?b|d o b",
        _Cue("dob", frozenset(range(4, 9)), _any),
    ),
    (r"zip(?: code)?|postal code", _Cue("postcode", _lengths(5, 9), _any)),
)
_CUE = re.compile(
    r"\b(?:"
    + "|".join(f"(?P<c{place}>{words})" for place, (words, _) in enumerate(_CUES))
    + r")\b",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DATE = re.compile(
    rf"\b(?:(?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:[.,]? \d{{2,4}})?"
    rf"|{_MONTH}\.? (?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{2,4}})?"
    r"|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2})\b",
    re.IGNORECASE,
)


def find_numbers(text: str, previous: str) -> Iterator[Found]:
    """Spans in normalised text; ``previous`` is the normalised turn before, for its question."""
    yield from _dates(text, previous)
    yield from _ibans(text)
    yield from _lettered_ids(text, previous)
    for match in _RUN.finditer(text):
        run = _Run(text, match)
        cards = list(_cards(run))
        yield from cards
        told = _cue(text, run.start, run.end)
        if not cards and (told is None or told.kind):
            yield from _by_form(run) or _by_cue(run, told or _asked(previous))


def asked_kind(before: str, digits: str) -> str | None:
    """What digits are that follow normalised text, by the last cue in it; None: nothing personal.

    A number of few digits is not read out in parts.
    """
    cue = _asked(before)
    if cue is None or len(digits) < _FEWEST_IN_PARTS:
        return None
    return cue.kind if len(digits) in cue.lengths and cue.valid(digits) else None


def is_amount(text: str, start: int, end: int) -> bool:
    """Whether digits read as money or a measure: ``1,250.00``, ``$40``, ``300 minutes``."""
    return bool(
        _AMOUNT.fullmatch(text, start, end)
        or _MONEY_BEFORE.search(text, 0, start)
        or _UNIT_AFTER.match(text, end)
    )


class _Run:
    """Groups of digits with nothing but separators and fillers between them."""

    def __init__(self, text: str, match: re.Match[str]) -> None:
        self.text = text
        self.start, self.end = match.span()
        found = list(re.finditer(r"\d+", match[0]))
        self.groups = [group[0] for group in found]
        self.places = [(self.start + group.start(), self.start + group.end()) for group in found]
        self.digits = "".join(self.groups)

    def window(self, first: int, last: int) -> str:
        return "".join(self.groups[first:last])


def _cards(run: _Run) -> Iterator[Found]:
    """Card numbers among the groups, the longest first at each place."""
    first, count = 0, len(run.groups)
    while first < count:
        for last in range(min(count, first + _LONGEST_CARD), first, -1):
            if is_card(run.window(first, last)):
                yield "card", run.places[first][0], run.places[last - 1][1]
                first = last - 1
                break
        first += 1


def _by_form(run: _Run) -> list[Found]:
    """What a number's own grouping gives away, without a cue word."""
    written = run.text[run.start : run.end]
    shape = [len(group) for group in run.groups]
    national = (
        (re.fullmatch(r"\d{3}-\d{2}-\d{4}", written) and is_ssn(run.digits))
        or (shape == [4, 4, 4] and is_aadhaar(run.digits))
        or (shape in ([11], [2, 3, 3, 3]) and is_steuer_id(run.digits))
    )
    kind = "national_id" if national else "phone" if _is_phone(run, shape) else None
    if kind is None:
        return []
    plus = kind == "phone" and run.text[: run.start].endswith(("+", "("))
    extension = _EXTENSION.match(run.text, run.end) if kind == "phone" else None
    return [(kind, run.start - plus, extension.end() if extension else run.end)]


def _is_phone(run: _Run, shape: Sequence[int]) -> bool:
    digits, before = run.digits, run.text[: run.start]
    international = before.endswith("+") or digits.startswith("00")
    bracketed = before.endswith("(") and re.match(r"\d{2,4}\)", run.text[run.start :]) is not None
    behind = _PHONE_BEHIND.match(run.text, run.end) is not None
    if international or bracketed or behind:
        return (6 if behind else 8) <= len(digits) <= 15
    uk = re.fullmatch(r"0[1237]\d{9}|0800\d{6,7}", digits) is not None
    north_american = list(shape[-3:]) == [3, 3, 4] and shape[:-3] in ([], [1])
    return uk or north_american


def _by_cue(run: _Run, cue: _Cue | None) -> list[Found]:
    """The longest groups from the run's start that the cue's kind of number can have."""
    if cue is None or is_amount(run.text, run.start, run.end):
        return []
    for last in range(len(run.groups), 0, -1):
        digits = run.window(0, last)
        if len(digits) in cue.lengths and cue.valid(digits):
            return [(cue.kind, run.places[0][0], run.places[last - 1][1])]
    return []


def _cue(text: str, start: int, end: int) -> _Cue | None:
    """The nearest cue before a number, else one just after it that makes it personal.

    A date of birth is told once: a number after the one that followed its cue is another.
    """
    before = [
        cue
        for cue in _CUE.finditer(text, max(0, start - _BEFORE), start)
        if not (_told(cue).kind == "dob" and re.search(r"\d", text[cue.end() : start]))
    ]
    if before:
        return _told(before[-1])
    after = _CUE.search(text, end, end + _AFTER)
    return _told(after) if after and _told(after).kind else None


@lru_cache(maxsize=8)
def _asked(previous: str) -> _Cue | None:
    """The last cue of the turn before, kept for all numbers of a turn."""
    cues = list(_CUE.finditer(previous))
    return _told(cues[-1]) if cues else None


def _told(match: re.Match[str]) -> _Cue:
    return _CUES[int((match.lastgroup or "c0")[1:])][1]


def _dates(text: str, previous: str) -> Iterator[Found]:
    for match in _DATE.finditer(text):
        cue = _cue(text, *match.span()) or _asked(previous)
        if cue is not None and cue.kind == "dob":
            yield "dob", *match.span()


def _ibans(text: str) -> Iterator[Found]:
    for match in _IBAN_START.finditer(text):
        country = re.sub(r"\s", "", match[0]).upper()
        code, end = country, match.end()
        while len(code) < IBAN_LENGTHS.get(country, 0) and (more := _IBAN_REST.match(text, end)):
            code, end = code + more[0][-1].upper(), more.end()
        if len(code) > 2 and is_iban(code) and not text[end : end + 1].isalnum():
            yield "iban", match.start(), end


def _lettered_ids(text: str, previous: str) -> Iterator[Found]:
    """British and Spanish ids; written loosely or in small letters only beside their cue."""
    for words, check, pattern in (
        (
            r"national insurance|\bni number|\bnino\b",
            is_nino,
            r"(?<![a-z0-9])[a-z]\s?[a-z](?:[\s.-]?\d){6}[\s.-]?[a-d](?![a-z0-9])",
        ),
        (
            r"\bdni\b|\bnie\b|documento",
            is_dni,
            r"(?<![a-z0-9])(?:[xyz][\s-]?)?\d(?:[\s.]?\d){6,7}[\s-]?[a-z](?![a-z0-9])",
        ),
    ):
        told = re.search(words, f"{previous} {text}", re.IGNORECASE)
        for match in re.finditer(pattern, text, re.IGNORECASE):
            code = re.sub(r"[\s.-]", "", match[0])
            plain = code.isupper() and re.search(r"\s[A-Z]$", match[0]) is None
            if (told or plain) and check(code.upper()):
                yield "national_id", *match.span()
