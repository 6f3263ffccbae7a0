"""The batch on a Ray cluster: one actor a worker, each with its own models and store connection.

``RAY_ADDRESS`` names the cluster; without it Ray starts one on this machine. Every machine needs
cintel, the weights, and the recordings under the same paths.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from cintel.errors import CintelError, MissingExtraError, UsageError
from cintel.settings import Settings
from pipelines.batch import FATAL, Outcome
from pipelines.discover import Job
from pipelines.workers import died, open_batch


def require_ray() -> None:
    """Say so before anything starts where Ray is not installed.

    Raises:
        MissingExtraError: with the line to type.
    """
    if find_spec("ray") is None:
        raise MissingExtraError("ray", "cluster")


class Analyst:
    """What runs on the cluster: a batch that stays open between jobs."""

    def __init__(
        self, folder: Path, settings: Settings, store_url: str | None, json_folder: Path | None
    ) -> None:
        os.chdir(folder)
        self._batch = open_batch(settings, store_url, json_folder)

    def attempt(self, job: Job) -> Outcome | CintelError:
        """The outcome, or the error that ends the whole call: Ray would wrap a raised one."""
        try:
            return self._batch.attempt(job)
        except FATAL as error:
            return error


def run_cluster(
    jobs: Sequence[Job],
    settings: Settings,
    store_url: str | None,
    json_folder: Path | None,
    workers: int,
) -> Iterator[Outcome]:
    """One outcome a job, in the order they end.

    Raises:
        MissingExtraError: Ray is not installed.
        UsageError: the cluster has several machines and the store is a file on one of them.
        StoreError, UsageError, ModelError: as :meth:`pipelines.batch.Batch.run`.
    """
    require_ray()
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    ray: Any = import_module("ray")
    ray.init(log_to_driver=False, include_dashboard=False, logging_level="ERROR")
    try:
        if len(ray.nodes()) > 1 and store_url and "postgresql" not in store_url:
            raise UsageError(
                store_url, "is a file, which several machines cannot write together",
                "Give a PostgreSQL store with --store",
            )  # fmt: skip
        actor = _actor(ray, settings, workers)
        start = (Path.cwd(), settings, store_url, json_folder)
        yield from _spread(ray, jobs, lambda: actor.remote(*start), workers)
    finally:
        ray.shutdown()


def _actor(ray: Any, settings: Settings, workers: int) -> Any:
    """The actor class, with an even share of the cluster's processors."""
    has = ray.cluster_resources()
    graphics = 0.0 if settings.device == "cpu" else min(1.0, has.get("GPU", 0) / workers)
    return ray.remote(num_cpus=max(1, int(has["CPU"] // workers)), num_gpus=graphics)(Analyst)


def _spread(ray: Any, jobs: Sequence[Job], hire: Any, workers: int) -> Iterator[Outcome]:
    """Keep every actor busy with one job; one that dies is replaced."""
    waiting = iter(jobs)
    running: dict[Any, tuple[Any, Job]] = {}
    for job in islice(waiting, workers):
        analyst = hire()
        running[analyst.attempt.remote(job)] = (analyst, job)
    while running:
        (ended,), _ = ray.wait(list(running), num_returns=1)
        analyst, job = running.pop(ended)
        try:
            outcome = ray.get(ended)
        except ray.exceptions.RayActorError:
            outcome, analyst = died(job), hire()
        if isinstance(outcome, CintelError):
            raise outcome
        if (following := next(waiting, None)) is not None:
            running[analyst.attempt.remote(following)] = (analyst, following)
        yield outcome
