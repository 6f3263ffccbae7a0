"""The look of a PDF page: styles, rows, bars, and a footer that knows how many pages there are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import IO, TYPE_CHECKING, Any

from cintel.reports.fonts import PLAIN, markup

if TYPE_CHECKING:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Flowable, Paragraph, Table

GOOD, MIDDLING, BAD = "#00795A", "#A86A00", "#B84A00"
INK, FAINT, LINE = "#1F2733", "#5F6B7A", "#E7ECF2"
_MARGIN = 48.0  # points, of 72 an inch
_WIDTH = 595.28 - 2 * _MARGIN
_FOOT = 26.0  # points above the edge
_FOOT_LENGTH = 90  # characters
_SIZES = {  # size, leading, indent, space before
    "title": (17, 21, 0, 0),
    "score": (10, 26, 0, 0),
    "verdict": (10, 14, 0, 0),
    "name": (8.5, 14, 0, 0),
    "fact": (9, 14, 0, 0),
    "bar": (10.5, 14, 0, 0),
    "question": (9.5, 13, 0, 0),
    "points": (9.5, 13, 0, 0),
    "answer": (9, 12.5, 16, 1),
    "comment": (9, 12.5, 28, 1),
    "person": (9, 12.5, 16, 3),
    "reason": (9, 12.5, 16, 1),
    "quote": (8.5, 12, 28, 1),
    "record": (8.5, 12, 0, 2),
    "foot": (7.5, 10, 0, 0),
    "number": (7.5, 10, 0, 0),
}
_RIGHT = ("score", "verdict", "points", "number")
_FAINT = ("name", "foot", "number")


@cache
def _style(name: str) -> ParagraphStyle:
    from reportlab.lib.enums import TA_RIGHT
    from reportlab.lib.styles import ParagraphStyle

    size, leading, indent, before = _SIZES[name]
    aligned = {"alignment": TA_RIGHT} if name in _RIGHT else {}
    return ParagraphStyle(
        name, fontName=PLAIN, fontSize=size, leading=leading, leftIndent=indent,
        textColor=FAINT if name in _FAINT else INK, spaceBefore=before, **aligned,
    )  # fmt: skip


def paragraph(text: str, style: str) -> Paragraph:
    """Marked-up text in one of the styles; it breaks over pages."""
    from reportlab.platypus import Paragraph

    return Paragraph(text, _style(style))


def row(left: Flowable, right: Sequence[Flowable], share: float) -> Table:
    """Two cells beside each other, the left one on ``share`` of the width; it breaks over pages."""
    from reportlab.platypus import Table

    table = Table(
        [[left, list(right)]], colWidths=[_WIDTH * share, _WIDTH * (1 - share)], splitInRow=1,
        spaceBefore=7,
    )  # fmt: skip
    table.setStyle(_plain())
    return table


def pairs(cells: Sequence[tuple[str, str]]) -> Table:
    """Names and marked-up values, two pairs a line."""
    from reportlab.platypus import Table

    lines = []
    for place in range(0, len(cells), 2):
        line: list[Flowable | str] = []
        for name, value in cells[place : place + 2]:
            line += [paragraph(name, "name"), paragraph(value, "fact")]
        lines.append([*line, *[""] * (4 - len(line))])
    widths = [_WIDTH * share for share in (0.14, 0.36, 0.14, 0.36)]
    table = Table(lines, colWidths=widths, splitInRow=1, spaceBefore=10)
    table.setStyle(_plain())
    return table


def bar(left: str, right: str) -> Table:
    """A section's heading on a tinted ground."""
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import Table

    cells = [paragraph(f"<b>{left}</b>", "bar"), paragraph(right, "points")]
    table = Table([cells], colWidths=[_WIDTH * 0.66, _WIDTH * 0.34], splitInRow=1, spaceBefore=14)
    table.setStyle([("BACKGROUND", (0, 0), (-1, -1), HexColor(LINE)), ("VALIGN", (0, 0), (-1, -1),
                    "MIDDLE")])  # fmt: skip
    return table


def _plain() -> list[tuple[Any, ...]]:
    sides = ("LEFTPADDING", "RIGHTPADDING", "TOPPADDING", "BOTTOMPADDING")
    return [("VALIGN", (0, 0), (-1, -1), "TOP"), *((side, (0, 0), (-1, -1), 0) for side in sides)]


def build(target: IO[bytes], story: list[Flowable], title: str) -> None:
    """Lay the story out on A4 pages, numbered."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

    document = BaseDocTemplate(target, pagesize=A4, title=title, author="cintel", invariant=1)
    height = A4[1] - 2 * _MARGIN
    frame = Frame(_MARGIN, _MARGIN, _WIDTH, height, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate(frames=[frame]))
    document.build(story, canvasmaker=_numbered(title))


def _numbered(title: str) -> type[Any]:
    """A canvas that keeps its pages until it knows how many there are."""
    from reportlab.pdfgen.canvas import Canvas

    class Numbered(Canvas):  # type: ignore[misc]
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self.kept: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 - reportlab's name
            self.kept.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for page in self.kept:
                self.__dict__.update(page)
                _foot(self, title, len(self.kept))
                super().showPage()
            super().save()

    return Numbered


def _foot(canvas: Any, title: str, pages: int) -> None:
    short = title if len(title) <= _FOOT_LENGTH else f"{title[: _FOOT_LENGTH - 1]}…"
    number = f"Page {canvas.getPageNumber()} of {pages}"
    for text, style in ((markup(short), "foot"), (number, "number")):
        line = paragraph(text, style)
        line.wrap(_WIDTH, _MARGIN)
        line.drawOn(canvas, _MARGIN, _FOOT)
