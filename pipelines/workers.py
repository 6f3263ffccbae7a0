"""The batch on several processes of one machine, each with its own models and store connection."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from cintel.analyzer import Analyzer
from cintel.errors import InputError
from cintel.settings import Settings
from cintel.store import Store
from pipelines.batch import Batch, Outcome
from pipelines.discover import Job

# A worker is replaced after this many files, so that whatever a library leaks stays small.
FILES_A_WORKER = 500
Start = tuple[Settings, str | None, Path | None]
Item = TypeVar("Item")
Result = TypeVar("Result")
_start: Start
_batch: Batch | None = None


def open_batch(settings: Settings, store_url: str | None, json_folder: Path | None) -> Batch:
    """A batch of a process of its own."""
    return Batch(Analyzer(settings), Store(store_url) if store_url else None, json_folder)


def _begin(*start: *Start) -> None:
    global _start
    _start = start


def _begin_quietly(begin: Callable[..., None], start: tuple[Any, ...]) -> None:
    # Ctrl-C reaches every process of the terminal; workers end at once and without a traceback,
    # what they have saved is whole.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    begin(*start)


def _work(job: Job) -> Outcome:
    global _batch
    # Here and not in _begin, as a pool hides why its workers could not begin.
    _batch = _batch or open_batch(*_start)
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
            for outcome in in_processes(_work, list(left), workers, _begin, start, FILES_A_WORKER):
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


def in_processes(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    workers: int,
    begin: Callable[..., None],
    start: tuple[Any, ...],
    items_a_process: int | None = None,
) -> Iterator[Result]:
    """What ``work`` makes of each item, in the order they end.

    Args:
        work: a function of a module, called in a process that has called ``begin(*start)``.
        items: what it is called with.
        workers: how many processes.
        begin: a function of a module.
        start: its arguments.
        items_a_process: after which a process is replaced; None: never.

    Raises:
        BrokenProcessPool: a process died.
    """
    pool = ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), _begin_quietly, (begin, start),
        max_tasks_per_child=items_a_process,
    )  # fmt: skip
    others = set(multiprocessing.active_children())
    try:
        with _later():
            futures = [pool.submit(work, item) for item in items]
        for future in as_completed(futures):
            yield future.result()
    except BaseException:
        # An error or Ctrl-C does not wait for long calls: what is not saved is not half-saved.
        for worker in set(multiprocessing.active_children()) - others:
            worker.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _later() -> Iterator[None]:
    """Hold Ctrl-C back, here and in processes that start in this block, until they let it in.

    Where one is still importing, it would print a traceback instead of ending.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
