"""A report as CSV: one file a table, in a folder or a zip."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from cintel.reports import tables
from cintel.reports.facts import Facts

if TYPE_CHECKING:
    from pandas import DataFrame

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_files(facts: Facts) -> dict[str, bytes]:
    """The content of each file by its name: UTF-8 with a mark, as spreadsheets want it.

    Text that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    frames = {
        "agents": tables.summary(facts, "agent"),
        "teams": tables.summary(facts, "team"),
        "agent_sections": tables.sections(facts, "agent"),
        "team_sections": tables.sections(facts, "team"),
        "agent_questions": tables.questions(facts, "agent"),
        "team_questions": tables.questions(facts, "team"),
        "agent_weeks": tables.weeks(facts, "agent"),
        "team_weeks": tables.weeks(facts, "team"),
        "auto_fails": facts.auto_fails,
        "evaluations": facts.evaluations,
    }
    return {f"{name}.csv": _csv(frame) for name, frame in frames.items()}


def csv_zip(facts: Facts) -> bytes:
    """The same files in one zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in csv_files(facts).items():
            archive.writestr(name, content)
    return packed.getvalue()


def _csv(frame: DataFrame) -> bytes:
    text: str = frame.map(_harmless).to_csv(index=False, float_format="%.2f", lineterminator="\n")
    return text.encode("utf-8-sig")


def _harmless(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
