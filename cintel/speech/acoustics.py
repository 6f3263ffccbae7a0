"""What the sound says beside the words: loudness, pitch, music, and how good the recording is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cintel.conversation import SIDES, Acoustics, Role, Span, Turn
from cintel.ingest.audio import SAMPLE_RATE, Recording, level_dbfs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

# Enough speech for a stable median F0; more costs time and changes nothing.
PITCH_SECONDS = 30.0
PITCH_CONFIDENCE = 0.8
MIN_PITCH_FRAMES = 50
SPOKEN_SHARE = 0.3
MUSIC_SECONDS = 4.0
MUSIC_DB_OVER_FLOOR = 12.0
# Spectral flatness (geometric over arithmetic mean power): tones near 0, noise near 0.56.
MUSIC_FLATNESS = 0.2
# The largest value of mu-law sound is 0.980, of A-law 0.984.
CLIPPED, CLIPPED_SHARE = 0.97, 0.001
QUIET_DBFS, LOW_SNR_DB = -45.0, 8.0
_FRAME = 1024


def measure_acoustics(
    recording: Recording, turns: Sequence[Turn], channels: dict[str, int]
) -> Acoustics:
    """Measure a recording whose turns have roles.

    Args:
        recording: the samples.
        turns: with words and roles.
        channels: the row of ``recording.samples`` of each speaker; empty for a mono call.
    """
    loudness: dict[str, tuple[float | None, ...]] = {}
    pitch: dict[str, tuple[float, float]] = {}
    for role in SIDES:
        spans = [(w.start, w.end) for turn in turns if turn.role == role for w in turn.words]
        if not spans:
            continue
        samples = _voice(recording, turns, role, channels)
        loudness[role] = _loudness(samples, spans)
        if (found := _pitch(samples, spans)) is not None:
            pitch[role] = found
    spoken = sorted((word.start, word.end) for turn in turns for word in turn.words)
    mono = recording.mono
    floor = _noise_floor(mono)
    music = _music(mono, spoken, floor)
    return Acoustics(loudness, pitch, music, _warnings(recording, spoken, floor))


def _voice(
    recording: Recording, turns: Sequence[Turn], role: Role, channels: dict[str, int]
) -> Samples:
    rows = {channels[turn.speaker] for turn in turns if turn.role == role and channels}
    return recording.samples[min(rows)] if rows else recording.mono


def _loudness(samples: Samples, spans: Sequence[Span]) -> tuple[float | None, ...]:
    """dBFS of the speech in each second, None where the side is not speaking."""
    import numpy as np

    mask = np.zeros(samples.size, dtype=bool)
    for start, end in spans:
        mask[int(start * SAMPLE_RATE) : int(end * SAMPLE_RATE)] = True
    values: list[float | None] = []
    for first in range(0, samples.size, SAMPLE_RATE):
        inside = mask[first : first + SAMPLE_RATE]
        speaks = inside.mean() >= SPOKEN_SHARE
        second = samples[first : first + SAMPLE_RATE]
        values.append(round(level_dbfs(second[inside]), 1) if speaks else None)
    return tuple(values)


def _pitch(samples: Samples, spans: Sequence[Span]) -> tuple[float, float] | None:
    """Median F0 in Hz and the standard deviation around it in semitones."""
    import numpy as np
    from swift_f0 import SwiftF0

    pieces, total = [], 0.0
    # Words from all over the call, not only its start.
    step = max(1, int(sum(end - start for start, end in spans) / PITCH_SECONDS))
    for start, end in spans[::step]:
        pieces.append(samples[int(start * SAMPLE_RATE) : int(end * SAMPLE_RATE)])
        total += end - start
        if total >= PITCH_SECONDS:
            break
    voice = np.concatenate(pieces)
    if voice.size < SAMPLE_RATE:
        return None
    found = SwiftF0(threads=1).detect(voice, SAMPLE_RATE)
    hertz = found.pitch_hz[found.confidence >= PITCH_CONFIDENCE]
    if hertz.size < MIN_PITCH_FRAMES:
        return None
    median = float(np.median(hertz))
    return round(median, 1), round(float(np.std(12 * np.log2(hertz / median))), 2)


def _frame_levels(samples: Samples) -> NDArray[np.float64]:
    import numpy as np

    count = samples.size // _FRAME
    power = np.square(samples[: count * _FRAME].reshape(count, _FRAME), dtype=np.float64)
    levels: NDArray[np.float64] = 10 * np.log10(np.maximum(power.mean(axis=1), 1e-12))
    return levels


def _noise_floor(samples: Samples) -> float:
    """dBFS that 90 % of the 64 ms frames exceed."""
    import numpy as np

    levels = _frame_levels(samples)
    return float(np.percentile(levels, 10)) if levels.size else -120.0


def _music(samples: Samples, spoken: Sequence[Span], floor: float) -> tuple[Span, ...]:
    """Long stretches without words that are loud and tonal."""
    import numpy as np

    found = []
    for start, end in _gaps(spoken, samples.size / SAMPLE_RATE):
        part = samples[int(start * SAMPLE_RATE) : int(end * SAMPLE_RATE)]
        levels = _frame_levels(part)
        loud = np.flatnonzero(levels > floor + MUSIC_DB_OVER_FLOOR)
        if loud.size * _FRAME / SAMPLE_RATE < MUSIC_SECONDS:
            continue
        if _flatness(part, loud) < MUSIC_FLATNESS:
            first, last = int(loud[0]), int(loud[-1]) + 1
            scale = _FRAME / SAMPLE_RATE
            found.append((round(start + first * scale, 3), round(start + last * scale, 3)))
    return tuple(found)


def _gaps(spoken: Sequence[Span], duration: float) -> list[Span]:
    gaps, reached = [], 0.0
    for start, end in [*spoken, (duration, duration)]:
        if start - reached >= MUSIC_SECONDS:
            gaps.append((reached, start))
        reached = max(reached, end)
    return gaps


def _flatness(samples: Samples, frames: NDArray[np.int64]) -> float:
    """Median spectral flatness of the frames between 200 and 3400 Hz."""
    import numpy as np

    blocks = samples[: samples.size // _FRAME * _FRAME].reshape(-1, _FRAME)[frames]
    power = np.square(np.abs(np.fft.rfft(blocks * np.hanning(_FRAME), axis=1))) + 1e-12
    low, high = (round(hertz * _FRAME / SAMPLE_RATE) for hertz in (200, 3400))
    band = power[:, low:high]
    return float(np.median(np.exp(np.log(band).mean(axis=1)) / band.mean(axis=1)))


def _warnings(recording: Recording, spoken: Sequence[Span], floor: float) -> tuple[str, ...]:
    import numpy as np

    warnings = list(recording.warnings)
    clipped = float((np.abs(recording.samples) >= CLIPPED).mean())
    if clipped > CLIPPED_SHARE:
        warnings.append(f"clipped: {clipped:.1%} of the samples are at full scale")
    mono = recording.mono
    voiced = [mono[int(a * SAMPLE_RATE) : int(b * SAMPLE_RATE)] for a, b in spoken]
    if voiced:
        level = level_dbfs(np.concatenate(voiced))
        if level < QUIET_DBFS:
            warnings.append(f"very quiet: speech at {level:.0f} dBFS")
        if level - floor < LOW_SNR_DB:
            warnings.append(f"noisy: speech only {level - floor:.0f} dB above the background")
    return tuple(warnings)
