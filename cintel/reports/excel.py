"""A report as an Excel workbook: one sheet a table, scores coloured from worse to better."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cintel.errors import MissingExtraError
from cintel.reports import tables
from cintel.reports.facts import Facts

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet
    from pandas import DataFrame

_NOT_IN_A_CELL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TITLE_LENGTH = 31  # of a sheet, by Excel's rule
_NOT_IN_A_TITLE = re.compile(r"[\\/*?:\[\]]")
_FORMATS = {"day": "yyyy-mm-dd", "at": "0.0"}
_SCORES = ("score", "machine_score", "passed")
_WIDE = {"title": 50, "reason": 60, "quote": 60}
_HEAD_FILL, _HEAD_INK = "1F3A5F", "FFFFFF"
_SCALE = ("E0813F", "EFE8DC", "86CDB6")  # worse, 60, better: the dashboard's heatmaps


def workbook(facts: Facts, about: str) -> bytes:
    """The workbook's bytes; ``about`` says under the title what it covers.

    Raises:
        MissingExtraError: openpyxl is not installed.
    """
    try:
        from openpyxl import Workbook
    except ImportError as error:
        raise MissingExtraError("Excel support (openpyxl)", "export") from error
    book = Workbook()
    _cover(book.worksheets[0], facts, about)
    _table(book, "Agents", tables.summary(facts, "agent"))
    _table(book, "Teams", tables.summary(facts, "team"))
    cards = tables.scorecards(facts)
    for name in cards:
        card = f" {name}" if len(cards) > 1 else ""
        _grids(book, facts, name, card)
    _table(book, "Automatic fails", facts.auto_fails)
    _table(book, "Evaluations", facts.evaluations)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _cover(sheet: Worksheet, facts: Facts, about: str) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.title = "About"
    made = facts.evaluations
    lines = (
        "Quality report", about, "",
        f"{len(made)} evaluations of {made['conversation'].nunique()} conversations",
        f"{int((made['reviewed'] > 0).sum())} of them reviewed by a person",
        "", "Answers are final ones: a reviewer's where there is one, else the machine's.",
        "Scores are in percent. A section's score is the mean over evaluations; a question's is "
        "all points earned of all points possible.",
        "Not applicable and unsure answers count nowhere; teams are queues.",
    )  # fmt: skip
    for row, line in enumerate(lines, 1):
        _put(sheet, row, 1, line).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.cell(1, 1).font = Font(size=16, bold=True)
    sheet.column_dimensions["A"].width = 90
    sheet.sheet_view.showGridLines = False


def _grids(book: Workbook, facts: Facts, name: str, card: str) -> None:
    """Agents and teams of one scorecard by section, question and week."""
    by: tables.By
    of: tables.Of
    for by in ("agent", "team"):
        frames: dict[tables.Of, DataFrame] = {
            "section": tables.sections(facts, by),
            "question": tables.questions(facts, by),
            "week": tables.weeks(facts, by),
        }
        for of, frame in frames.items():
            grid = tables.matrix(frame, name, of)
            if of == "week":
                heads = [f"{week:%Y-%m-%d}" for week in grid]
            else:
                own = frame[frame["scorecard"] == name]
                words = dict(zip(own[of], own["title"], strict=True))
                heads = [words[key] for key in grid]
            _grid(book, f"{by.capitalize()} {of}s{card}", grid, heads)


def _table(book: Workbook, title: str, frame: DataFrame) -> None:
    sheet = book.create_sheet(_title(book, title))
    _head(sheet, [_heading(str(name)) for name in frame])
    for row, values in enumerate(frame.itertuples(index=False), 2):
        for column, value in enumerate(values, 1):
            _put(sheet, row, column, value)
    for column, name in enumerate(map(str, frame), 1):
        cells = sheet[_letter(column)][1:]
        longest = max((len(str(cell.value)) for cell in cells if cell.value is not None), default=0)
        width = min(max(longest, len(name)) + 3, _WIDE.get(name, 40))
        sheet.column_dimensions[_letter(column)].width = width
        form = "0.0" if name in _SCORES else _FORMATS.get(name)
        for cell in cells if form else ():
            cell.number_format = form
        if name in _SCORES and len(frame) and str(frame[name].dtype) == "float64":
            _color(sheet, f"{_letter(column)}2:{_letter(column)}{len(frame) + 1}")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def _grid(book: Workbook, title: str, grid: DataFrame, columns: Sequence[str]) -> None:
    sheet = book.create_sheet(_title(book, title))
    _head(sheet, [_heading(str(grid.index.name)), *columns])
    for row, (who, values) in enumerate(zip(grid.index, grid.to_numpy(), strict=True), 2):
        _put(sheet, row, 1, who)
        for column, value in enumerate(values, 2):
            _put(sheet, row, column, float(value)).number_format = "0"
    sheet.column_dimensions["A"].width = 24
    for column in range(2, len(columns) + 2):
        sheet.column_dimensions[_letter(column)].width = 15
    if len(grid) and columns:
        _color(sheet, f"B2:{_letter(len(columns) + 1)}{len(grid) + 1}")
    sheet.freeze_panes = "B2"


def _head(sheet: Worksheet, names: Sequence[str]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    for column, name in enumerate(names, 1):
        cell = _put(sheet, 1, column, name)
        cell.font = Font(bold=True, color=_HEAD_INK)
        cell.fill = PatternFill("solid", fgColor=_HEAD_FILL)
        cell.alignment = Alignment(wrap_text=True, vertical="center")


def _put(sheet: Worksheet, row: int, column: int, value: Any) -> Any:
    """A cell with a value; text stays text, whatever it starts with, and NaN is empty."""
    from pandas import isna

    cell = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = _NOT_IN_A_CELL.sub("", value)
        cell.data_type = "s"
    elif not isna(value):
        cell.value = value.item() if hasattr(value, "item") else value
    return cell


def _color(sheet: Worksheet, cells: str) -> None:
    from openpyxl.formatting.rule import ColorScaleRule

    low, middle, high = _SCALE
    rule = ColorScaleRule(
        start_type="num", start_value=0, start_color=low,
        mid_type="num", mid_value=60, mid_color=middle,
        end_type="num", end_value=100, end_color=high,
    )  # fmt: skip
    sheet.conditional_formatting.add(cells, rule)


def _title(book: Workbook, wanted: str) -> str:
    """A sheet's title that Excel takes and that is not there yet."""
    plain = _NOT_IN_A_TITLE.sub(" ", wanted)
    title, number = plain[:_TITLE_LENGTH], 1
    while title.lower() in {name.lower() for name in book.sheetnames}:
        number += 1
        title = f"{plain[: _TITLE_LENGTH - 4]} {number}"
    return title


def _heading(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _letter(column: int) -> str:
    from openpyxl.utils import get_column_letter

    letter: str = get_column_letter(column)
    return letter
