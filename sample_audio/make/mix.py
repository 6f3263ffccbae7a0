"""Mix placed utterances into the sound of a recorded telephone line. NumPy only, deterministic.

`render` mixes clips to (channels, samples) at 24 kHz, `band.telephone` keeps the band and
resamples, `encode.write` takes the result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sample_audio.make.band import RATE, Samples, telephone
from sample_audio.make.noise import Noise, line

LEVEL = -20.0
"""RMS of a side's speech in the telephone band, in dBFS, unless `levels` says otherwise."""

_CHANNEL = {"agent": 0, "customer": 1, "system": 0, "music": 0}
_CEILING = 0.9
_BAR = 2.4
_CHORDS = ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14))


@dataclass(frozen=True)
class Clip:
    """Sound of one side at a time: `side` is agent, customer, system or music; `gain` in dB."""

    side: str
    start: float
    samples: Samples
    gain: float = 0.0


def render(
    clips: Sequence[Clip],
    seconds: float,
    *,
    layout: str = "mono",
    snr: float = 30.0,
    levels: Mapping[str, float] | None = None,
    noise: Noise = line,
    seed: int = 0,
) -> NDArray[np.float32]:
    """Mix `clips` to (channels, samples) at 24 kHz, with `noise` lying `snr` dB under `LEVEL`.

    `stereo` puts agent, system and music left and the customer right. Each side is brought to
    its level as a whole, so loud and soft turns stay loud and soft.
    """
    channels = 2 if layout == "stereo" else 1
    audio = np.zeros((channels, round(seconds * RATE) + RATE), np.float32)
    for side in sorted({clip.side for clip in clips}):
        gain = _side_gain(clips, side, (levels or {}).get(side, LEVEL))
        for clip in (clip for clip in clips if clip.side == side):
            at = round(clip.start * RATE)
            sound = clip.samples * np.float32(gain * _ratio(clip.gain))
            audio[_CHANNEL[side] % channels, at : at + len(sound)] += sound
    audio = audio[:, : round(seconds * RATE)]
    floor = noise(audio.shape, seed) * np.float32(_ratio(LEVEL - snr))
    mixed: NDArray[np.float32] = np.tanh((audio + floor) / _CEILING) * np.float32(_CEILING)
    return mixed


def hold_music(seconds: float, seed: int = 0) -> Samples:
    """Play a slow chord sequence with a plucked melody over it, faded in and out."""
    rng = np.random.default_rng(seed)
    music = np.zeros(round(seconds * RATE), np.float64)
    for bar in range(int(seconds / _BAR) + 1):
        chord = _CHORDS[bar % len(_CHORDS)]
        for note in chord:
            _add(music, _tone(note, _BAR, decay=0.8) * 0.18, bar * _BAR)
        for beat in range(4):
            note = int(rng.choice(chord)) + 12
            _add(music, _tone(note, _BAR / 2, decay=4.0) * 0.3, (bar + beat / 4) * _BAR)
    fade = np.clip(np.arange(len(music)) / (0.4 * RATE), 0, 1)
    return np.asarray(music * fade * fade[::-1], dtype=np.float32)


def _side_gain(clips: Sequence[Clip], side: str, level: float) -> float:
    samples = telephone(np.concatenate([clip.samples for clip in clips if clip.side == side]))
    rms = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
    return _ratio(level) / max(rms, 1e-9)


def _ratio(decibels: float) -> float:
    return float(10 ** (decibels / 20))


def _tone(semitone: int, seconds: float, decay: float) -> NDArray[np.float64]:
    time = np.arange(round(seconds * RATE)) / RATE
    frequency = 261.63 * 2 ** (semitone / 12)
    harmonics = (np.sin(2 * np.pi * frequency * n * time) / n**2 for n in (1, 2, 3))
    attack = np.clip(time / 0.02, 0, 1) * np.clip((seconds - time) / 0.05, 0, 1)
    return np.asarray(sum(harmonics) * attack * np.exp(-decay * time), dtype=np.float64)


def _add(target: NDArray[np.float64], sound: NDArray[np.float64], start: float) -> None:
    at = round(start * RATE)
    room = max(0, len(target) - at)
    target[at : at + len(sound)] += sound[:room]
