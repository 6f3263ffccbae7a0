"""From each window's local speakers to the two people of a call.

A call has two parties, so the question is one of two sides, not of clusters of any size. Every
pair of local speakers pulls together or apart by three cues: the cosine of their voices, how
much they do the same where their windows overlap, and that two local speakers of one window are
never the same person. The sides that satisfy the most pull are the leading eigenvector's signs,
refined by moving one local speaker at a time (correlation clustering with two clusters; Bansal,
Blum and Chawla 2004). How alike the two voices of a recording may be is read from the recording
itself: pairs within a window are different people, stitched pairs are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MIN_CLEAN_SECONDS = 0.6
STITCH_WEIGHT = 1.0
CANNOT_LINK = 3.0
# Stitched pairs must share this much activity, and half a second of it, to count as the same.
SURE_AGREEMENT = 0.6
MIN_SHARED_FRAMES = 30
# Typical cosines of one voice and of two, for recordings that offer no pair to learn from.
SAME_VOICE, OTHER_VOICE = 0.70, 0.35
ONE_VOICE = 0.80


@dataclass(frozen=True, slots=True)
class Locals:
    """The local speakers of all windows.

    Attributes:
        masks: (windows, frames, width) activity, 0 or 1.
        embeddings: (windows, width, 192), of length one.
        clean: (windows, width) seconds in which that speaker speaks alone.
        step: the hop between windows as a share of their length.
    """

    masks: NDArray[np.float32]
    embeddings: NDArray[np.float32]
    clean: NDArray[np.float32]
    step: float


def cluster(found: Locals, speakers: int | None) -> tuple[Ints, float]:
    """Give every local speaker a group.

    Args:
        found: the local speakers.
        speakers: how many groups; None: two, or one where only one voice is heard.

    Returns:
        (windows, width) group numbers from 0, −1 for local speakers that never speak; and how
        well the groups stand apart, 0…1.
    """
    import numpy as np

    active = found.masks.any(axis=1)
    groups = np.full(active.shape, -1, dtype=np.int64)
    nodes = np.argwhere(active & (found.clean >= MIN_CLEAN_SECONDS))
    if len(nodes) == 0:
        groups[active] = 0
        return groups, 0.0
    vectors = found.embeddings[nodes[:, 0], nodes[:, 1]]
    weights = np.sqrt(found.clean[nodes[:, 0], nodes[:, 1]])
    if speakers in (None, 2):
        labels = _two_sides(found, nodes, vectors, weights)
    else:
        labels = _agglomerate(vectors, speakers or 2)
    centroids = _centroids(vectors, weights, labels)
    if speakers is None and len(centroids) == 2 and _one_voice(found, centroids):
        labels = np.zeros_like(labels)
        centroids = _centroids(vectors, weights, labels)
    groups[nodes[:, 0], nodes[:, 1]] = labels
    _seat_the_rest(found, active, groups, centroids)
    return groups, _apart(centroids)


def _two_sides(found: Locals, nodes: Ints, vectors: NDArray[np.float32], weights: Floats) -> Ints:
    import numpy as np

    stitched = _stitches(found, nodes)
    cosine = (vectors @ vectors.T).astype(np.float64)
    rivals = nodes[:, None, 0] == nodes[None, :, 0]
    np.fill_diagonal(rivals, False)
    middle = _threshold(cosine, stitched, rivals)
    pull = np.outer(weights, weights) * (cosine - middle)
    scale = float(np.mean(np.outer(weights, weights)))
    pull += scale * (STITCH_WEIGHT * stitched - CANNOT_LINK * rivals)
    np.fill_diagonal(pull, 0.0)
    _, directions = np.linalg.eigh(pull)
    sides = np.where(directions[:, -1] >= 0, 1.0, -1.0)
    return ((1 - _refine(pull, sides)) / 2).astype(np.int64)


def _threshold(cosine: Floats, stitched: Floats, rivals: NDArray[np.bool_]) -> float:
    """Half way between the cosines of known same and of known different pairs."""
    import numpy as np

    same = cosine[stitched > SURE_AGREEMENT]
    other = cosine[rivals]
    # Priors weigh as much as four pairs, so that one odd pair does not decide.
    same_mean = (same.sum() + 4 * SAME_VOICE) / (same.size + 4)
    other_mean = (other.sum() + 4 * OTHER_VOICE) / (other.size + 4)
    return float(np.mean([same_mean, other_mean]))


def _refine(pull: Floats, sides: Floats) -> Floats:
    """Move the one local speaker that gains most, until none gains."""
    import numpy as np

    for _ in range(10 * len(sides)):
        loss = sides * (pull @ sides)
        worst = int(np.argmin(loss))
        if loss[worst] >= 0:
            break
        sides[worst] = -sides[worst]
    return sides


def _stitches(found: Locals, nodes: Ints) -> Floats:
    """−1…1 for pairs whose windows overlap: do they speak at the same moments there?"""
    import numpy as np

    frames = found.masks.shape[1]
    result = np.zeros((len(nodes), len(nodes)))
    reach = int(np.ceil(1 / found.step)) - 1
    for i, (window, speaker) in enumerate(nodes):
        for j in range(i + 1, len(nodes)):
            hops = nodes[j][0] - window
            if hops > reach:
                break
            if hops:
                shift = round(frames * found.step * hops)
                result[i, j] = result[j, i] = _agreement(
                    found.masks[window, shift:, speaker],
                    found.masks[nodes[j][0], : frames - shift, nodes[j][1]],
                )
    return result


def _agreement(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    union = float(((first + second) > 0).sum())
    if union < MIN_SHARED_FRAMES:
        return 0.0
    return 2.0 * float((first * second).sum()) / union - 1.0


def _agglomerate(vectors: NDArray[np.float32], count: int) -> Ints:
    import numpy as np
    from scipy.cluster.hierarchy import fcluster, linkage

    if count == 1 or len(vectors) == 1:
        return np.zeros(len(vectors), dtype=np.int64)
    tree = linkage(vectors, method="ward")
    return np.asarray(fcluster(tree, count, criterion="maxclust"), dtype=np.int64) - 1


def _centroids(vectors: NDArray[np.float32], weights: Floats, labels: Ints) -> Floats:
    import numpy as np

    sums = [
        (vectors * weights[:, None])[labels == k].sum(axis=0) for k in range(labels.max() + 1)
    ]
    return np.stack([total / max(float(np.linalg.norm(total)), 1e-9) for total in sums])


def _apart(centroids: Floats) -> float:
    import numpy as np

    if len(centroids) < 2:
        return 0.0
    cosines = (centroids @ centroids.T)[np.triu_indices(len(centroids), 1)]
    return float(np.clip(1.0 - cosines.max(), 0.0, 1.0))


def _one_voice(found: Locals, centroids: Floats) -> bool:
    """The groups sound alike, and no window ever heard two people at length."""
    two_at_once = (found.clean >= MIN_CLEAN_SECONDS).sum(axis=1) >= 2
    return bool(centroids[0] @ centroids[1] > ONE_VOICE and not two_at_once.any())


def _seat_the_rest(
    found: Locals, active: NDArray[np.bool_], groups: Ints, centroids: Floats
) -> None:
    """Give local speakers that speak too little to trust the group left free, or the nearest."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    for window in range(len(active)):
        loose = np.flatnonzero(active[window] & (groups[window] < 0))
        if len(loose) == 0:
            continue
        cosine = found.embeddings[window, loose] @ centroids.T
        taken = [int(group) for group in groups[window] if group >= 0]
        cosine[:, taken] -= CANNOT_LINK
        rows, columns = linear_sum_assignment(-cosine)
        groups[window, loose] = cosine.argmax(axis=1)
        groups[window, loose[rows]] = columns
