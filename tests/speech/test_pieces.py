from __future__ import annotations

import numpy as np
import pytest
from pyannote.core import SlidingWindow, SlidingWindowFeature

from cintel.runtime import prepare
from cintel.speech.pieces import Pieces, cut
from cintel.speech.segmentation import Windows, runs

FRAME = 0.1
RECEPTIVE = SlidingWindow(start=0.0, duration=FRAME, step=FRAME)

Activity = dict[int, list[tuple[float, float]]]


@pytest.fixture(autouse=True)
def _prepared() -> None:
    prepare()


def _cut(activity: Activity, windows: int = 1, names: tuple[int, ...] = (0,)) -> Pieces:
    """Pieces of activity in seconds by speaker, seen through windows of 10 s, 5 s apart.

    ``names`` gives each window's order of its local speakers: two windows may swap them.
    """
    length = 100 + 50 * (windows - 1)
    whole = np.zeros((length, 3), dtype=np.float32)
    for speaker, spans in activity.items():
        for start, end in spans:
            whole[round(start / FRAME) : round(end / FRAME), speaker] = 1
    data = np.stack(
        [
            np.roll(whole[50 * n : 50 * n + 100], names[n % len(names)], axis=1)
            for n in range(windows)
        ]
    )
    heard = SlidingWindowFeature(data, SlidingWindow(duration=10.0, step=5.0))
    return cut(Windows(heard, RECEPTIVE, length * FRAME))


def _spans(pieces: Pieces) -> list[tuple[float, float]]:
    return [(round(a * FRAME, 1), round(b * FRAME, 1)) for a, b in pieces.frames.tolist()]


def test_runs_are_first_and_one_past_last() -> None:
    assert runs(np.array([True, True, False, False, True])) == [(0, 2), (4, 5)]
    assert runs(np.zeros(3, dtype=bool)) == []
    assert runs(np.zeros(0, dtype=bool)) == []


def test_silence_has_no_pieces() -> None:
    pieces = _cut({})
    assert pieces.frames.shape == (0, 2)
    assert pieces.relation.shape == (0, 0)
    assert pieces.seconds.tolist() == []


def test_pauses_part_pieces() -> None:
    pieces = _cut({0: [(1.0, 2.0), (4.0, 6.0)]})
    assert _spans(pieces) == [(1.0, 2.0), (4.0, 6.0)]
    assert pieces.seconds.tolist() == pytest.approx([1.0, 2.0])


def test_a_change_of_speaker_without_a_pause_parts_pieces() -> None:
    pieces = _cut({0: [(1.0, 3.0)], 1: [(3.0, 5.0)]})
    spans = _spans(pieces)
    assert spans[0][0] == 1.0
    assert spans[-1][1] == 5.0
    assert any(abs(end - 3.0) <= 0.2 for _, end in spans[:-1])
    # Together they are all of the speech, without a hole.
    assert [a for a, _ in spans[1:]] == [b for _, b in spans[:-1]]


def test_no_piece_is_longer_than_two_and_a_half_seconds() -> None:
    pieces = _cut({0: [(0.0, 10.0)]})
    assert _spans(pieces) == [(0.0, 2.5), (2.5, 5.0), (5.0, 7.5), (7.5, 10.0)]


def test_overlap_is_where_two_speak() -> None:
    pieces = _cut({0: [(1.0, 4.0)], 1: [(3.0, 6.0)]})
    assert runs(pieces.overlap) == [(30, 40)]


def test_the_relation_says_who_is_who_within_a_window() -> None:
    pieces = _cut({0: [(0.0, 1.0), (6.0, 7.0)], 1: [(3.0, 4.0)]})
    assert pieces.relation[0, 2] == pytest.approx(1.0)
    assert pieces.relation[0, 1] == pytest.approx(-1.0)
    assert np.allclose(pieces.relation.toarray(), pieces.relation.toarray().T)


def test_windows_that_name_speakers_otherwise_agree_all_the_same() -> None:
    activity: Activity = {0: [(0.0, 1.0), (6.0, 7.0), (11.0, 12.0)], 1: [(8.0, 9.0)]}
    plain, swapped = _cut(activity, 2), _cut(activity, 2, (0, 1))
    assert _spans(plain) == _spans(swapped)
    assert np.allclose(plain.relation.toarray(), swapped.relation.toarray())
    # No window hears the first and the last piece.
    assert plain.relation[0, 3] == 0.0
    assert plain.relation[1, 2] == pytest.approx(-1.0)
