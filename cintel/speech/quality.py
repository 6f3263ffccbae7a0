"""How good a recording is: level, signal-to-noise ratio and clipping of the voices in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cintel.conversation import RecordingQuality, Span
from cintel.ingest.audio import SAMPLE_RATE, frame_power

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]
    Figures = NDArray[np.float64]

# The largest value of mu-law sound is 0.980, of A-law 0.984.
CLIPPED = 0.97
# Where each figure makes a recording useless, and where it no longer matters.
LEVEL_RANGE = (-55.0, -35.0)
SNR_RANGE = (0.0, 20.0)
CLIPPED_RANGE = (0.1, 0.0)
POOR = 0.25
QUIET_DBFS, NOISY_DB, CLIPPED_SHARE = -45.0, 8.0, 0.001
# Recognised words begin a little early or late.
MARGIN = 0.1
BEST_SNR = 60.0
FRAME = 1024
_FRAMES_A_SECOND = SAMPLE_RATE / FRAME
_QUIETEST = 1e-9


@dataclass(frozen=True, slots=True)
class Speech:
    """One side's words as sound.

    Attributes:
        energy: sum of squares in each second of the recording, shape (seconds,).
        count: samples of words in each second.
        clipped: samples of words at full scale.
    """

    energy: Figures
    count: NDArray[np.int64]
    clipped: int

    @property
    def power(self) -> float:
        """Mean square of all words."""
        return float(self.energy.sum() / max(int(self.count.sum()), 1))


def measure_speech(samples: Samples, spans: Iterable[Span]) -> Speech:
    """Add up the words of a side by second.

    Args:
        samples: shape (time,), 16 kHz.
        spans: its words, in seconds.
    """
    import numpy as np

    seconds = -(-samples.size // SAMPLE_RATE)
    energy, count, clipped = np.zeros(seconds), np.zeros(seconds, np.int64), 0
    for second, piece in _by_second(samples, spans):
        energy[second] += float(np.dot(piece, piece))
        count[second] += piece.size
        clipped += int(np.count_nonzero(np.abs(piece) >= CLIPPED))
    return Speech(energy, count, clipped)


def _by_second(samples: Samples, spans: Iterable[Span]) -> Iterator[tuple[int, Samples]]:
    for start, end in spans:
        first, last = (min(round(edge * SAMPLE_RATE), samples.size) for edge in (start, end))
        while first < last:
            second = first // SAMPLE_RATE
            stop = min(last, (second + 1) * SAMPLE_RATE)
            yield second, samples[first:stop]
            first = stop


def noise_power(power: Figures, busy: Sequence[Span]) -> float:
    """Mean square of the background: what 70 % of the frames in the pauses exceed.

    Args:
        power: of each frame of ``FRAME`` samples, from :func:`cintel.ingest.audio.frame_power`.
        busy: where somebody speaks or music plays, in seconds.
    """
    import numpy as np

    quiet = np.ones(power.size, dtype=bool)
    for start, end in busy:
        quiet[_frames(start - MARGIN, end + MARGIN)] = False
    if quiet.sum() >= _FRAMES_A_SECOND:
        return float(np.percentile(power[quiet], 30))
    # Nobody pauses for a second in all: the softest frames are what comes nearest.
    return float(np.percentile(power, 5)) if power.size else 0.0


def frames_power(samples: Samples) -> Figures:
    """Mean square of each 64 ms."""
    return frame_power(samples, FRAME)


def median_power(power: Figures, span: Span) -> float:
    """Median over the frames of a stretch."""
    import numpy as np

    return float(np.median(power[_frames(*span)]))


def _frames(start: float, end: float) -> slice:
    """The frames that a stretch of seconds touches."""
    return slice(max(int(start * _FRAMES_A_SECOND), 0), max(int(end * _FRAMES_A_SECOND) + 1, 0))


def rate(sides: Iterable[tuple[Speech, float]]) -> RecordingQuality | None:
    """The figures of the side that is heard worst.

    Args:
        sides: the words of each side that speaks, and the power of the noise on its channel.
    """
    import numpy as np

    rated = []
    for speech, noise in sides:
        voice = max(speech.power - noise, _QUIETEST)
        snr = min(10 * float(np.log10(voice / max(noise, _QUIETEST))), BEST_SNR)
        level = 10 * float(np.log10(max(speech.power, _QUIETEST)))
        clipped = speech.clipped / max(int(speech.count.sum()), 1)
        parts = ((level, LEVEL_RANGE), (snr, SNR_RANGE), (clipped, CLIPPED_RANGE))
        score = round(min(_ramp(value, *ends) for value, ends in parts), 2)
        rated.append((score, round(level, 1), round(snr, 1), round(clipped, 4)))
    if not rated:
        return None
    score, level, snr, clipped = min(rated)
    return RecordingQuality(level, snr, clipped, score, score < POOR)


def _ramp(value: float, worst: float, best: float) -> float:
    """0 at the worst value, 1 at the best one, straight between them."""
    return min(max((value - worst) / (best - worst), 0.0), 1.0)


def complaints(quality: RecordingQuality) -> list[str]:
    """What is wrong with a recording, in plain words; the worst first."""
    found = []
    if quality.poor:
        found.append(f"too poor to score reliably: recording quality {quality.score:.2f} of 1")
    if quality.clipped_share > CLIPPED_SHARE:
        found.append(f"clipped: {quality.clipped_share:.1%} of the speech is at full scale")
    if quality.level_dbfs < QUIET_DBFS:
        found.append(f"very quiet: speech at {quality.level_dbfs:.0f} dBFS")
    if quality.snr_db < NOISY_DB:
        found.append(f"noisy: speech only {quality.snr_db:.0f} dB above the background")
    return found
