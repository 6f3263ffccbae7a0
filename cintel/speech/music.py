"""Hold music: stretches in which several notes are held, as no voice, noise or ringing does.

Continuous frequency activation after Seyerlehner, Pohle, Schedl and Widmer, "Automatic music
detection in television productions" (DAFx 2007): the spectrum is reduced to what stands out of
its surroundings, and a frequency that stands out for seconds is a held note. Notes are counted
by pitch class. Ringing, dial and busy tones hold one or two, so they are no music.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cintel.conversation import Span
from cintel.ingest.audio import SAMPLE_RATE
from cintel.speech.segmentation import runs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]
    Flags = NDArray[np.bool_]

SHORTEST = 4.0
# A note stands out this much from the 160 Hz around it, for this share of two seconds.
NOTE_DB, HELD = 10.0, 0.55
NOTES = 3
LOW_HZ, HIGH_HZ = 200.0, 3400.0
# Music that gets louder and softer falls into pieces; a pause this long may be within it.
PAUSE = 2.0
_WINDOW, _HOP = 2048, 1024
_AROUND = 10
_FRAMES = 31
_BLOCK = 900
_SCALE = _HOP / SAMPLE_RATE


def find_music(samples: Samples, spans: Iterable[Span]) -> list[Span]:
    """Where music plays, to about half a second.

    Args:
        samples: shape (time,), 16 kHz.
        spans: where nobody speaks, in seconds; those shorter than ``SHORTEST`` hold none.
    """
    found: list[Span] = []
    for start, end in spans:
        if end - start < SHORTEST:
            continue
        part = samples[int(start * SAMPLE_RATE) : int(end * SAMPLE_RATE)]
        found += [
            (round(start + first, 3), round(min(start + last, end), 3))
            for first, last in _stretches(_is_music(part))
        ]
    return found


def _is_music(samples: Samples) -> Flags:
    """For each hop of 64 ms, whether enough notes are held around it; in blocks of a minute."""
    import numpy as np

    count = max((samples.size - _WINDOW) // _HOP + 1, 0)
    reach = _FRAMES // 2
    flags = np.zeros(count, dtype=bool)
    for start in range(0, count, _BLOCK):
        first, last = max(start - reach, 0), min(start + _BLOCK + reach, count)
        sound = samples[first * _HOP : (last - 1) * _HOP + _WINDOW]
        held = _held_notes(sound)[start - first :][:_BLOCK]
        flags[start : start + held.size] = held >= NOTES
    return flags


def _held_notes(samples: Samples) -> NDArray[np.int64]:
    """How many pitch classes are held around each hop; neighbouring ones count as one."""
    import numpy as np

    frames = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_HOP]
    low, high = (round(hertz * _WINDOW / SAMPLE_RATE) for hertz in (LOW_HZ, HIGH_HZ))
    window = np.hanning(_WINDOW).astype(np.float32)
    spectrum = np.fft.rfft(frames * window, axis=1)[:, low - _AROUND : high + _AROUND]
    levels = 10 * np.log10(np.square(np.abs(spectrum)) + 1e-9)
    stands_out = levels[:, _AROUND:-_AROUND] - _moving_mean(levels, _AROUND) > NOTE_DB
    reach = _FRAMES // 2
    padded = np.pad(stands_out.astype(np.float32), ((reach, reach), (0, 0)))
    activation = _moving_mean(padded.T, reach).T
    hertz = np.arange(low, high) * SAMPLE_RATE / _WINDOW
    classes = np.round(12 * np.log2(hertz / 440)).astype(int) % 12
    chroma = np.stack([activation[:, classes == note].max(axis=1) for note in range(12)], axis=1)
    return _count(chroma)


def _moving_mean(rows: NDArray[np.float32], reach: int) -> NDArray[np.float32]:
    """Mean over ``reach`` neighbours on either side, along the last axis, where all are there."""
    import numpy as np

    total = np.cumsum(rows, axis=-1, dtype=np.float64)
    total = np.pad(total, ((0, 0), (1, 0)))
    width = 2 * reach + 1
    mean: NDArray[np.float32] = ((total[:, width:] - total[:, :-width]) / width).astype(np.float32)
    return mean


def _count(chroma: NDArray[np.float32]) -> NDArray[np.int64]:
    """Held pitch classes of each row, a tone that falls between two of them counted once."""
    import numpy as np

    left, rows = chroma.copy(), np.arange(len(chroma))
    count = np.zeros(len(chroma), np.int64)
    for _ in range(NOTES):
        best = left.argmax(axis=1)
        count += left[rows, best] >= HELD
        for shift in (-1, 0, 1):
            left[rows, (best + shift) % 12] = 0
    return count


def _stretches(flags: Flags) -> list[Span]:
    """Runs of set hops in seconds, short pauses closed, of ``SHORTEST`` seconds or more."""
    found: list[Span] = []
    for first, last in runs(flags):
        # The last window reaches a hop further.
        start, end = first * _SCALE, (last + 1) * _SCALE
        if found and start - found[-1][1] <= PAUSE:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return [(start, end) for start, end in found if end - start >= SHORTEST]
