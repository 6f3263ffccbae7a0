"""Echoes are laid over real two-channel calls, sent through G.711, and taken out again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.samples import normal
from cintel.ingest.audio import SAMPLE_RATE, Recording, level_dbfs, read_audio
from cintel.speech.crosstalk import find_leaks, remove_crosstalk
from cintel.speech.listen import Heard, Listener
from sample_audio.make.encode import round_trip

Samples = NDArray[np.float32]
Mask = NDArray[np.bool_]
CALLS = Path(__file__).parents[2] / "sample_audio" / "calls"
CALL = CALLS / "ecommerce-2-missing-parcel.wav"
ROLES = ("agent", "customer")
NOISE_DBFS = -55.0


@pytest.fixture(scope="module")
def clean() -> Samples:
    return read_audio(CALL).samples


@pytest.fixture(scope="module")
def truth() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(CALL.with_suffix(".truth.json").read_text())["turns"]
    return found


def leaking(clean: Samples, gain: float, delay: float, into: tuple[int, ...] = (0, 1)) -> Samples:
    """Each channel ``into`` hears the other ``gain`` dB softer and ``delay`` seconds late."""
    late = round(delay * SAMPLE_RATE)
    leaky = clean.copy()
    for row in into:
        leaky[row, late:] += 10 ** (gain / 20) * clean[1 - row, : clean.shape[1] - late]
    leaky += line_noise(leaky.shape)
    return heard_by_telephone(leaky)


def line_noise(shape: tuple[int, ...]) -> Samples:
    """In the telephone band, where the voices are."""
    spectrum = np.fft.rfft(np.random.default_rng(3).normal(0, 1, shape), axis=-1)
    hertz = np.fft.rfftfreq(shape[-1], 1 / SAMPLE_RATE)
    spectrum[..., (hertz < 300) | (hertz > 3400)] = 0
    noise = np.fft.irfft(spectrum, shape[-1], axis=-1)
    return np.asarray(noise / noise.std() * 10 ** (NOISE_DBFS / 20), dtype=np.float32)


def heard_by_telephone(samples: Samples) -> Samples:
    """Through G.711 at 8 kHz."""
    coded = round_trip(samples[:, ::2], SAMPLE_RATE // 2, "mulaw")
    spectrum = np.fft.rfft(coded, axis=-1)
    wide = np.zeros((len(samples), samples.shape[1] // 2 + 1), np.complex128)
    wide[:, : spectrum.shape[1]] = spectrum
    return (2 * np.fft.irfft(wide, samples.shape[1], axis=-1)).astype(np.float32)


def speaks(truth: list[dict[str, Any]], role: str, size: int, margin: float = 0.0) -> Mask:
    mask = np.zeros(size, dtype=bool)
    for turn in truth:
        if turn["role"] == role:
            first, last = turn["start"] - margin, turn["end"] + margin
            mask[max(round(first * SAMPLE_RATE), 0) : round(last * SAMPLE_RATE)] = True
    return mask


@pytest.mark.parametrize("name", ["ecommerce-2-missing-parcel.wav", "telecom-1-internet-down.wav"])
def test_a_call_that_does_not_leak_is_left_alone(name: str) -> None:
    samples = read_audio(CALLS / name).samples
    before = samples.tobytes()
    assert remove_crosstalk(samples) is samples
    assert samples.tobytes() == before


@pytest.mark.parametrize("gain", [-12.0, -20.0, -30.0])
@pytest.mark.parametrize("delay", [0.0, 0.02, 0.15])
def test_echoes_go_and_voices_stay(
    clean: Samples, truth: list[dict[str, Any]], gain: float, delay: float
) -> None:
    leaky = leaking(clean, gain, delay)
    before = leaky.tobytes()
    cleaned = remove_crosstalk(leaky)
    assert leaky.tobytes() == before
    size = clean.shape[1]
    for row, role in enumerate(ROLES):
        own = speaks(truth, role, size)
        echo = speaks(truth, ROLES[1 - row], size) & ~speaks(truth, role, size, margin=0.5)
        assert level_dbfs(cleaned[row, echo]) < NOISE_DBFS + 6
        difference = cleaned[row, own] - clean[row, own]
        assert level_dbfs(difference) < level_dbfs(clean[row, own]) - 22


def test_both_are_kept_where_they_speak_at_once(
    clean: Samples, truth: list[dict[str, Any]]
) -> None:
    """The customer talks over the agent all the time, and only the agent leaks."""
    both = clean.copy()
    both[1] = np.roll(clean[1], -10 * SAMPLE_RATE)
    cleaned = remove_crosstalk(leaking(both, -15.0, 0.03, into=(1,)))
    loud = np.roll(speaks(truth, "customer", clean.shape[1]), -10 * SAMPLE_RATE)
    over = loud & speaks(truth, "agent", clean.shape[1])
    assert over.sum() > 5 * SAMPLE_RATE
    assert level_dbfs(cleaned[1, over] - both[1, over]) < level_dbfs(both[1, over]) - 20
    assert level_dbfs(cleaned[0] - both[0]) < level_dbfs(both[0]) - 25


def test_the_path_is_found(clean: Samples) -> None:
    into_agent, into_customer = find_leaks(leaking(clean, -20.0, 0.1, into=(0,)))
    assert into_customer is None
    assert into_agent is not None
    peak = int(np.abs(into_agent.taps).argmax())
    assert (into_agent.delay + peak) / SAMPLE_RATE == pytest.approx(0.1, abs=0.001)
    assert 0.1 < into_agent.explained < 1.0


def test_one_side_s_echo_leaves_the_other_channel_alone(clean: Samples) -> None:
    leaky = leaking(clean, -20.0, 0.1, into=(0,))
    cleaned = remove_crosstalk(leaky)
    assert cleaned[1].tobytes() == leaky[1].tobytes()
    assert cleaned[0].tobytes() != leaky[0].tobytes()


@pytest.mark.parametrize("seconds", [0.0, 0.5, 3.0])
def test_too_little_to_know_a_path(clean: Samples, seconds: float) -> None:
    samples = clean[:, : round(seconds * SAMPLE_RATE)]
    assert remove_crosstalk(samples) is samples


def test_digital_silence_does_not_leak(clean: Samples) -> None:
    samples = np.stack([clean[0], np.zeros_like(clean[0])])
    assert remove_crosstalk(samples) is samples


def words(heard: Heard, row: int) -> list[str]:
    turns = (turn for turn in heard.turns if heard.channels[turn.speaker] == row)
    return normal(" ".join(turn.text for turn in turns)).split()


@pytest.mark.models
def test_nobody_is_heard_to_say_what_the_other_said(
    clean: Samples, truth: list[dict[str, Any]]
) -> None:
    end = 40.0
    part = clean[:, : round(end * SAMPLE_RATE)]
    listener = Listener("whisper-base", "cpu")
    sounds = (part, remove_crosstalk(leaking(part, -12.0, 0.02)))
    plain, cleaned = (
        listener.listen(Recording(sound, SAMPLE_RATE, "made", "0"), "en") for sound in sounds
    )
    for row, role in enumerate(ROLES):
        said = normal(" ".join(t["text"] for t in truth if t["role"] == role and t["end"] < end))
        expected, found = words(plain, row), words(cleaned, row)
        assert len(found) == pytest.approx(len(expected), rel=0.05)
        before, after = (jiwer.wer(said, " ".join(heard)) for heard in (expected, found))
        assert after <= before + 0.03
