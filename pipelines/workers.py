"""The batch on several processes of one machine, each with its own models and store connection."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from cintel.analyzer import Analyzer
from cintel.settings import Settings
from cintel.store import Store
from pipelines.batch import Batch, Outcome

# A worker is replaced after this many files, so that whatever a library leaks stays small.
FILES_A_WORKER = 500
_batch: Batch | None = None


def _open(settings: Settings, store_url: str | None, json_folder: Path | None) -> None:
    global _batch
    store = Store(store_url) if store_url else None
    _batch = Batch(Analyzer(settings), store, json_folder)


def _work(path: Path) -> Outcome:
    assert _batch is not None
    return next(_batch.run([path]))


def run_workers(
    paths: Sequence[Path],
    settings: Settings,
    store_url: str | None,
    json_folder: Path | None,
    workers: int,
) -> Iterator[Outcome]:
    """One outcome a file, in the order they end; the cores are shared out between the workers.

    Raises:
        StoreError: the store cannot be written.
    """
    threads = max(1, multiprocessing.cpu_count() // workers)
    shared = settings.model_copy(update={"threads": settings.threads or threads})
    with ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), _open, (shared, store_url, json_folder),
        max_tasks_per_child=FILES_A_WORKER,
    ) as pool:  # fmt: skip
        for future in as_completed([pool.submit(_work, path) for path in paths]):
            yield future.result()
