from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cintel.conversation import Acoustics, Role, Turn, Word
from cintel.ingest.audio import SAMPLE_RATE, Recording, read_audio
from cintel.speech.acoustics import measure_acoustics
from sample_audio.make.encode import write

Samples = NDArray[np.float32]
CALLS = Path(__file__).parents[2] / "sample_audio" / "calls"


def _at(seconds: float) -> NDArray[np.float64]:
    return np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE


def _sine(amplitude: float, seconds: float, hertz: float = 1000.0) -> Samples:
    return (amplitude * np.sin(2 * np.pi * hertz * _at(seconds))).astype(np.float32)


def _noise(level: float, seconds: float) -> Samples:
    size = round(seconds * SAMPLE_RATE)
    return np.random.default_rng(5).normal(0, level, size).astype(np.float32)


def _voice(hertz: float, seconds: float) -> Samples:
    """Harmonics that fall off as a voice's do, with a little vibrato."""
    phase = 2 * np.pi * hertz * _at(seconds) + 0.2 * np.sin(2 * np.pi * 5 * _at(seconds))
    total = sum(np.sin(k * phase) / k for k in range(1, 20))
    return (0.1 * np.asarray(total)).astype(np.float32)


def _turn(role: Role, start: float, end: float, speaker: str | None = None) -> Turn:
    words = (Word("word", start, end),)
    return Turn(0, role, speaker or role, start, end, "word", words)


def _measure(samples: Samples, *turns: Turn, **channels: int) -> Acoustics:
    rows = np.atleast_2d(samples)
    return measure_acoustics(Recording(rows, SAMPLE_RATE, "made", "0"), turns, channels)


@pytest.mark.parametrize(
    ("amplitude", "level"), [(1 / np.sqrt(2), -6.0), (0.1, -23.0), (0.01, -43.0)]
)
def test_loudness_of_a_sine_is_its_root_mean_square(amplitude: float, level: float) -> None:
    found = _measure(_sine(amplitude, 3.0), _turn("agent", 0.0, 3.0))
    assert found.loudness == {"agent": pytest.approx((level, level, level), abs=0.1)}


def test_loudness_counts_only_the_words_of_a_side() -> None:
    samples = np.concatenate([_sine(0.1, 2.0), _sine(0.01, 2.0), np.zeros(SAMPLE_RATE, "f4")])
    found = _measure(samples, _turn("agent", 0.0, 1.5), _turn("customer", 2.0, 4.0))
    assert found.loudness["agent"] == (pytest.approx(-23.0, abs=0.1),) * 2 + (None,) * 3
    assert found.loudness["customer"] == (
        (None,) * 2 + (pytest.approx(-43.0, abs=0.1),) * 2 + (None,)
    )


def test_each_side_is_measured_on_its_own_channel() -> None:
    samples = np.stack([_sine(0.1, 2.0), _sine(0.01, 2.0)])
    turns = (_turn("agent", 0.0, 2.0, "L"), _turn("customer", 0.0, 2.0, "R"))
    found = _measure(samples, *turns, L=0, R=1)
    assert found.loudness["agent"] == pytest.approx((-23.0, -23.0), abs=0.1)
    assert found.loudness["customer"] == pytest.approx((-43.0, -43.0), abs=0.1)


@pytest.mark.parametrize("hertz", [110.0, 210.0])
def test_pitch_of_a_steady_voice(hertz: float) -> None:
    found = _measure(_voice(hertz, 4.0), _turn("customer", 0.0, 4.0))
    median, spread = found.pitch["customer"]
    assert median == pytest.approx(hertz, rel=0.02)
    assert spread < 1.0


def test_noise_and_too_little_speech_have_no_pitch() -> None:
    assert _measure(_noise(0.05, 4.0), _turn("agent", 0.0, 4.0)).pitch == {}
    assert _measure(_voice(150.0, 4.0), _turn("agent", 0.0, 0.5)).pitch == {}


def test_a_side_that_says_nothing_is_left_out() -> None:
    found = _measure(_voice(150.0, 3.0), _turn("agent", 0.0, 3.0))
    assert set(found.loudness) == set(found.pitch) == {"agent"}


def _hold(middle: Samples) -> Acoustics:
    line = _noise(0.001, 12.0)
    line[: 2 * SAMPLE_RATE] += _voice(150.0, 2.0)
    line[3 * SAMPLE_RATE : 9 * SAMPLE_RATE] += middle
    line[10 * SAMPLE_RATE :] += _voice(150.0, 2.0)
    return _measure(line, _turn("agent", 0.0, 2.0), _turn("agent", 10.0, 12.0))


def test_a_chord_between_words_is_music() -> None:
    chord = sum((_sine(0.05, 6.0, hertz) for hertz in (440.0, 554.0, 659.0)), start=_noise(0, 6.0))
    ((start, end),) = _hold(chord).music
    assert (start, end) == (pytest.approx(3.0, abs=0.1), pytest.approx(9.0, abs=0.1))


def test_noise_and_silence_between_words_are_no_music() -> None:
    assert _hold(_noise(0.05, 6.0)).music == ()
    assert _hold(_noise(0.0, 6.0)).music == ()


def _warned(samples: Samples) -> tuple[str, ...]:
    return _measure(samples, _turn("agent", 0.0, 3.0)).warnings


def _floored(speech: Samples, floor: float) -> Samples:
    """Three seconds of speech and three of line."""
    line = _noise(floor, 6.0)
    line[: speech.size] += speech
    return line


def test_a_good_recording_has_no_warning() -> None:
    assert _warned(_floored(_voice(150.0, 3.0), 0.001)) == ()


def test_a_very_quiet_recording() -> None:
    (warning,) = _warned(_floored(_sine(0.004, 3.0), 0.0001))
    assert warning == "very quiet: speech at -51 dBFS"


def test_a_noisy_recording() -> None:
    (warning,) = _warned(_floored(_sine(0.1, 3.0), 0.1))
    assert warning.startswith("noisy: speech only ")


@pytest.mark.parametrize("codec", ["mulaw", "alaw", "pcm"])
def test_a_call_that_was_driven_too_hard_is_clipped(codec: str, tmp_path: Path) -> None:
    call = read_audio(CALLS / "telecom-2-cancel-plan.wav")
    for gain, clipped in ((1, False), (8, True)):
        path = tmp_path / f"{gain}.wav"
        write(path, call.samples[:, : 20 * SAMPLE_RATE : 2] * gain, SAMPLE_RATE // 2, codec)
        found = measure_acoustics(read_audio(path), [_turn("agent", 1.0, 3.0)], {})
        assert any(warning.startswith("clipped: ") for warning in found.warnings) is clipped
