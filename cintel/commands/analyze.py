"""``cintel analyze``: a batch with a progress bar, and a summary that names what failed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from cintel.commands import stopping
from cintel.commands.screen import complain, err, note, out
from cintel.commands.weights import pull_missing
from cintel.errors import UsageError
from cintel.settings import Settings

if TYPE_CHECKING:
    from cintel.conversation import Analysis
    from pipelines.batch import Batch, Outcome
    from pipelines.discover import Job

ROWS = 40


def run(
    places: Sequence[str],
    settings: Settings,
    json_folder: Path | None,
    keep: bool = True,
    workers: int = 1,
    engine: str = "local",
) -> int:
    """Analyse what is found in ``places``; the exit status.

    Args:
        places: files, folders and glob patterns.
        settings: what to run and where.
        json_folder: where JSON files go, if anywhere.
        keep: save into the store of the settings.
        workers: processes that share the work.
        engine: ``local`` or ``ray``.

    Raises:
        UsageError: there is nothing to analyse, or something to set it up is wrong.
        StoreError: the store cannot be opened or written.
    """
    from cintel.analyzer import Analyzer
    from cintel.store import Store
    from pipelines.batch import Batch
    from pipelines.discover import discover, plan

    if engine == "ray":
        from pipelines.cluster import require_ray

        require_ray()
    analyzer = Analyzer(settings)
    _ = analyzer.scorecard  # a faulty one ends the call before anything is looked at
    files, faults = discover(places)
    if not files and not faults:
        raise UsageError(
            ", ".join(places), "holds no recording or chat log",
            "Name audio files, .csv, .jsonl, .txt, .srt, .vtt or .json",
        )  # fmt: skip
    jobs, unreadable = plan(files)
    for fault in (*faults, *unreadable):
        complain(fault)
    if not jobs:
        missing = not files and all(isinstance(fault, UsageError) for fault in faults)
        return 2 if missing else 1
    if json_folder is not None:
        _make(json_folder)
    with Store(settings.store) if keep else nullcontext() as store:
        batch = Batch(analyzer, store, json_folder)
        pull_missing((settings.asr, "segmentation-3.0", "campplus", "minilm", "rampart"))
        finished = _watch(_start(jobs, batch, workers, engine), jobs)
    return _report(finished, len(faults) + len(unreadable))


def _start(jobs: Sequence[Job], batch: Batch, workers: int, engine: str) -> Iterable[Outcome]:
    settings = batch.analyzer.settings
    store = settings.store if batch.store else None
    if engine == "ray":
        from pipelines.cluster import run_cluster

        return run_cluster(jobs, settings, store, batch.json_folder, workers)
    if workers > 1:
        from pipelines.workers import run_workers

        return run_workers(jobs, settings, store, batch.json_folder, workers)
    return batch.run(jobs)


def _make(folder: Path) -> None:
    remedy = "Give another folder with --json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(folder, f"cannot be made ({error.strerror})", remedy) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(folder, "cannot be written to (permission denied)", remedy)


def _watch(outcomes: Iterable[Outcome], jobs: Sequence[Job]) -> list[Outcome]:
    """Consume outcomes behind a bar that counts bytes, so that the time left is fair."""
    finished: list[Outcome] = []
    heard, started = 0.0, time.perf_counter()
    with Progress(
        TextColumn("[bold]{task.fields[calls]}"), BarColumn(), TaskProgressColumn(),
        TextColumn("{task.fields[rate]}"), TimeRemainingColumn(), console=err,
    ) as progress:  # fmt: skip
        total = max(sum(job.size for job in jobs), 1)
        task = progress.add_task("", total=total, calls=f"0/{len(jobs)}", rate="")
        for outcome in outcomes:
            finished.append(outcome)
            heard += outcome.seconds
            rate = heard / (time.perf_counter() - started)
            progress.update(
                task, advance=outcome.job.size, calls=f"{len(finished)}/{len(jobs)}",
                rate=f"{rate:.1f} audio s/s" if heard else "",
            )  # fmt: skip
            if outcome.error is not None:
                complain(outcome.error)
            stopping.check()
    return finished


def _report(finished: Sequence[Outcome], failed: int) -> int:
    rows = [(item.job.path, analysis) for item in finished for analysis in item.analyses]
    if rows:
        out.print(_table(rows))
    for path, analysis in rows:
        if warnings := _warnings(analysis):
            note(f"{path}: {'; '.join(warnings)}")
    states = [item.state for item in finished]
    failed += states.count("failed")
    done, skipped = states.count("done"), states.count("skipped")
    err.print(f"{done} analysed, {skipped} done before, {failed} failed", highlight=False)
    return 1 if failed else 0


def _warnings(analysis: Analysis) -> list[str]:
    return [*analysis.acoustics.warnings, *analysis.conversation.metadata.get("warnings", ())]


def _table(rows: Sequence[tuple[Path, Analysis]]) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    table.add_column("id", no_wrap=True)
    table.add_column("file", overflow="fold")
    table.add_column("intent", overflow="fold")
    for name in ("QA", "frustration", "CSAT"):
        table.add_column(name, justify="right", no_wrap=True)
    for path, analysis in rows[:ROWS]:
        table.add_row(
            analysis.id[:8], escape(path.name), analysis.intent.name if analysis.intent else "-",
            _score(analysis), _figure(analysis.frustration.score), _figure(analysis.csat.predicted),
        )  # fmt: skip
    if len(rows) > ROWS:
        table.caption = f"… and {len(rows) - ROWS} more; see: cintel dashboard"
    return table


def _score(analysis: Analysis) -> str:
    card = next(iter(analysis.evaluations), None)
    if card is None or card.score is None:
        return "-"
    return f"{card.score:.0f} failed" if card.auto_failed else f"{card.score:.0f}"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
