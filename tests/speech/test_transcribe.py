from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from cintel.conversation import Span, Word
from cintel.speech import transcribe
from cintel.speech.transcribe import CLIP_SECONDS, RATE, Joined, pack, speech_spans


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
    assert max(end - start for start, end in clips) <= CLIP_SECONDS + 1e-9
    assert all(first[1] <= second[0] + 1e-9 for first, second in pairwise(clips))
    assert clips[0][0] >= 0
    assert clips[-1][1] <= duration
    outside = [_outside(span, clips) for span in spans]
    assert max(outside) < 1e-6


def _outside(span: Span, clips: list[Span]) -> float:
    inside = sum(max(0.0, min(span[1], end) - max(span[0], start)) for start, end in clips)
    return span[1] - span[0] - inside


def test_speech_near_by_shares_a_clip_with_a_pad_at_its_ends() -> None:
    assert pack([(1.0, 3.0), (4.0, 6.0)], 60.0) == [(0.75, 6.25)]


def test_the_last_pad_ends_with_the_recording() -> None:
    assert pack([(0.1, 7.0)], 7.1) == [(0.0, 7.1)]


def test_long_pauses_are_cut_out_and_short_ones_kept() -> None:
    joined = Joined.of([(1.0, 3.0), (4.0, 5.0), (10.0, 12.0)], 12.1)
    assert joined.kept == ((0.75, 5.25), (9.75, 12.1))
    assert joined.duration == pytest.approx(6.85)
    time = np.arange(round(12.1 * RATE), dtype=np.float32) / RATE
    kept = joined.cut(time)
    assert kept.size == round(6.85 * RATE)
    assert kept[[0, round(4.5 * RATE)]].tolist() == pytest.approx([0.75, 9.75], abs=1e-3)


def test_words_go_back_to_where_they_were_said() -> None:
    joined = Joined.of([(1.0, 3.0), (10.0, 12.0)], 12.1)
    assert joined.back(Word("a", 0.25, 0.75)) == Word("a", 1.0, 1.5)
    assert joined.back(Word("b", 2.75, 3.0)) == Word("b", 10.0, 10.25)


@pytest.mark.parametrize("seed", range(5))
def test_the_way_there_and_back(seed: int) -> None:
    spans, duration = _random_speech(seed)
    joined = Joined.of(spans, duration)
    for (start, end), (there, until) in zip(spans, joined.moved(spans), strict=True):
        word = joined.back(Word("word", there, until))
        assert (word.start, word.end) == pytest.approx((start, end), abs=1e-3)


def test_the_pads_of_neighbours_meet_in_the_middle() -> None:
    (_, first_end), (second_start, _) = pack([(0.0, 20.0), (20.2, 40.0)], 40.0)
    assert first_end == second_start == pytest.approx(20.1)


def test_speech_without_a_pause_is_cut_into_equal_parts() -> None:
    clips = pack([(0.0, 60.0)], 60.0)
    assert clips == [(0.0, 20.0), (20.0, 40.0), (40.0, 60.0)]


def test_no_speech_no_clips() -> None:
    assert pack([], 10.0) == []


def _segment(no_speech: float, logprob: float, ratio: float) -> SimpleNamespace:
    return SimpleNamespace(no_speech_prob=no_speech, avg_logprob=logprob, compression_ratio=ratio)


def test_text_is_invented_when_both_say_so_or_when_it_loops() -> None:
    assert transcribe._invented(_segment(0.7, -1.1, 1.5))
    assert transcribe._invented(_segment(0.1, -0.2, 2.5))
    assert not transcribe._invented(_segment(0.7, -0.5, 1.5))
    assert not transcribe._invented(_segment(0.1, -1.5, 1.5))


def test_speech_without_words_is_heard_again_if_it_is_long_enough() -> None:
    spans = ((0.0, 2.0), (3.0, 5.0), (6.0, 7.0))
    words = [Word("yes", 0.5, 0.9)]
    assert transcribe._without_words(spans, words) == [(2.75, 5.25)]


def test_words_are_cut_to_the_speech_they_stand_in() -> None:
    words = [Word("a", 0.0, 1.4), Word("b", 1.8, 2.5), Word("invented", 4.0, 4.5)]
    kept = list(transcribe._clipped(words, ((1.0, 2.0),)))
    assert kept == [Word("a", 1.0, 1.4), Word("b", 1.8, 2.0)]


def test_silence_and_noise_hold_no_speech() -> None:
    noise = np.random.default_rng(3).normal(0, 0.01, 48_000).astype(np.float32)
    assert speech_spans(np.zeros(48_000, dtype=np.float32)) == ()
    assert speech_spans(noise) == ()
