from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from cintel.conversation import Span, Word
from cintel.ingest.audio import SAMPLE_RATE
from cintel.speech.clips import CLIP_SECONDS, Clip, pack


def _random_speech(seed: int) -> tuple[list[Span], float]:
    """Speech and pauses of many lengths, some beyond a clip."""
    random = np.random.default_rng(seed)
    spans: list[Span] = []
    at = 0.0
    for length, pause in zip(random.exponential(9, 80), random.exponential(1.5, 80), strict=True):
        spans.append((at, at + length))
        at += length + max(pause, 0.1)
    return spans, at


@pytest.mark.parametrize("seed", range(20))
def test_clips_are_short_apart_and_hold_all_speech(seed: int) -> None:
    spans, duration = _random_speech(seed)
    clips = pack(spans, duration)
    kept = [stretch for clip in clips for stretch in clip.kept]
    assert max(clip.seconds for clip in clips) <= CLIP_SECONDS + 1e-9
    assert all(first[1] <= second[0] + 1e-9 for first, second in pairwise(kept))
    assert kept[0][0] >= 0
    assert kept[-1][1] <= duration + 1e-9
    assert max(_outside(span, kept) for span in spans) < 1e-6


def _outside(span: Span, kept: list[Span]) -> float:
    inside = sum(max(0.0, min(span[1], end) - max(span[0], start)) for start, end in kept)
    return span[1] - span[0] - inside


def test_speech_near_by_shares_a_clip_with_a_pad_at_its_ends() -> None:
    (clip,) = pack([(1.0, 3.0), (4.0, 6.0)], 60.0)
    assert clip.kept == ((0.75, 6.25),)
    assert clip.speech == ((1.0, 3.0), (4.0, 6.0))


def test_long_pauses_are_cut_out_and_short_ones_kept() -> None:
    (clip,) = pack([(1.0, 3.0), (4.0, 5.0), (10.0, 12.0)], 12.1)
    assert clip.kept == ((0.75, 5.25), (9.75, pytest.approx(12.1)))
    assert clip.seconds == pytest.approx(6.85)
    kept = clip.cut(np.arange(round(12.1 * SAMPLE_RATE), dtype=np.float32) / SAMPLE_RATE)
    assert kept.size == pytest.approx(6.85 * SAMPLE_RATE, abs=1)
    assert kept[[0, round(4.5 * SAMPLE_RATE)]].tolist() == pytest.approx([0.75, 9.75], abs=1e-3)


def test_words_go_back_to_where_they_were_said() -> None:
    clip = Clip(((1.0, 3.0), (10.0, 12.0)), ((0.75, 3.25), (9.75, 12.1)))
    assert clip.back(Word("a", 0.25, 0.75)) == Word("a", 1.0, 1.5)
    assert clip.back(Word("b", 2.75, 3.0)) == Word("b", 10.0, 10.25)
    assert clip.back(Word("late", 9.0, 9.2)).start == pytest.approx(16.25)


def test_the_pads_of_neighbours_meet_in_the_middle() -> None:
    first, second = pack([(0.0, 20.0), (20.2, 40.0)], 40.0)
    assert first.kept[-1][1] == second.kept[0][0] == pytest.approx(20.1)


def test_clips_are_evened_out() -> None:
    spans = [(float(at), at + 0.8) for at in range(40)]
    assert [round(clip.seconds) for clip in pack(spans, 40.0)] == [20, 20]


def test_speech_without_a_pause_is_cut_into_equal_parts() -> None:
    clips = pack([(0.0, 60.0)], 60.0)
    assert [clip.kept for clip in clips] == [((0.0, 20.0),), ((20.0, 40.0),), ((40.0, 60.0),)]


def test_no_speech_no_clips() -> None:
    assert pack([], 10.0) == []
