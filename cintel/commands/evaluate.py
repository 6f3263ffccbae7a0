"""``cintel evaluate``: stored conversations on a scorecard, the recordings left alone.

The command is declared here and not in ``cintel.cli``, which is as long as a room may be.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cintel.commands import stopping
from cintel.commands.screen import complain, err

if TYPE_CHECKING:
    from cintel.analyzer import Analyzer
    from cintel.store import Store
    from cintel.store.selection import Filters
    from pipelines.rescore import Card, Rescored


def evaluate(
    scorecard: Annotated[
        str | None,
        typer.Option(
            "--scorecard",
            help="Scorecard file, packaged or published name. [default: general-service]",
        ),
    ] = None,
    store: Annotated[
        str | None, typer.Option("--store", help="Database URL or file. [default: cintel.db]")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day of conversations.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day, inclusive.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Also those that were scored on this version.")
    ] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes. [default: cores]")] = None,
) -> None:
    """Score stored conversations on a scorecard, without reading the recordings again.

    What was scored on this version of the scorecard is done, so a stopped run goes on where it
    was; evaluations on other scorecards and versions stay.

    Examples:

        cintel evaluate --scorecard collections.yaml --store calls.db

        cintel evaluate --scorecard collections.yaml --since 2026-11-01 --again
    """
    import os

    from cintel.analyzer import Analyzer
    from cintel.commands.results import opened
    from cintel.quality import dumps
    from cintel.settings import load_settings
    from cintel.store.selection import Filters
    from pipelines.rescore import rescore

    settings = load_settings(store=store, scorecard=scorecard)
    analyzer = Analyzer(settings)
    card = analyzer.scorecard
    filters = Filters(since.date() if since else None, until.date() if until else None)
    with opened(settings.store) as found:
        found.save_scorecard(card.name, card.version, dumps(card))
        ids, done = _ids(found, analyzer, filters, again)
    finished: list[Rescored] = []
    if ids:
        ready, cores = _ready(analyzer), os.cpu_count() or 1
        told = rescore(ids, settings, ready, lambda: analyzer.reader.encoder, workers or cores)
        finished = _watch(told, len(ids))
    err.print(f"{card.name} {card.version}: {_summary(finished, done)}", highlight=False)
    raise typer.Exit(1 if any(item.error for item in finished) else 0)


def _ids(store: Store, analyzer: Analyzer, filters: Filters, again: bool) -> tuple[list[str], int]:
    """The conversations to score, and how many are done.

    None is done where a language model answers: it is asked what has changed, or had failed.
    """
    from cintel.quality.rules import Llm
    from cintel.store.rescoring import scored, stored

    card, ids = analyzer.scorecard, stored(store, filters)
    asks = analyzer.llm_judge and any(isinstance(item.judge, Llm) for item in card.questions)
    if again or asks:
        return ids, 0
    done = scored(store, card.name, card.version)
    left = [key for key in ids if key not in done]
    return left, len(ids) - len(left)


def _ready(analyzer: Analyzer) -> Card:
    from cintel.commands.weights import pull_missing
    from cintel.quality import lines_of
    from pipelines.rescore import Card

    pull_missing(("minilm",))
    card = analyzer.scorecard
    encoder = analyzer.reader.encoder
    return Card(card, lines_of(card, encoder), encoder.fingerprint)


def _watch(told: Iterable[Rescored], total: int) -> list[Rescored]:
    """Consume outcomes behind a bar, naming what failed."""
    finished: list[Rescored] = []
    columns = (TextColumn("scoring"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("", total=total)
        for item in told:
            finished.append(item)
            progress.advance(task)
            if item.error is not None:
                complain(item.error)
            stopping.check()
    return finished


def _summary(finished: list[Rescored], done: int) -> str:
    made = [item for item in finished if item.error is None]
    scores = [item.score for item in made if item.score is not None]
    parts = [f"{len(made)} scored"]
    if done:
        parts.append(f"{done} done before")
    if made:
        parts += [
            f"mean {sum(scores) / len(scores):.1f} of {len(scores)}" if scores else "mean -",
            f"{sum(item.passed for item in made)} passed",
            f"{sum(item.unsure for item in made)} answers left to a person",
        ]
    if len(made) < len(finished):
        parts.append(f"{len(finished) - len(made)} failed")
    return ", ".join(parts)
