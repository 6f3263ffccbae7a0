"""Noise to lay under speech: that of the line itself, or what the telephone picks up around it.

Each returns (channels, samples) at 24 kHz with an RMS of 1 inside the telephone band, the same
for the same seed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sample_audio.make.band import RATE, Samples, telephone, weights

Shape = tuple[int, ...]
Noise = Callable[[Shape, int], Samples]
"""Makes noise of a shape from a seed."""


def line(shape: Shape, seed: int) -> Samples:
    """Make noise that is even up to 300 Hz and falls 3 dB an octave above."""
    return _shaped(shape, seed, lambda hertz: 1 / np.sqrt(np.maximum(hertz, 300.0)))


def pink(shape: Shape, seed: int) -> Samples:
    """Make noise that falls 3 dB an octave from 50 Hz on."""
    return _shaped(shape, seed, lambda hertz: 1 / np.sqrt(np.maximum(hertz, 50.0)))


def white(shape: Shape, seed: int) -> Samples:
    """Make noise with the same power at every frequency of the band."""
    return _shaped(shape, seed, np.ones_like)


def babble(clips: Sequence[Samples], shape: Shape, seed: int) -> Samples:
    """Mix a room of voices: each clip backwards, so that no word is heard, over and over."""
    rng = np.random.default_rng(seed)
    room = np.zeros(shape, np.float32)
    for channel in room:
        for clip in clips:
            backwards = np.concatenate([clip[::-1], np.zeros(RATE // 4, np.float32)])
            again = np.resize(backwards, len(channel) + len(backwards))
            start = int(rng.integers(len(backwards)))
            channel += again[start : start + len(channel)] / np.sqrt(np.mean(np.square(clip)))
    return _unit(room, telephone(room))


def _shaped(
    shape: Shape, seed: int, gain: Callable[[NDArray[np.floating[Any]]], NDArray[Any]]
) -> Samples:
    rng = np.random.default_rng(seed)
    spectrum = np.fft.rfft(rng.standard_normal(shape), axis=-1)
    frequency = np.fft.rfftfreq(shape[-1], 1 / RATE)
    spectrum *= gain(frequency)
    spectrum *= weights(frequency)
    noise = np.fft.irfft(spectrum, n=shape[-1], axis=-1)
    return _unit(noise, noise)


def _unit(noise: NDArray[np.floating[Any]], heard: NDArray[np.floating[Any]]) -> Samples:
    return np.asarray(noise / np.sqrt(np.mean(np.square(heard))), dtype=np.float32)
