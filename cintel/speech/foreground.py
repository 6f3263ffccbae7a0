"""One party's speech on a channel of its own, without the voices of the room behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cintel.conversation import Span
from cintel.ingest.audio import SAMPLE_RATE, frame_levels
from cintel.speech.segmentation import runs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FRAME = 800  # 50 ms
# A party's own speech stays within this of its loud frames; a room is further down.
BEHIND_DB = 18.0
LOUD_PERCENTILE = 90
# Soft sounds this near to loud ones belong to the same words.
REACH_SECONDS = 0.4


def foreground(samples: NDArray[np.float32], speech: Sequence[Span]) -> tuple[Span, ...]:
    """The parts of a channel's speech that are loud enough to be its party's.

    For channels that carry one person: on a mono call the two sides may differ by as much.

    Args:
        samples: shape (time,), 16 kHz.
        speech: in seconds, in order.
    """
    import numpy as np
    from scipy.ndimage import maximum_filter1d

    levels = frame_levels(samples, _FRAME)
    scale = _FRAME / SAMPLE_RATE
    said = np.zeros(len(levels), dtype=bool)
    for start, end in speech:
        said[int(start / scale) : int(np.ceil(end / scale))] = True
    if not said.any():
        return tuple(speech)
    loud = levels > np.percentile(levels[said], LOUD_PERCENTILE) - BEHIND_DB
    near = maximum_filter1d(loud, 2 * round(REACH_SECONDS / scale) + 1)
    kept: list[Span] = []
    for start, end in speech:
        first, last = int(start / scale), int(np.ceil(end / scale))
        for one, other in runs(near[first:last]):
            span = (max((first + one) * scale, start), min((first + other) * scale, end))
            if span[1] > span[0]:
                kept.append(span)
    return tuple(kept)
