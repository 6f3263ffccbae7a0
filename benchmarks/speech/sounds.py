"""Ten minutes of what is not speech; every word heard in it is invented."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sample_audio.make import noise
from sample_audio.make.band import RATE, telephone
from sample_audio.make.mix import hold_music

Samples = NDArray[np.float32]

SECONDS = 600
SAMPLE_RATE = 16_000
_LEVEL = 0.1  # -20 dBFS
# British ringing: 400 and 450 Hz, twice 0.4 s, then 2 s of silence.
_TONES = (400.0, 450.0)
_RINGING = ((0.0, 0.4), (0.6, 1.0))
_CADENCE = 3.0


def sounds() -> Iterator[tuple[str, Samples]]:
    """Name and samples at 16 kHz, one after the other."""
    yield "silence", np.zeros(SECONDS * SAMPLE_RATE, np.float32)
    yield "hold music", _heard(hold_music(SECONDS))
    yield "noise", _heard(noise.pink((1, SECONDS * RATE), 0)[0])
    yield "ringing", _heard(_ringing())


def _ringing() -> Samples:
    time = np.arange(SECONDS * RATE) / RATE
    phase = time % _CADENCE
    on = np.any([(phase >= start) & (phase < end) for start, end in _RINGING], axis=0)
    tone = np.sum([np.sin(2 * np.pi * hertz * time) for hertz in _TONES], axis=0)
    return np.asarray(tone * on, dtype=np.float32)


def _heard(sound: Samples) -> Samples:
    """Through the telephone band, at -20 dBFS."""
    heard = telephone(sound, SAMPLE_RATE)
    return np.asarray(heard * (_LEVEL / np.sqrt(np.mean(np.square(heard)))), dtype=np.float32)
