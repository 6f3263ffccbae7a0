from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cintel.conversation import SIDES, Acoustics, Role, Span, Turn, Word
from cintel.ingest.audio import SAMPLE_RATE, Recording, read_audio
from cintel.speech.acoustics import measure_acoustics
from sample_audio.make.band import telephone
from sample_audio.make.encode import write
from sample_audio.make.mix import hold_music

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


def test_a_side_is_not_given_the_other_s_pitch() -> None:
    both = _voice(110.0, 6.0)
    both[2 * SAMPLE_RATE :] += 2 * _voice(210.0, 4.0)
    turns = (_turn("customer", 0.0, 2.0), _turn("customer", 2.0, 4.0), _turn("agent", 2.0, 6.0))
    pitch = _measure(both, *turns).pitch
    assert pitch["customer"][0] == pytest.approx(110.0, rel=0.02)
    assert pitch["agent"][0] == pytest.approx(210.0, rel=0.02)


def test_pitch_is_that_of_the_whole_call() -> None:
    voices = np.concatenate([_voice(110.0, 40.0), _voice(220.0, 20.0)])
    words = tuple(Word("word", float(n), n + 1.0) for n in range(60))
    turn = Turn(0, "agent", "agent", 0.0, 60.0, "words", words)
    median, spread = _measure(voices, turn).pitch["agent"]
    assert median == pytest.approx(110.0, rel=0.02)
    # A third of the words are an octave up: deviation is around their mean, 4 semitones.
    assert spread == pytest.approx(12 * np.sqrt(1 / 3 * 2 / 3), abs=0.3)


def _line(middle: Samples, noise: float = 0.001) -> Samples:
    """Two seconds of voice, and from second 3 on the middle; voice again at its end."""
    end = 3 + middle.size // SAMPLE_RATE + 1
    line = _noise(noise, end + 2.0)
    line[: 2 * SAMPLE_RATE] += _voice(150.0, 2.0)
    line[3 * SAMPLE_RATE :][: middle.size] += middle
    line[end * SAMPLE_RATE :] += _voice(150.0, 2.0)
    return line


def _music(line: Samples) -> tuple[Span, ...]:
    end = line.size / SAMPLE_RATE
    return _measure(line, _turn("agent", 0.0, 2.0), _turn("agent", end - 2.0, end)).music


def test_hold_music_between_words() -> None:
    ((start, end),) = _music(_line(_played(hold_music(20.0))))
    assert (start, end) == (pytest.approx(3.0, abs=0.5), pytest.approx(23.0, abs=0.5))


def test_hold_music_is_told_from_hum() -> None:
    hum = sum((_sine(0.02, 26.0, hertz) for hertz in (250.0, 300.0, 350.0, 400.0)), _noise(0, 26.0))
    assert _music(_line(_noise(0.0, 20.0)) + hum) == ()
    ((start, end),) = _music(_line(_played(hold_music(20.0))))
    assert end - start > 19.0


def test_music_on_one_channel_of_two() -> None:
    line = _line(_played(hold_music(20.0)))
    samples = np.stack([_noise(0.001, 26.0), line])
    samples[0, 10 * SAMPLE_RATE : 11 * SAMPLE_RATE] += _voice(110.0, 1.0)
    turns = (
        _turn("customer", 10.0, 11.0, "L"), _turn("agent", 0.0, 2.0, "R"),
        _turn("agent", 24.0, 26.0, "R"),
    )  # fmt: skip
    ((start, end),) = _measure(samples, *turns, L=0, R=1).music
    assert (start, end) == (pytest.approx(3.0, abs=0.5), pytest.approx(23.0, abs=0.5))


def _played(music: Samples) -> Samples:
    """Heard over the telephone at -20 dBFS."""
    heard = telephone(music, SAMPLE_RATE)
    return np.asarray(heard * (0.1 / np.sqrt(np.mean(np.square(heard)))), dtype=np.float32)


