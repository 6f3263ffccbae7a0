"""``cintel analyze``: a batch with a progress bar, and a summary that names what failed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from cintel.commands.weights import pull_missing
from cintel.errors import CintelError, UsageError
from cintel.settings import Settings

console = Console(stderr=True)
ROWS = 40


def run(
    places: Sequence[str],
    settings: Settings,
    json_folder: Path | None,
    store_url: str | None,
    workers: int = 1,
) -> int:
    """Analyse what is found in ``places``; the exit status.

    Raises:
        UsageError: there is nothing to analyse.
    """
    from cintel.analyzer import Analyzer
    from cintel.store import Store
    from pipelines.batch import Batch, Outcome, discover
    from pipelines.workers import run_workers

    files, faults = discover(places)
    if not files and not faults:
        raise UsageError(
            ", ".join(places), "holds no recording or chat log",
            "Name audio files, .csv, .jsonl, .txt, .srt, .vtt or .json",
        )  # fmt: skip
    analyzer = Analyzer(settings)
    _ = analyzer.scorecard  # a faulty scorecard ends the call before anything is loaded
    store = Store(store_url) if store_url else None
    pull_missing((settings.asr, "segmentation-3.0", "campplus", "minilm"))
    batch = Batch(analyzer, store, json_folder)
    if workers > 1:
        outcomes: Iterable[Outcome] = run_workers(files, settings, store_url, json_folder, workers)
    else:
        outcomes = batch.run(files)
    finished = _watch(outcomes, files)
    if store is not None:
        store.close()
    return _report(finished, faults)


def _watch(outcomes: Iterable[object], files: Sequence[Path]) -> list[object]:
    """Consume outcomes behind a bar that counts bytes, so that the time left is fair."""
    from pipelines.batch import Outcome

    sizes = {path: path.stat().st_size if path.exists() else 0 for path in files}
    finished: list[object] = []
    heard, started = 0.0, time.perf_counter()
    with Progress(
        TextColumn("[bold]{task.fields[calls]}"), BarColumn(), TaskProgressColumn(),
        TextColumn("{task.fields[rate]}"), TimeRemainingColumn(), console=console,
    ) as progress:  # fmt: skip
        task: TaskID = progress.add_task(
            "", total=max(sum(sizes.values()), 1), calls=f"0/{len(files)}", rate=""
        )
        for outcome in outcomes:
            assert isinstance(outcome, Outcome)
            finished.append(outcome)
            heard += outcome.seconds
            rate = heard / (time.perf_counter() - started)
            progress.update(
                task, advance=sizes[outcome.path], calls=f"{len(finished)}/{len(files)}",
                rate=f"{rate:.1f} audio s/s" if heard else "",
            )  # fmt: skip
            if outcome.error is not None:
                _complain(progress.console, outcome.error)
    return finished


def _complain(where: Console, error: CintelError) -> None:
    where.print(f"[red]failed[/red] {escape(str(error))}", highlight=False, soft_wrap=True)


def _report(finished: Sequence[object], faults: Sequence[CintelError]) -> int:
    from pipelines.batch import Outcome

    outcomes = [item for item in finished if isinstance(item, Outcome)]
    for fault in faults:
        _complain(console, fault)
    done = [item for item in outcomes if item.state == "done"]
    if done:
        Console().print(_table(done))
    failed = sum(item.state == "failed" for item in outcomes) + len(faults)
    skipped = sum(item.state == "skipped" for item in outcomes)
    console.print(f"{len(done)} analysed, {skipped} done before, {failed} failed", highlight=False)
    return 1 if failed else 0


def _table(done: Sequence[object]) -> Table:
    from pipelines.batch import Outcome

    table = Table("id", "file", "intent", "QA", "frustration", "CSAT", "warnings")
    rows = [(o.path, a) for o in done if isinstance(o, Outcome) for a in o.analyses]
    for path, analysis in rows[:ROWS]:
        card = analysis.evaluations[0] if analysis.evaluations else None
        score = "-" if card is None or card.score is None else f"{card.score:.0f}"
        fail = " auto-fail" if card and card.auto_failed else ""
        table.add_row(
            analysis.id[:8], path.name, analysis.intent.name if analysis.intent else "-",
            score + fail, _figure(analysis.frustration.score), _figure(analysis.csat.predicted),
            "; ".join(analysis.acoustics.warnings),
        )  # fmt: skip
    if len(rows) > ROWS:
        table.caption = f"… and {len(rows) - ROWS} more; see: cintel dashboard"
    return table


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
