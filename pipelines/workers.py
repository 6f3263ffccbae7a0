"""The batch on several processes of one machine, each with its own models and store connection."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from cintel.analyzer import Analyzer
from cintel.errors import InputError
from cintel.settings import Settings
from cintel.store import Store
from pipelines.batch import Batch, Outcome
from pipelines.discover import Job

# A worker is replaced after this many files, so that whatever a library leaks stays small.
FILES_A_WORKER = 500
_batch: Batch | None = None


def open_batch(settings: Settings, store_url: str | None, json_folder: Path | None) -> Batch:
    """A batch of a process of its own."""
    return Batch(Analyzer(settings), Store(store_url) if store_url else None, json_folder)


def _open(settings: Settings, store_url: str | None, json_folder: Path | None) -> None:
    global _batch
    # Ctrl-C reaches every process of the terminal; workers end at once and without a traceback,
    # what they have saved is whole.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _batch = open_batch(settings, store_url, json_folder)


def _work(job: Job) -> Outcome:
    assert _batch is not None
    return _batch.attempt(job)


def run_workers(
    jobs: Sequence[Job],
    settings: Settings,
    store_url: str | None,
    json_folder: Path | None,
    workers: int,
) -> Iterator[Outcome]:
    """One outcome a job, in the order they end; the cores are shared out between the workers.

    Where a worker dies, one worker does what is left in order: a job it dies of is then known.

    Raises:
        StoreError, UsageError, ModelError: as :meth:`pipelines.batch.Batch.run`.
    """
    threads = max(1, multiprocessing.cpu_count() // workers)
    shared = settings.model_copy(update={"threads": settings.threads or threads})
    start = (shared, store_url, json_folder)
    left = dict.fromkeys(jobs)
    while left:
        try:
            for outcome in _pool(list(left), start, workers):
                del left[outcome.job]
                yield outcome
        except BrokenProcessPool:
            if workers == 1:
                job = next(iter(left))
                del left[job]
                yield died(job)
            workers = 1


def died(job: Job) -> Outcome:
    """The outcome of a job that took its process down."""
    fault = "ended the process that analysed it, for want of memory perhaps"
    remedy = "Run it alone, or with fewer --workers"
    return Outcome(job, "failed", error=InputError(str(job.path), fault, remedy))


def _pool(
    jobs: Sequence[Job], start: tuple[Settings, str | None, Path | None], workers: int
) -> Iterator[Outcome]:
    pool = ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), _open, start,
        max_tasks_per_child=FILES_A_WORKER,
    )  # fmt: skip
    try:
        for future in as_completed([pool.submit(_work, job) for job in jobs]):
            yield future.result()
    finally:
        # After an error or Ctrl-C what has not begun never begins.
        pool.shutdown(wait=True, cancel_futures=True)
