from __future__ import annotations

import numpy as np
import pytest

from cintel.conversation import RecordingQuality, Span
from cintel.speech.quality import (
    Speech,
    complaints,
    frames_power,
    measure_speech,
    noise_power,
    rate,
)


def _speech(level: float, clipped: int = 0) -> Speech:
    """A second of 10 000 samples of words at a level in dBFS."""
    return Speech(np.array([10_000 * 10 ** (level / 10)]), np.array([10_000]), clipped)


def _noise(level: float) -> float:
    return float(10 ** (level / 10))


@pytest.mark.parametrize(
    ("level", "snr", "clipped", "score", "poor"),
    [
        (-40.0, 12.0, 20, 0.6, False),  # the example of docs/metrics.md
        (-20.0, 30.0, 0, 1.0, False),
        (-45.0, 30.0, 0, 0.5, False),
        (-50.0, 30.0, 0, 0.25, False),
        (-50.2, 30.0, 0, 0.24, True),
        (-55.0, 30.0, 0, 0.0, True),
        (-20.0, 5.0, 0, 0.25, False),
        (-20.0, 4.8, 0, 0.24, True),
        (-20.0, -3.0, 0, 0.0, True),
        (-20.0, 30.0, 500, 0.5, False),
        (-20.0, 30.0, 760, 0.24, True),
        (-20.0, 30.0, 2000, 0.0, True),
    ],
)
def test_the_worst_figure_is_the_score(
    level: float, snr: float, clipped: int, score: float, poor: bool
) -> None:
    # What is measured in words is voice and noise together.
    noise = _noise(level) / (1 + _noise(snr))
    quality = rate([(_speech(level, clipped), noise)])
    assert quality == RecordingQuality(level, pytest.approx(snr), clipped / 10_000, score, poor)


def test_the_side_that_is_heard_worst() -> None:
    sides = [(_speech(-20.0), _noise(-60.0)), (_speech(-20.0), _noise(-30.0))]
    quality = rate(sides)
    assert quality is not None
    assert quality.snr_db == 9.5
    assert rate(reversed(sides)) == quality
    assert rate([]) is None


def test_a_line_without_noise() -> None:
    quality = rate([(_speech(-20.0), 0.0)])
    assert quality == RecordingQuality(-20.0, 60.0, 0.0, 1.0, False)


@pytest.mark.parametrize(
    ("quality", "said"),
    [
        (RecordingQuality(-20.0, 30.0, 0.001, 0.99, False), []),
        (RecordingQuality(-45.0, 8.0, 0.0, 0.4, False), []),
        (
            RecordingQuality(-52.0, 3.0, 0.02, 0.15, True),
            [
                "too poor to score reliably: recording quality 0.15 of 1",
                "clipped: 2.0% of the speech is at full scale",
                "very quiet: speech at -52 dBFS",
                "noisy: speech only 3 dB above the background",
            ],
        ),
    ],
)
def test_what_is_said_of_it(quality: RecordingQuality, said: list[str]) -> None:
    assert complaints(quality) == said


def test_words_are_added_up_by_second() -> None:
    samples = np.full(40_000, 0.5, np.float32)
    samples[20_000:] = 0.98
    found = measure_speech(samples, [(0.5, 1.25), (2.0, 9.0)])
    assert found.count.tolist() == [8_000, 4_000, 8_000]
    assert found.energy == pytest.approx([2_000, 1_000, 8_000 * 0.98**2], rel=1e-5)
    assert found.clipped == 8_000
    assert found.power == pytest.approx((3_000 + 8_000 * 0.98**2) / 20_000, rel=1e-5)


def _half_loud() -> np.ndarray:
    """Ten seconds at -40 dBFS, the middle four at -20."""
    samples = np.full(160_000, 0.01, np.float32)
    samples[48_000:112_000] = 0.1
    return frames_power(samples)


@pytest.mark.parametrize(
    ("busy", "level"),
    [
        ([(3.0, 7.0)], -40.0),
        ([(0.0, 3.2), (6.8, 10.0)], -20.0),
        ([(0.0, 10.0)], -40.0),
        ([], -40.0),
    ],
)
def test_noise_is_what_is_left_between_the_words(busy: list[Span], level: float) -> None:
    assert noise_power(_half_loud(), busy) == pytest.approx(_noise(level), rel=0.01)


def test_no_frames_no_noise() -> None:
    assert noise_power(frames_power(np.zeros(100, np.float32)), []) == 0.0
