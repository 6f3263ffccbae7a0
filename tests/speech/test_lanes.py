from __future__ import annotations

import threading

import pytest

from cintel.speech.lanes import Lanes


def test_results_keep_the_order_of_their_jobs() -> None:
    assert list(Lanes(3).map(lambda n: n * n, range(20))) == [n * n for n in range(20)]


def test_jobs_run_beside_each_other() -> None:
    meeting = threading.Barrier(2, timeout=30)
    assert len(list(Lanes(2).map(lambda _: meeting.wait(), range(2)))) == 2


def test_a_lane_uses_one_core_and_flushes_denormals() -> None:
    def settings(_: int) -> tuple[int, float]:
        import torch

        return torch.get_num_threads(), float((torch.full((8,), 1e-30) * 1e-10).abs().max())

    assert list(Lanes(2).map(settings, range(4))) == [(1, 0.0)] * 4


@pytest.mark.parametrize(
    ("jobs", "lanes", "sizes"),
    [(1, 2, [1]), (3, 2, [2, 1]), (16, 2, [8, 8]), (17, 2, [6, 5, 6]), (3, 1, [3]), (0, 2, [])],
)
def test_shares_are_for_all_lanes_and_of_one_size(jobs: int, lanes: int, sizes: list[int]) -> None:
    found = Lanes(lanes).shares(range(jobs), 8)
    assert [len(share) for share in found] == sizes
    assert [job for share in found for job in share] == list(range(jobs))
