"""Music is made, sent through a codec and laid between noise; so is all that is no music."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cintel.ingest.audio import SAMPLE_RATE, read_audio
from cintel.speech.music import find_music
from sample_audio.make import noise
from sample_audio.make.band import RATE, telephone
from sample_audio.make.encode import write
from sample_audio.make.mix import hold_music

Samples = NDArray[np.float32]
CALLS = Path(__file__).parents[2] / "sample_audio" / "calls"
WHOLE = [(0.0, 60.0)]


def heard(sound: Samples, level: float = 0.1) -> Samples:
    """Through the telephone band, at an RMS of ``level``."""
    band = telephone(sound, SAMPLE_RATE)
    return np.asarray(band * (level / np.sqrt(np.mean(np.square(band)))), dtype=np.float32)


def coded(sound: Samples, codec: str, folder: Path) -> Samples:
    path = folder / f"sound.{codec}"
    write(path, sound[np.newaxis, ::2], SAMPLE_RATE // 2, codec)
    return read_audio(path).samples[0]


def line(seconds: float, level: float) -> Samples:
    size = round(seconds * SAMPLE_RATE)
    return np.random.default_rng(2).normal(0, level, size).astype(np.float32)


def tones(hertz: Sequence[float], on: float, off: float) -> Samples:
    """A minute of tones that come and go, over a quiet line."""
    time = np.arange(60 * SAMPLE_RATE) / SAMPLE_RATE
    sound = np.sum([np.sin(2 * np.pi * f * time) for f in hertz], axis=0)
    return line(60.0, 0.001) + (0.05 * sound * (time % (on + off) < on)).astype(np.float32)


@pytest.mark.parametrize("codec", ["mulaw", "mp3-low", "opus-low"])
@pytest.mark.parametrize(("level", "floor"), [(0.1, 0.001), (0.05, 0.01)])
def test_hold_music_is_found_to_half_a_second(
    codec: str, level: float, floor: float, tmp_path: Path
) -> None:
    sound = line(60.0, floor)
    music = heard(hold_music(23.4, seed=4), level)
    sound[round(7.3 * SAMPLE_RATE) :][: music.size] += music
    ((start, end),) = find_music(coded(sound, codec, tmp_path), WHOLE)
    assert (start, end) == (pytest.approx(7.3, abs=0.5), pytest.approx(30.7, abs=0.5))


def test_music_of_many_minutes_is_one_stretch() -> None:
    sound = heard(hold_music(200.0))
    ((start, end),) = find_music(sound, [(0.0, 200.0)])
    assert (start, end) == (pytest.approx(0.0, abs=1.0), pytest.approx(200.0, abs=1.0))


def test_music_is_looked_for_only_where_told() -> None:
    sound = heard(hold_music(60.0))
    assert find_music(sound, []) == []
    assert find_music(sound, [(10.0, 13.9)]) == []
    first, second = find_music(sound, [(5.0, 20.0), (30.0, 50.0)])
    assert first == (pytest.approx(5.0, abs=0.5), pytest.approx(20.0, abs=0.5))
    assert second == (pytest.approx(30.0, abs=0.5), pytest.approx(50.0, abs=0.5))


@pytest.mark.parametrize(
    ("hertz", "on", "off"),
    [
        ((440.0, 480.0), 2.0, 4.0),  # ringing, North America
        ((400.0, 450.0), 0.4, 0.2),  # ringing, Britain, without its long pause
        ((425.0,), 1.0, 4.0),  # ringing, Europe
        ((350.0, 440.0), 60.0, 0.0),  # dial tone
        ((480.0, 620.0), 0.5, 0.5),  # busy tone
        ((1400.0,), 0.5, 10.0),  # the beep of a recorder
    ],
)
@pytest.mark.parametrize("codec", ["mulaw", "opus-low"])
def test_tones_of_the_network_are_no_music(
    hertz: tuple[float, ...], on: float, off: float, codec: str, tmp_path: Path
) -> None:
    assert find_music(coded(tones(hertz, on, off), codec, tmp_path), WHOLE) == []


@pytest.mark.parametrize("kind", [noise.line, noise.pink, noise.white])
def test_noise_is_no_music(kind: noise.Noise, tmp_path: Path) -> None:
    sound = heard(kind((1, 60 * RATE), 0)[0])
    assert find_music(coded(sound, "mulaw", tmp_path), WHOLE) == []
    assert find_music(np.zeros(60 * SAMPLE_RATE, np.float32), WHOLE) == []


@pytest.mark.parametrize("path", sorted(CALLS.glob("*.truth.json")), ids=lambda path: path.stem)
def test_speech_and_its_pauses_are_no_music(path: Path) -> None:
    """Looked at from end to end, as if no word had been recognised."""
    truth = json.loads(path.read_text())
    recording = read_audio(CALLS / truth["file"])
    held = [(h["start"], h["end"]) for h in truth["holds"] if h["kind"] == "music"]
    found = find_music(recording.samples[0], [(0.0, recording.duration)])
    assert len(found) == len(held)
    for stretch, true in zip(found, held, strict=True):
        assert stretch == pytest.approx(true, abs=0.6)
