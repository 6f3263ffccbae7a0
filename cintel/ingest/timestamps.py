"""Dates as chat exports write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

EXPECTED = (
    "Expected 2026-11-03 10:15:02, 03/11/2026 10:15 (day first unless the file shows otherwise), "
    "3 Nov 2026 10:15:02, 10:15:02 or seconds since 1970"
)
CLOCK = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d{1,6})?)?(?:\s?[AaPp]\.?\s?[Mm]\b\.?)?"
DATE = r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}"

_EPOCH = re.compile(r"(\d{10}(?:\.\d+)?|\d{13})")
_NUMERIC = re.compile(rf"(\d{{1,4}})[./-](\d{{1,2}})[./-](\d{{1,4}})(?:,?\s*({CLOCK}))?")
_CLOCK = re.compile(
    r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,6}))?)?(?:\s?([AaPp])\.?\s?[Mm]\.?)?"
)
_NO_DATE_YEAR = 1  # datetime's first year stands for "a clock time without a date"


def day_first(values: Iterable[str]) -> bool:
    """Whether 03/11/2026 is the third of November, decided from all dates of a file.

    A number above twelve in either place decides; with none in the file, the day comes first.
    """
    for value in values:
        match = _NUMERIC.match(value)
        if match and len(match[1]) < 3:
            if int(match[1]) > 12:
                return True
            if int(match[2]) > 12:
                return False
    return True


def parse(value: str, *, day_first: bool) -> datetime:
    """The moment a stamp names; a clock time alone falls on the first day of year 1.

    Raises:
        ValueError: the stamp has no form this module knows.
    """
    stamp = value.strip()
    if match := _EPOCH.fullmatch(stamp):
        seconds = float(match[1]) / (1000 if len(match[1]) == 13 else 1)
        return datetime.fromtimestamp(seconds, UTC)
    if match := _NUMERIC.fullmatch(stamp):
        return _numeric(match, day_first)
    if match := _CLOCK.fullmatch(stamp):
        return datetime(_NO_DATE_YEAR, 1, 1, *_clock(match))
    try:
        return datetime.fromisoformat(stamp)
    except ValueError:
        return parsedate_to_datetime(stamp)


def has_date(moment: datetime) -> bool:
    """Whether a parsed stamp named a day."""
    return moment.year != _NO_DATE_YEAR


def _numeric(match: re.Match[str], day_first: bool) -> datetime:
    first, second, third = (int(match[place]) for place in (1, 2, 3))
    if len(match[1]) == 4:
        year, month, day = first, second, third
    else:
        day, month = (first, second) if day_first else (second, first)
        year = third if len(match[3]) == 4 else 2000 + third
    clock = _CLOCK.fullmatch(match[4]) if match[4] else None
    return datetime(year, month, day, *(_clock(clock) if clock else (0, 0, 0, 0)))


def _clock(match: re.Match[str]) -> tuple[int, int, int, int]:
    hour = int(match[1])
    if match[5]:
        hour = hour % 12 + (12 if match[5] in "Pp" else 0)
    return hour, int(match[2]), int(match[3] or 0), int((match[4] or "0").ljust(6, "0"))
