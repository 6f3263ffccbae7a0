"""Work side by side: as many lanes as cores, each on a thread of its own.

Recogniser, segmentation and voice network each gain little from a second thread on one input and
everything from a second input, so every job runs on one core and the jobs run beside each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TypeVar

from cintel.runtime import flush_denormals, prepare

Job = TypeVar("Job")
Result = TypeVar("Result")


class Lanes:
    """A pool that keeps the order of its results.

    Args:
        count: jobs at once.
    """

    def __init__(self, count: int) -> None:
        prepare()
        self.count = max(count, 1)
        self._pool = ThreadPoolExecutor(self.count, "cintel-lane", _begin)

    def map(self, work: Callable[[Job], Result], jobs: Iterable[Job]) -> Iterator[Result]:
        """Results in the order of their jobs; all jobs are queued at once.

        Jobs must not queue jobs of their own: with every lane waiting, nobody would do them.
        """
        return self._pool.map(work, jobs)

    def shares(self, jobs: Sequence[Job], most: int) -> list[list[Job]]:
        """Batches of at most ``most`` jobs, in order, of about one size, enough for all lanes."""
        if not jobs:
            return []
        count = min(len(jobs), max(self.count, -(-len(jobs) // most)))
        edges = [round(len(jobs) * number / count) for number in range(count + 1)]
        return [list(jobs[first:last]) for first, last in pairwise(edges)]


def _begin() -> None:
    """Torch's thread count and the handling of denormals are a thread's own."""
    import torch

    torch.set_num_threads(1)
    flush_denormals()
