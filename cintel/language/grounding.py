"""Whether what a language model says of turns is borne by the words of those turns."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cintel.language.quotable import content_words
from cintel.language.spoken import normalise

SHARE = 0.4  # of the content words of a statement that the cited turns must hold
_STEM = 5  # letters by which "refund" and "refunded" are one word
_ABOUT = frozenset(
    {
        "agent", "agent's", "asked", "asks", "called", "caller", "caller's", "calls", "company",
        "contacted", "customer", "customer's", "reported", "reports", "said", "says", "tells",
        "told", "wanted", "wants",
    }
)  # fmt: skip
# Invented, these would be promises: a statement may hold only those that were said.
_BINDING = re.compile(
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|tonight|today|week(?:end)?|hour|minute|day|"
    r"month|january|february|april|june|july|august|september|october|november|december|dollar|"
    r"euro|pound|cent|refund|credit|compensation|voucher|discount|free)(?:s|ed|ing)?"
)
_TWO = re.compile(r"\b(?:twice|both|couple|pair|double)\b", re.IGNORECASE)
_NAME = re.compile(r"(?<=[\w,;:'\u2019\"\u201c)(] )[\"\u201c(]?([A-Z][\w\u2019'-]*)")
_FIRST_NAMES = re.compile(r"(?:^|[.!?] )([A-Z][\w'-]*) (?=[A-Z][a-z])")


def fault(statement: str, cited: str) -> str | None:
    """Why the words of the cited turns do not bear a statement, or None where they do.

    Every number and name of the statement must occur in them, said or written, every day, sum
    and unit of time, and at least 0.4 of its content words.
    """
    if odd := sorted(_numbers(statement) - _numbers(cited) - _joined(statement, cited)):
        return f"number {odd[0]} is not in the turns it cites"
    said = set(re.findall(r"[\w'-]+", cited.replace("\u2019", "'").casefold()))
    said |= {word.removesuffix("'s") for word in said}
    for name in _names(statement):
        if name.casefold().replace("\u2019", "'").removesuffix("'s") not in said:
            return f"{name} is not in the turns it cites"
    words, known = _stems(statement), _stems(cited)
    for word in content_words(statement):
        if _BINDING.fullmatch(word) and _stem(word) not in known:
            return f"{word} is not in the turns it cites"
    if not words or len(words & known) < SHARE * len(words):
        return "is not what the turns it cites say"
    return None


def _numbers(text: str) -> set[str]:
    """Groups of digits, as written and as spoken; a bare "one" and cents of 00 do not count."""
    found: set[str] = set()
    plain = re.sub(r"\bone\b", " ", text, flags=re.IGNORECASE)
    for form in (plain, normalise(plain).text):
        digits = re.findall(r"\d+", re.sub(r"(?<=\d),(?=\d{3}\b)", "", form))
        found |= {group.lstrip("0") for group in digits} - {""}
    return found | ({"2"} if _TWO.search(text) else set())


def _joined(statement: str, cited: str) -> set[str]:
    """Long numbers that the turns hold digit by digit."""
    line = "".join(re.findall(r"\d", normalise(cited).text))
    return {group for group in _numbers(statement) if len(group) > 2 and group in line}


def _names(text: str) -> Iterator[str]:
    for match in (*_NAME.finditer(text), *_FIRST_NAMES.finditer(text)):
        word = match[1].rstrip("'\u2019")
        if word != "I" and not word.startswith("I'") and word.casefold() not in _ABOUT:
            yield word


def _stems(text: str) -> set[str]:
    words = content_words(text.replace("\u2019", "'")) - _ABOUT
    return {_stem(word) for word in words}


def _stem(word: str) -> str:
    return word.removesuffix("s")[:_STEM]
