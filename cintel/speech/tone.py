"""A copy of a recording in which stretches of it are a tone."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cintel.conversation import Span
from cintel.errors import UsageError
from cintel.ingest.audio import Recording
from cintel.ingest.mp3 import encode_samples

HERTZ = 1000.0
LEVEL_DBFS = -26.0
FADE = 0.01  # seconds, so that the tone does not click


def cover(recording: Recording, stretches: Sequence[Span]) -> Recording:
    """The recording with a tone instead of its sound in each stretch, on every channel.

    What one side says leaks into the other's channel, so no channel is left as it is.

    Args:
        recording: is not changed.
        stretches: seconds, in order and without overlaps; what lies outside is cut off.
    """
    samples, rate = recording.samples.copy(), recording.sample_rate
    for start, end in stretches:
        first, last = (min(max(round(at * rate), 0), samples.shape[1]) for at in (start, end))
        samples[:, first:last] = _tone(last - first, rate)
    return replace(recording, samples=samples)


def write_covered(recording: Recording, stretches: Sequence[Span], target: Path) -> None:
    """Write such a copy as MP3; a kill leaves the old file, the new one, or none.

    Raises:
        UsageError: it cannot be written.
    """
    partial = target.with_name(f".{target.name}.partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(encode_samples(cover(recording, stretches).samples))
        partial.replace(target)
    except OSError as error:
        with suppress(OSError):
            partial.unlink()
        remedy = "Make room and rights to write there, or name another folder with --redacted"
        raise UsageError(target, f"cannot be written ({error.strerror})", remedy) from error


def _tone(length: int, rate: int) -> NDArray[np.float32]:
    at = np.arange(length, dtype=np.float64) / rate
    peak = np.sqrt(2.0) * 10 ** (LEVEL_DBFS / 20)
    edge = np.minimum(at, at[::-1]) / FADE
    wave = peak * np.sin(2 * np.pi * HERTZ * at) * np.minimum(edge, 1.0)
    tone: NDArray[np.float32] = wave.astype(np.float32)
    return tone
