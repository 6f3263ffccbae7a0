"""``cintel sample``: which calls a person should see today, why each, and what that can tell."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cintel.commands.choices import SampleBy, SampleMethod
from cintel.commands.screen import err, out
from cintel.errors import UsageError

if TYPE_CHECKING:
    from pandas import DataFrame

    from cintel.quality.sampling import Sample

_COLUMNS = ("conversation", "reason", "agent", "queue", "score", "reviewed")
_NORMAL = 1.96


def sample(
    store: Annotated[
        str | None, typer.Option("--store", help="Database URL or file. [default: cintel.db]")
    ] = None,
    method: Annotated[
        SampleMethod, typer.Option(help="How to choose; risk first gives no estimate.")
    ] = SampleMethod.random,
    n: Annotated[
        int | None, typer.Option("--n", min=1, help="How many; not for a quota. [default: 20]")
    ] = None,
    per_agent: Annotated[
        int | None, typer.Option(min=1, help="Of each agent and week, for a quota. [default: 2]")
    ] = None,
    by: Annotated[
        SampleBy | None,
        typer.Option(help="What a stratified sample is spread over. [default: queue]"),
    ] = None,
    scorecard: Annotated[
        str | None, typer.Option(help="Whose scores count. [default: the mean of all]")
    ] = None,
    day: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Whose list; a day gives one. [default: today]"),
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Write the list there instead.")] = None,
) -> None:
    """Choose calls for people to review, each with its reason.

    Examples:

        cintel sample --store calls.db --n 30

        cintel sample --method quota --per-agent 3 --csv week.csv

        cintel sample --method stratified --by intent
    """
    from cintel.commands.results import opened
    from cintel.quality import risks, sampling
    from cintel.settings import load_settings
    from cintel.store.candidates import candidates

    quota = method is SampleMethod.quota
    for option, given, fits in (
        ("--n", n, not quota),
        ("--per-agent", per_agent, quota),
        ("--by", by, method is SampleMethod.stratified),
    ):
        if given is not None and not fits:
            raise UsageError(option, f"has no place with --method {method.value}", "Leave it out")
    with opened(load_settings(store=store).store) as found:
        rows = candidates(found, scorecard=scorecard)
    if scorecard is not None and rows.empty:
        raise UsageError(
            "--scorecard", f"nothing is scored on {scorecard!r}", "Evaluate on it first"
        )
    drawn = sampling.draw(
        risks.candidates(rows),
        method.value,
        (per_agent or 2) if quota else (n or 20),
        day.date() if day else date.today(),
        (by or SampleBy.queue).value,
    )
    picks = listed(drawn, rows)
    if csv is None:
        out.print(rendered(picks))
    else:
        write(picks, csv)
    err.print(summary(drawn), highlight=False)


def listed(drawn: Sample, rows: DataFrame) -> DataFrame:
    """One row a pick, in order, with what is known of it.

    Columns: ``conversation``, ``reason``, ``agent``, ``queue``, ``intent``, ``started_at``,
    ``score``, ``frustration``, ``unsure`` and ``reviewed`` (whether it was on the list's day).
    """
    from pandas import DataFrame

    picks = DataFrame(
        [(pick.conversation, pick.reason, pick.done) for pick in drawn.picks],
        columns=["conversation", "reason", "reviewed"],
    )
    known = rows.rename(columns={"id": "conversation", "agent_id": "agent"})
    found = picks.merge(known, on="conversation", how="left")
    columns = ("agent", "queue", "intent", "started_at", "score", "frustration", "unsure")
    return found[["conversation", "reason", *columns, "reviewed"]]


def rendered(picks: DataFrame) -> Table:
    """The list for a terminal."""
    from pandas import isna

    found = Table(*_COLUMNS)
    for row in picks.to_dict("records"):
        done = "yes" if row["reviewed"] else ""
        known = ["–" if isna(row[name]) else str(row[name]) for name in ("agent", "queue")]
        found.add_row(
            escape(row["conversation"]), escape(row["reason"]), *map(escape, known),
            f"{row['score']:.0f}", done,
        )  # fmt: skip
    return found


def write(picks: DataFrame, path: Path) -> None:
    """The list as a CSV file.

    Raises:
        UsageError: the file cannot be written.
    """
    try:
        picks.to_csv(path, index=False)
    except OSError as error:
        fault = f"cannot be written ({error.strerror or error})"
        raise UsageError(path, fault, "Give a file in a folder of yours") from error


def summary(drawn: Sample) -> str:
    """How many of how many, and what the mean of the list could be off."""
    line = f"{len(drawn.picks)} of {drawn.candidates} conversations to see"
    if drawn.error is None:
        return f"{line}; no estimate: {drawn.note[:1].lower()}{drawn.note[1:]}"
    points = _NORMAL * drawn.error
    return (
        f"{line}; expected error of their mean score ± {points:.1f} points (1.96 standard errors)"
    )