def _warned(samples: Samples) -> tuple[str, ...]:
    return _measure(samples, _turn("agent", 0.0, 3.0)).warnings


def _floored(speech: Samples, floor: float) -> Samples:
    """Three seconds of speech and three of line."""
    line = _noise(floor, 6.0)
    line[: speech.size] += speech
    return line


def test_a_good_recording_has_no_warning() -> None:
    found = _measure(_floored(_voice(150.0, 3.0), 0.001), _turn("agent", 0.0, 3.0))
    assert found.warnings == ()
    assert found.quality is not None
    assert (found.quality.score, found.quality.poor) == (1.0, False)


def test_where_nobody_speaks_there_is_no_quality() -> None:
    assert _measure(_noise(0.01, 3.0)).quality is None


def test_a_very_quiet_recording() -> None:
    assert _warned(_floored(_sine(0.004, 3.0), 0.0001)) == (
        "too poor to score reliably: recording quality 0.20 of 1",
        "very quiet: speech at -51 dBFS",
    )
    assert _warned(_floored(_sine(0.007, 3.0), 0.0001)) == ("very quiet: speech at -46 dBFS",)


def test_a_noisy_recording() -> None:
    assert _warned(_floored(_sine(0.1, 3.0), 0.1)) == (
        "too poor to score reliably: recording quality 0.00 of 1",
        "noisy: speech only -3 dB above the background",
    )
    assert _warned(_floored(_sine(0.1, 3.0), 0.032)) == (
        "noisy: speech only 7 dB above the background",
    )


def test_the_worse_side_counts() -> None:
    samples = np.stack([_floored(_voice(110.0, 3.0), 0.001), _floored(_sine(0.1, 3.0), 0.1)])
    turns = (_turn("agent", 0.0, 3.0, "L"), _turn("customer", 0.0, 3.0, "R"))
    quality = _measure(samples, *turns, L=0, R=1).quality
    assert quality is not None
    assert (quality.snr_db, quality.poor) == (pytest.approx(-3.0, abs=0.3), True)


def test_what_was_wrong_with_the_file_comes_first() -> None:
    samples = np.atleast_2d(_floored(_sine(0.1, 3.0), 0.03))
    recording = Recording(samples, SAMPLE_RATE, "made", "0", ("it was cut off",))
    first, second = measure_acoustics(recording, [_turn("agent", 0.0, 3.0)], {}).warnings
    assert (first, second[:5]) == ("it was cut off", "noisy")


def test_memory_does_not_grow_with_the_call() -> None:
    """Half an hour on two channels are 230 MB; what is measured beside them fits into 20."""
    voice = np.tile(_voice(150.0, 2.0), 900)
    samples = np.stack([voice, voice])
    words = tuple(Word("word", n * 4.0, n * 4.0 + 2.0) for n in range(450))
    turns = [Turn(row, role, role, 0.0, 1800.0, "words", words) for row, role in enumerate(SIDES)]
    recording = Recording(samples, SAMPLE_RATE, "made", "0")
    tracemalloc.start()
    measure_acoustics(recording, turns, {"agent": 0, "customer": 1})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20e6


@pytest.mark.parametrize("codec", ["mulaw", "alaw", "pcm"])
def test_a_call_that_was_driven_too_hard_is_clipped(codec: str, tmp_path: Path) -> None:
    call = read_audio(CALLS / "telecom-2-cancel-plan.wav")
    for gain, clipped in ((1, False), (8, True)):
        path = tmp_path / f"{gain}.wav"
        write(path, call.samples[:, : 20 * SAMPLE_RATE : 2] * gain, SAMPLE_RATE // 2, codec)
        found = measure_acoustics(read_audio(path), [_turn("agent", 1.0, 18.0)], {})
        assert any(warning.startswith("clipped: ") for warning in found.warnings) is clipped
        assert found.quality is not None
        assert found.quality.poor is clipped
