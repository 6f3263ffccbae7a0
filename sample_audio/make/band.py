"""The telephone band: what of a voice a phone line keeps."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

RATE = 24_000
"""Samples a second of every utterance, and of a mix until `telephone` resamples it."""

_EDGES = (220.0, 330.0, 3300.0, 3700.0)


def weights(frequency: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Gain of the line at each frequency in Hz: 1 from 330 to 3300, falling to 0 on both sides."""
    return np.asarray(np.interp(frequency, _EDGES, (0.0, 1.0, 1.0, 0.0)), dtype=np.float64)


def telephone(audio: Samples, rate: int = RATE) -> Samples:
    """Keep the band of the last axis and resample it from 24 kHz to `rate`, without any delay."""
    length = audio.shape[-1]
    spectrum = np.fft.rfft(audio, axis=-1) * weights(np.fft.rfftfreq(length, 1 / RATE))
    samples = round(length * rate / RATE)
    band = np.fft.irfft(spectrum[..., : samples // 2 + 1], n=samples, axis=-1)
    return np.asarray(band * (samples / length), dtype=np.float32)
