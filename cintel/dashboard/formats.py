"""One way to write each kind of value; None and NaN are a dash."""

from __future__ import annotations

import math
import re
from datetime import datetime

NOTHING = "–"
_MARKDOWN = re.compile(r"[\\`*_\[\]<>#!|$~:&]")
Number = float | int | None


def missing(value: object) -> bool:
    """Whether there is nothing to show: None, NaN or what pandas puts in their place."""
    return value is None or (isinstance(value, float) and math.isnan(value)) or str(value) == "<NA>"


def clock(seconds: Number) -> str:
    """Seconds as ``m:ss``, from an hour on as ``h:mm:ss``."""
    if seconds is None or missing(seconds):
        return NOTHING
    whole = int(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def decimal(value: Number, places: int = 2, sign: bool = False, unit: str = "") -> str:
    """A number with fixed places, a true minus, and thousands apart."""
    if value is None or missing(value):
        return NOTHING
    text = f"{value:{'+' if sign else ''},.{places}f}"
    if float(text.replace(",", "")) == 0:
        text = f"{0:.{places}f}"
    return text.replace("-", "\N{MINUS SIGN}") + unit


def percent(share: Number, places: int = 0) -> str:
    """A share 0…1 in percent."""
    return NOTHING if share is None or missing(share) else decimal(share * 100, places, unit=" %")


def when(started_at: object) -> str:
    """A start time such as ``4 Nov 2026, 10:22``, by its own clock; a date alone has no hour."""
    if not isinstance(started_at, str) or not started_at:
        return NOTHING
    moment = datetime.fromisoformat(started_at)
    day = f"{moment.day} {moment:%b %Y}"
    return day if len(started_at) <= len("2026-11-04") else f"{day}, {moment:%H:%M}"


def intent(name: object) -> str:
    """``billing.dispute_charge`` as ``Billing · dispute charge``."""
    if not isinstance(name, str) or not name:
        return NOTHING
    group, dot, rest = name.replace("_", " ").partition(".")
    return group[:1].upper() + group[1:] + (f" · {rest}" if dot else "")


def title(name: object) -> str:
    """``offer_help`` or ``maria.lopez`` as words: ``Offer help``; ids of people stay."""
    if not isinstance(name, str) or not name:
        return NOTHING
    words = name.replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


def answer(value: object) -> str:
    """An answer of a scorecard; None is not applicable."""
    if missing(value):
        return "n/a"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def machine_answer(value: object, unsure: bool, suggested: object) -> str:
    """The machine's answer; an unsure one with what it would have been, if anything."""
    if not unsure:
        return answer(value)
    return "unsure" if missing(suggested) else f"unsure, perhaps {answer(suggested)}"


def without_personal(text: object, spans: object) -> str:
    """The text with personal data replaced by its type, as ``[phone]``.

    Args:
        text: what was said.
        spans: ``type``, ``start`` and ``end`` (character offsets) of each piece, in a list.
    """
    if not isinstance(text, str):
        return ""
    for span in sorted(spans if isinstance(spans, list) else [], key=lambda span: -span["start"]):
        text = f"{text[: span['start']]}[{span['type']}]{text[span['end'] :]}"
    return text


def plain(text: str) -> str:
    """Text that Streamlit's Markdown shows as it is: what was said may not draw or fetch."""
    return _MARKDOWN.sub(r"\\\g<0>", text)


def shorten(text: object, width: int) -> str:
    """The text, cut after ``width`` characters at a space where there is one."""
    if not isinstance(text, str):
        return ""
    if len(text) <= width:
        return text
    cut = text[: width - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(" ,;:") + "…"
