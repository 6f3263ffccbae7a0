"""``cintel report``: tables of agents and teams, or one evaluation as a PDF.

The command is declared here and not in ``cintel.cli``, which is as long as a room may be.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cintel.commands.screen import out
from cintel.errors import UsageError

if TYPE_CHECKING:
    from cintel.store import Store
    from cintel.store.selection import Filters

_FORMS = "Write --out report.xlsx, a folder for CSV, or card.pdf with --conversation ID"
_DAY = ["%Y-%m-%d"]


def report(
    target: Annotated[
        Path, typer.Option("--out", help="A .xlsx file, a folder for CSV, or a .pdf file.")
    ],
    store: Annotated[
        str | None, typer.Option("--store", help="Database URL or file. [default: cintel.db]")
    ] = None,
    conversation: Annotated[
        str | None, typer.Option(metavar="ID", help="Its evaluation as a PDF with the evidence.")
    ] = None,
    scorecard: Annotated[
        str | None, typer.Option(help="With --conversation: on this scorecard only.")
    ] = None,
    since: Annotated[datetime | None, typer.Option(formats=_DAY, help="First day.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=_DAY, help="Last day.")] = None,
    agent: Annotated[list[str] | None, typer.Option(help="Only these agents.")] = None,
    team: Annotated[list[str] | None, typer.Option(help="Only these teams (queues).")] = None,
) -> None:
    """Agents and teams by section, question and week, and automatic fails; or one evaluation.

    Examples:

        cintel report --store calls.db --out report.xlsx

        cintel report --since 2026-11-01 --team billing --out november

        cintel report --conversation 3fa9 --out card.pdf
    """
    from cintel.commands.results import opened
    from cintel.settings import load_settings
    from cintel.store.selection import Filters

    filters = Filters(
        since.date() if since else None, until.date() if until else None, tuple(agent or ()),
        tuple(team or ()),
    )  # fmt: skip
    _check(target, conversation, scorecard, filters)
    with opened(load_settings(store=store).store) as found:
        if conversation is not None:
            files = {target: _card(found, conversation, scorecard)}
        else:
            files = _tables(found, filters, target)
    for path, content in files.items():
        _write(path, content)
        out.print(f"{path}: {len(content):,} bytes", highlight=False, soft_wrap=True)


def _check(target: Path, conversation: str | None, scorecard: str | None, filters: Filters) -> None:
    from cintel.store.selection import Filters

    pdf = target.suffix.lower() == ".pdf"
    if pdf != (conversation is not None) or target.suffix.lower() not in (".pdf", ".xlsx", ""):
        raise UsageError(str(target), "does not fit what is asked for", _FORMS)
    if pdf and filters != Filters():
        raise UsageError("--conversation", "takes no filter", "Leave the other options out")
    if scorecard and not pdf:
        raise UsageError("--scorecard", "goes with --conversation only", "Leave it out")


def _card(store: Store, conversation: str, scorecard: str | None) -> bytes:
    from cintel.reports import cards, render

    return render(cards(store, conversation, scorecard))


def _tables(store: Store, filters: Filters, target: Path) -> dict[Path, bytes]:
    from cintel.reports import about, collect, csv_files, workbook

    facts = collect(store, filters)
    if facts.evaluations.empty:
        raise UsageError(
            store.where, "has no evaluation under these filters",
            "Widen them, or score what is stored with: cintel evaluate",
        )  # fmt: skip
    if target.suffix:
        return {target: workbook(facts, about(filters))}
    return {target / name: content for name, content in csv_files(facts).items()}


def _write(path: Path, content: bytes) -> None:
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        raise UsageError(
            path, f"cannot be written ({error.strerror})", "Give a place you may write to"
        ) from error
