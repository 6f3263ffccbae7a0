"""Speech cut into pieces that one person speaks, from the segmentation network's windows.

The network names up to three local speakers in each window. Where two voices are alike it may
give both one name, so its names are only a hint; its pauses and changes are what is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from cintel.speech.segmentation import Windows, runs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

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
        relation: (pieces, pieces) sparse, −1…1, what the windows that hear both say: 1 the same
            local speaker, −1 different ones, nothing where no window hears both.
    """

    frames: NDArray[np.int64]
    frame_seconds: float
    overlap: NDArray[np.bool_]
    relation: csr_array

    @property
    def seconds(self) -> NDArray[np.float64]:
        """The length of each piece."""
        return (self.frames[:, 1] - self.frames[:, 0]).astype("float64") * self.frame_seconds


def cut(windows: Windows) -> Pieces:
    """Cut a recording's speech into pieces."""
    import numpy as np

    count, step, activity = windows.count, windows.frames.step, windows.activity
    hop = activity.sliding_window.step / step
    offsets = [round(index * hop) for index in range(len(activity.data))]
    changes = _changes(activity.data, offsets, len(count))
    spans = [
        (first, last)
        for start, end in runs(count > 0)
        for first, last in _split(start, end, changes, step)
        if (last - first) * step >= SHORTEST_PIECE
    ]
    frames = np.asarray(spans, dtype=np.int64).reshape(-1, 2)
    relation = _relation(activity.data, offsets, frames)
    return Pieces(frames, step, count > 1, relation)


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
) -> csr_array:
    import numpy as np
    from scipy.sparse import coo_array

    rows, columns = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    votes = [np.zeros(0, dtype=np.float32)]
    for window, offset in zip(data, offsets, strict=True):
        inside = np.flatnonzero((frames[:, 0] < offset + len(window)) & (frames[:, 1] > offset))
        profile = [window[max(a - offset, 0) : b - offset].mean(axis=0) for a, b in frames[inside]]
        length = [float(np.linalg.norm(row)) for row in profile]
        heard = [number for number, norm in enumerate(length) if norm > 0]
        if len(heard) < 2:
            continue
        unit = np.stack([profile[number] / length[number] for number in heard])
        one, other = np.nonzero(~np.eye(len(heard), dtype=bool))
        rows.append(inside[heard][one])
        columns.append(inside[heard][other])
        votes.append((2 * (unit @ unit.T) - 1)[one, other])
    where = (np.concatenate(rows), np.concatenate(columns))
    shape = (len(frames), len(frames))
    total = coo_array((np.concatenate(votes), where), shape).tocsr()
    seen = coo_array((np.ones(len(where[0]), dtype=np.float32), where), shape).tocsr()
    # Both have their entries in the same places: a vote of 0 is an entry too.
    total.data /= seen.data
    return total.astype(np.float32)
