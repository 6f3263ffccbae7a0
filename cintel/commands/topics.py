"""``cintel topics``: what customers call about, brought up to date and told.

The command is declared here and not in ``cintel.cli``, which is as long as a room may be.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from cintel.commands.screen import err, out

if TYPE_CHECKING:
    from pandas import DataFrame

    from cintel.analyzer import Analyzer
    from cintel.store import Store
    from cintel.topics import Updated

_BARS = "▁▂▃▄▅▆▇█"
_WIDEST = 26  # bars of a trend; of a longer one the last
_SIGNAL = {"new": "[cyan]NEW[/cyan]", "rising": "[magenta]RISING[/magenta]"}

StoreOption = Annotated[
    str | None, typer.Option("--store", help="Database URL or file. [default: cintel.db]")
]


def topics(
    store: StoreOption = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day to count from.")
    ] = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Find all topics anew; what stays keeps its name.")
    ] = False,
) -> None:
    """What customers call about: find topics in what is stored, and print them.

    New conversations join the topics there are; what fits none may become a new one.

    Examples:

        cintel topics --store calls.db

        cintel topics --since 2026-11-01
    """
    from cintel.analyzer import Analyzer
    from cintel.commands.results import opened
    from cintel.commands.weights import pull_missing
    from cintel.settings import load_settings
    from cintel.store.selection import Filters
    from cintel.topics import table

    settings = load_settings(store=store)
    with opened(settings.store) as found:
        pull_missing(("minilm",))
        told = bring_up(found, Analyzer(settings), rebuild)
        rows = table(found, Filters(since=since.date() if since else None))
        out.print(rendered(rows)) if len(rows) else out.print(
            "no matter in three conversations or more"
        )
    err.print(summary(told), highlight=False)


def bring_up(store: Store, analyzer: Analyzer, rebuild: bool) -> Updated:
    """Update the topics of a store, with a bar while conversations are read."""
    from cintel.topics import update

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("reading", total=None)

        def hook(step: str, completed: int, total: int) -> None:
            progress.update(task, description=step, completed=completed, total=total)

        encoder = analyzer.reader.encoder
        return update(store, encoder, encoder.fingerprint, rebuild=rebuild, hook=hook)


def rendered(rows: DataFrame) -> Table:
    """Rows of ``cintel.topics.table`` for a terminal."""
    found = Table("topic", "", "conversations", "share", "trend", "frustration")
    for name in ("conversations", "share", "frustration"):
        column = next(item for item in found.columns if item.header == name)
        column.justify = "right"
    columns = ("name", "signal", "conversations", "share", "trend", "frustration")
    for name, signal, count, share, trend, felt in zip(
        *(rows[column] for column in columns), strict=True
    ):
        frustration = "–" if math.isnan(felt) else f"{felt:.2f}"
        found.add_row(
            escape(name), _SIGNAL.get(signal, ""), str(count), f"{share:.0%}", sparkline(trend),
            frustration,
        )  # fmt: skip
    return found


def sparkline(counts: Sequence[int]) -> str:
    """Counts as bars of eight heights, the last `_WIDEST` of them; zero is a space."""
    shown = counts[-_WIDEST:]
    most = max(shown, default=0)
    return "".join(_BARS[-(-count * len(_BARS) // most) - 1] if count else " " for count in shown)


def summary(told: Updated) -> str:
    """What an update did, in a line."""
    turns = told.placed + told.left
    share = f" ({told.placed / turns:.0%})" if turns else ""
    line = (
        f"{told.read} conversations read, {told.topics} topics, {told.born} of them new; "
        f"{told.placed} of {turns} turns have one{share}"
    )
    if told.foreign:
        line += f"; {told.foreign} conversations in other languages were left out"
    return line
