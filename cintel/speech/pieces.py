"""Speech cut into pieces that one person speaks, from the segmentation network's windows.

The network names up to three local speakers in each window. Where two voices are alike it may
give both one name, so its names are only a hint; its pauses and changes are what is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pyannote.core import SlidingWindow, SlidingWindowFeature

LONGEST_PIECE = 2.5
SHORTEST_PIECE = 0.1
# A cut needs this share of the windows that see it.
CUT_VOTE = 0.5


@dataclass(frozen=True, slots=True)
class Pieces:
    """Stretches of speech, in order of time.

    Attributes:
        frames: (pieces, 2) first and one-past-last frame of each piece.
        frame_seconds: seconds a frame.
        overlap: (frames,) True where two people speak.
        relation: (pieces, pieces) −1…1, what the windows that hear both say: 1 the same local
            speaker, −1 different ones, 0 no window hears both.
    """

    frames: NDArray[np.int64]
    frame_seconds: float
    overlap: NDArray[np.bool_]
    relation: NDArray[np.float32]

    @property
    def seconds(self) -> NDArray[np.float64]:
        """The length of each piece."""
        return (self.frames[:, 1] - self.frames[:, 0]).astype("float64") * self.frame_seconds


def cut(windows: SlidingWindowFeature, receptive: SlidingWindow) -> Pieces:
    """Cut a recording's speech into pieces.

    Args:
        windows: (windows, frames, local speakers) activity, 0 or 1.
        receptive: the frames of the segmentation network.
    """
    import numpy as np
    from pyannote.audio.pipelines.utils import SpeakerDiarizationMixin as Blocks

    count = np.asarray(
        Blocks.speaker_count(windows, receptive, warm_up=(0.0, 0.0)).data[:, 0], dtype=np.int64
    )
    hop = windows.sliding_window.step / receptive.step
    offsets = [round(index * hop) for index in range(len(windows.data))]
    changes = _changes(windows.data, offsets, len(count))
    spans = [
        (first, last)
        for start, end in runs(count > 0)
        for first, last in _split(start, end, changes, receptive.step)
        if (last - first) * receptive.step >= SHORTEST_PIECE
    ]
    frames = np.asarray(spans, dtype=np.int64).reshape(-1, 2)
    relation = _relation(windows.data, offsets, frames)
    return Pieces(frames, receptive.step, count > 1, relation)


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and one-past-last index of each run of True."""
    import numpy as np

    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _changes(data: NDArray[np.float32], offsets: list[int], length: int) -> NDArray[np.bool_]:
    """(length,) True where most windows hear another set of speakers than a frame before."""
    import numpy as np

    votes = np.zeros(length + 1)
    seen = np.zeros(length + 1)
    for window, offset in zip(data, offsets, strict=True):
        differs = (window[1:] != window[:-1]).any(axis=1)
        end = min(offset + len(window), length)
        votes[offset + 1 : end] += differs[: end - offset - 1]
        seen[offset + 1 : end] += 1
    # Windows disagree by a frame or two about where a change is.
    near = np.convolve(votes, np.ones(5), mode="same")
    peaks = (near >= CUT_VOTE * np.maximum(seen, 1)) & (votes > 0)
    return peaks[:length]


def _split(start: int, end: int, changes: NDArray[np.bool_], step: float) -> list[tuple[int, int]]:
    import numpy as np

    edges = [start, *(start + np.flatnonzero(changes[start:end])).tolist(), end]
    result = []
    for first, last in pairwise(edges):
        parts = max(1, int(np.ceil((last - first) * step / LONGEST_PIECE)))
        marks = np.linspace(first, last, parts + 1).round().astype(int).tolist()
        result += list(pairwise(marks))
    return result


def _relation(
    data: NDArray[np.float32], offsets: list[int], frames: NDArray[np.int64]
) -> NDArray[np.float32]:
    import numpy as np

    total = np.zeros((len(frames), len(frames)), dtype=np.float32)
    seen = np.zeros_like(total)
    for window, offset in zip(data, offsets, strict=True):
        inside = np.flatnonzero((frames[:, 0] < offset + len(window)) & (frames[:, 1] > offset))
        if len(inside) < 2:
            continue
        profile = np.stack(
            [window[max(a - offset, 0) : b - offset].mean(axis=0) for a, b in frames[inside]]
        )
        length = np.linalg.norm(profile, axis=1)
        cosine = (profile @ profile.T) / np.maximum(np.outer(length, length), 1e-6)
        heard = np.outer(length > 0, length > 0)
        total[np.ix_(inside, inside)] += np.where(heard, 2 * cosine - 1, 0)
        seen[np.ix_(inside, inside)] += heard
    return (total / np.maximum(seen, 1)).astype(np.float32)
