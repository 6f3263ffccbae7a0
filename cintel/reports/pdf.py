"""One evaluation as a PDF on A4: header, sections, both answers with their evidence, history."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from cintel.errors import MissingExtraError
from cintel.reports import fonts, pages
from cintel.reports.card import Card, Entry, Part, Told
from cintel.reports.fonts import markup

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

_MARKS = {"full": "✓", "part": "◐", "none": "✗", "uncounted": "–"}


def render(cards: Sequence[Card]) -> bytes:
    """The PDF's bytes, each evaluation from a page of its own.

    The same evaluations give the same bytes: no clock and no random identifier is in them.

    Raises:
        MissingExtraError: reportlab is not installed.
    """
    try:
        from reportlab.platypus import PageBreak
    except ImportError as error:
        raise MissingExtraError("PDF support (reportlab)", "export") from error
    fonts.register()
    story: list[Flowable] = []
    for card in cards:
        story += [PageBreak()] if story else []
        story += [*_head(card), *_body(card)]
    packed = io.BytesIO()
    titles = ", ".join(card.title for card in cards)
    pages.build(packed, story, f"{titles}, conversation {cards[0].conversation}")
    return packed.getvalue()


def clock(seconds: float) -> str:
    """Seconds as ``m:ss``, from an hour on as ``h:mm:ss``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def when(moment: str) -> str:
    """An ISO 8601 time as ``4 Nov 2026, 10:22``, by its own clock; a date alone has no hour."""
    parsed = datetime.fromisoformat(moment)
    day = f"{parsed.day} {parsed:%b %Y}"
    return day if len(moment) <= len("2026-11-04") else f"{day}, {parsed:%H:%M}"


def verdict(card: Card) -> tuple[str, str]:
    """How an evaluation ended, in words, and the colour of that."""
    if card.auto_failed:
        return "Failed automatically", pages.BAD
    if card.passed is None:
        return "Not scored", pages.FAINT
    return ("Passed", pages.GOOD) if card.passed else ("Not passed", pages.BAD)


def facts(card: Card) -> list[tuple[str, str]]:
    """The names and values at the head of the first page; what is not known is left out."""
    changed = card.history and card.machine_score != card.score
    known = (
        ("Agent", card.agent),
        ("Date", when(card.started_at) if card.started_at else None),
        ("Team", card.team),
        ("Length", f"{card.channel}, {clock(card.duration)}"),
        ("Conversation", card.conversation),
        ("Source", card.source),
        ("Version", card.version),
        ("Pass mark", None if card.pass_mark is None else f"{card.pass_mark:g} of 100"),
        ("Score by AI", _number(card.machine_score) if changed else None),
        ("Not scored", card.reason),
    )
    return [(name, value) for name, value in known if value]


def _head(card: Card) -> Iterator[Flowable]:
    word, color = verdict(card)
    score = f'<font size="22"><b>{_number(card.score)}</b></font> of 100'
    left = pages.paragraph(f"<b>{markup(card.title)}</b>", "title")
    right = [
        pages.paragraph("" if card.score is None else score, "score"),
        pages.paragraph(f'<font color="{color}"><b>{word}</b></font>', "verdict"),
    ]
    yield pages.row(left, right, 0.6)
    yield pages.pairs([(name, markup(value)) for name, value in facts(card)])


def _body(card: Card) -> Iterator[Flowable]:
    from reportlab.platypus import KeepTogether

    for part in card.parts:
        head = _section(part)
        for place, entry in enumerate(part.entries):
            first, *others = _entry(entry)
            yield KeepTogether([*(head if place == 0 else []), first, *others[:1]])
            yield from others[1:]
        if not part.entries:
            yield from head
    if card.history:
        yield pages.bar("Answers of people, oldest first", "")
        yield from (pages.paragraph(_record(told), "record") for told in card.history)


def _section(part: Part) -> list[Flowable]:
    if not part.title:
        return []
    score = "does not apply" if part.score is None else f"{_number(part.score)} %"
    weight = "" if part.weight is None else f"weight {part.weight:g} %, "
    return [pages.bar(markup(part.title), weight + score)]


def _entry(entry: Entry) -> Iterator[Flowable]:
    color = {"full": pages.GOOD, "part": pages.MIDDLING, "none": pages.BAD}.get(
        entry.mark, pages.FAINT
    )
    rule = f'  <font color="{pages.BAD}" size="7.5">{entry.rule}</font>' if entry.rule else ""
    yield pages.row(
        pages.paragraph(
            f'<font color="{color}"><b>{_MARKS[entry.mark]}</b></font>  '
            f"<b>{markup(entry.text)}</b>{rule}",
            "question",
        ),
        [pages.paragraph(f'<font color="{color}">{_points(entry)}</font>', "points")],
        0.84,
    )
    sure = f"confidence {entry.confidence:.0%}".replace("%", " %")
    named = f'<font color="{pages.FAINT}">AI ({sure}):</font>'
    yield pages.paragraph(f"{named} <b>{markup(entry.machine)}</b>", "answer")
    if entry.reason:
        yield pages.paragraph(markup(entry.reason), "reason")
    for quote in entry.quotes:
        time = f'<font color="{pages.FAINT}">{clock(quote.start)}</font>'
        yield pages.paragraph(f"{time}  “{markup(quote.quote)}”", "quote")
    if entry.told is not None:
        yield from _told(entry.told)


def _told(told: Told) -> Iterator[Flowable]:
    who = f'<font color="{pages.FAINT}">{markup(told.reviewer)} ({when(told.at)} UTC):</font>'
    yield pages.paragraph(f"{who} <b>{markup(told.answer)}</b>", "person")
    if told.comment:
        yield pages.paragraph(markup(told.comment), "comment")


def _record(told: Told) -> str:
    said = f"{markup(told.reviewer)}: <b>{markup(told.answer)}</b> to “{markup(told.question)}”"
    comment = f": {markup(told.comment)}" if told.comment else ""
    return f'<font color="{pages.FAINT}">{when(told.at)} UTC</font>  {said}{comment}'


def _points(entry: Entry) -> str:
    if entry.possible <= 0:
        return ""
    if entry.points is None:
        return f"– of {entry.possible:g}"
    return f"{entry.points:g} of {entry.possible:g}"


def _number(score: float | None) -> str:
    return "–" if score is None else f"{round(score, 2):g}"
