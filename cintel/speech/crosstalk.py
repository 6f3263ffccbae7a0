"""Cross-talk: the other party's voice on a party's own channel, found and taken out.

What leaks is the other channel, delayed and filtered by a path that stays. The path is the
least-squares filter from the other channel to this one over stretches in which only the other
one speaks. Its output is subtracted, and what is left of an echo is muted where nobody speaks
over it: a canceller and a non-linear processor, as in ITU-T G.168.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cintel.ingest.audio import SAMPLE_RATE, frame_levels, frame_power

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]
    Figures = NDArray[np.float64]
    Flags = NDArray[np.bool_]

# An echo comes up to 0.35 s late; recorders that shift their channels make it come early.
EARLIEST, LATEST = -SAMPLE_RATE // 20, SAMPLE_RATE * 7 // 20
# 64 ms: what the telephone at the far end and the room around it spread.
TAPS = 1024
# Only the other side speaks where it is near its usual level and this one so much below it.
ACTIVE_DB, ALONE_DB = 20.0, 6.0
# Windows of half a second from which a path is learnt; more cost time and change nothing.
MIN_WINDOWS, MAX_WINDOWS = 6, 80
# The share of a channel's power, while only the other speaks, that a leak explains. Channels
# that do not leak stay below 0; a leak of this share is 15 dB under all else that is heard there.
EXPLAINED = 0.03
# A voice of one's own is this much over noise and what is left of the echo, for this long …
OWN_DB, OWN_FRAMES = 6.0, 3
# … and its softer beginnings and ends lie this close to it.
KEPT_FRAMES = 15
_WINDOW = SAMPLE_RATE // 2
_CROSS = 1 << 14  # holds a window, the latest echo of it and the taps after that
_FRAME = SAMPLE_RATE // 50
_BLOCK = 400 * _FRAME
_SPECTRUM = 1 << 17  # holds a block and the taps before it
_QUIETEST = 10**-7.5


@dataclass(frozen=True, slots=True)
class Leak:
    """The path by which one channel hears the other.

    Attributes:
        delay: samples before the first tap; negative where the channel runs ahead.
        taps: the filter, shape (``TAPS``,).
        explained: of the channel's power while only the other speaks, the share that leaked.
    """

    delay: int
    taps: Samples
    explained: float


def remove_crosstalk(samples: Samples) -> Samples:
    """Take out of each channel what leaked from the other.

    Args:
        samples: shape (2, time) at 16 kHz, a party each.

    Returns:
        The same array where nothing leaks; else a new one of the same shape, in which echoes
        are cancelled, and stretches of a channel that held nothing else are silent.
    """
    leaks = find_leaks(samples)
    if leaks == (None, None):
        return samples
    cleaned = samples.copy()
    for row, leak in enumerate(leaks):
        if leak is not None:
            _apply(cleaned[row], _gains(*_cancel(cleaned[row], samples[1 - row], leak)))
    return cleaned


def find_leaks(samples: Samples) -> tuple[Leak | None, Leak | None]:
    """The path into each channel from the other one; None where nothing leaks.

    Args:
        samples: shape (2, time) at 16 kHz.
    """
    first, second = (frame_levels(row, _WINDOW) for row in samples)
    return (
        _leak(samples[0], samples[1], _alone(first, second)),
        _leak(samples[1], samples[0], _alone(second, first)),
    )


def _alone(here: Figures, there: Figures) -> list[int]:
    """The windows in which the other side speaks, those first in which this one says least."""
    import numpy as np

    if not there.size:
        return []
    loud = there > np.percentile(there, 95) - ACTIVE_DB
    found = np.flatnonzero(loud & (here - there < -ALONE_DB))
    kept = found[np.argsort((here - there)[found], kind="stable")][:MAX_WINDOWS]
    return [int(window) for window in kept]


@dataclass(frozen=True, slots=True)
class _Sums:
    """Weighted spectra over windows: cross, power of the source, energy of the channel."""

    cross: NDArray[np.complex128]
    power: Figures
    energy: float

    def path(self, delay: int | None = None) -> tuple[int, Samples]:
        """The least-squares filter where it has most energy, or from ``delay`` on."""
        import numpy as np

        # The band that a telephone cuts off has no power to divide by.
        response = np.fft.irfft(self.cross / (self.power + 1e-3 * self.power.mean()))
        if delay is None:
            total = np.cumsum(np.square(response[: LATEST - EARLIEST + TAPS]))
            delay = int(np.argmax(total[TAPS:] - total[:-TAPS])) + 1 + EARLIEST
        return delay, response[delay - EARLIEST :][:TAPS].astype(np.float32)

    def explained(self, delay: int, taps: Samples) -> float:
        """Energy that subtracting a filter's output takes away, by Parseval's theorem."""
        import numpy as np

        padded = np.zeros(_CROSS)
        padded[delay - EARLIEST :][: taps.size] = taps
        path = np.fft.rfft(padded)
        gain = 2 * np.real(np.conj(path) * self.cross) - np.square(np.abs(path)) * self.power
        return float(2 * gain.sum() - gain[0] - gain[-1]) / _CROSS


def _leak(here: Samples, there: Samples, windows: Sequence[int]) -> Leak | None:
    """The path into a channel; what either half of the windows finds has to hold in the other."""
    if len(windows) < MIN_WINDOWS:
        return None
    odd, even = (_sums(here, there, windows[first::2]) for first in (0, 1))
    both = _Sums(odd.cross + even.cross, odd.power + even.power, odd.energy + even.energy)
    delay, taps = both.path()
    held = odd.explained(*even.path(delay)) + even.explained(*odd.path(delay))
    found = held > EXPLAINED * both.energy
    return Leak(delay, taps, held / both.energy) if found else None


def _sums(here: Samples, there: Samples, windows: Sequence[int]) -> _Sums:
    import numpy as np

    bins = _CROSS // 2 + 1
    cross, power, energy = np.zeros(bins, np.complex128), np.zeros(bins), 0.0
    for window in windows:
        start = window * _WINDOW
        target = _cut(here, start + EARLIEST, start + _WINDOW + LATEST)
        # Where this side speaks too, it says less about the path.
        weight = 1 / (float(np.mean(np.square(target))) + _QUIETEST)
        a, b = (np.fft.rfft(x, _CROSS) for x in (there[start : start + _WINDOW], target))
        cross += weight * np.conj(a) * b
        power += weight * np.square(np.abs(a))
        energy += weight * float(np.sum(np.square(target)))
    return _Sums(cross, power, energy)


def _cut(row: Samples, start: int, stop: int) -> Samples:
    """``row[start:stop]`` with silence before its first and after its last sample."""
    import numpy as np

    inside = row[max(start, 0) : max(stop, 0)]
    before = min(max(-start, 0), stop - start)
    return np.pad(inside, (before, stop - start - before - inside.size))


def _cancel(row: Samples, other: Samples, leak: Leak) -> tuple[Figures, Figures, Flags]:
    """Subtract the echo in place.

    Returns:
        For each frame, the power of what is left and of the echo, and whether the other side is
        so much louder that it speaks alone.
    """
    import numpy as np

    path = np.fft.rfft(leak.taps, _SPECTRUM)
    left, echoes, alone = [], [], []
    for start in range(0, row.size, _BLOCK):
        block = row[start : start + _BLOCK]
        first = start - leak.delay - (TAPS - 1)
        source = _cut(other, first, first + TAPS - 1 + block.size)
        spectrum = np.fft.rfft(source, _SPECTRUM) * path
        echo = np.fft.irfft(spectrum)[TAPS - 1 :][: block.size].astype(np.float32)
        alone.append(_power(block) < 10 ** (-ALONE_DB / 10) * _power(source[TAPS - 1 :]))
        block -= echo
        left.append(_power(block))
        echoes.append(_power(echo))
    return np.concatenate(left), np.concatenate(echoes), np.concatenate(alone)


def _power(block: Samples) -> Figures:
    """Mean square of each frame, the last one filled up with silence."""
    import numpy as np

    return frame_power(np.pad(block, (0, -block.size % _FRAME)), _FRAME)


def _gains(left: Figures, echo: Figures, alone: Flags) -> Samples:
    """The gain that brings each frame that holds nothing but echo down to the noise; 1 elsewhere.

    Not to digital silence: voice activity detectors lose their way where a line switches
    between noise and nothing.
    """
    import numpy as np

    gains = np.ones(left.size, np.float32)
    noise = max(float(np.percentile(left, 10)), _QUIETEST)
    heard = echo > noise
    if not (heard & alone).any():
        return gains
    leftover = float(np.median((left / np.maximum(echo, _QUIETEST))[heard & alone]))
    around = np.max([np.roll(echo, shift) for shift in range(-3, 4)], axis=0)
    own = left > 10 ** (OWN_DB / 10) * (noise + leftover * around)
    kept = _spread(_spread(own, 2, OWN_FRAMES), KEPT_FRAMES, 1)
    only = _spread(heard, KEPT_FRAMES, 1) & ~kept
    gains[only] = np.sqrt(noise / np.maximum(left[only], noise))
    return gains


def _spread(flags: Flags, reach: int, least: int) -> Flags:
    """Whether at least ``least`` of the frames within ``reach`` are set."""
    import numpy as np

    total = np.concatenate([[0], np.cumsum(flags)])
    at = np.arange(flags.size)
    inside: Flags = (
        total[np.minimum(at + reach + 1, flags.size)] - total[np.maximum(at - reach, 0)] >= least
    )
    return inside


def _apply(row: Samples, gains: Samples) -> None:
    """Scale frames in place, the gain going straight from the middle of one to that of the next."""
    import numpy as np

    at = np.arange(gains.size)
    for start in range(0, row.size, _BLOCK):
        block = row[start : start + _BLOCK]
        place = (np.arange(start, start + block.size) - _FRAME / 2) / _FRAME
        block *= np.interp(place, at, gains).astype(np.float32)
