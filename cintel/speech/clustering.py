"""From pieces of speech to the people of a call.

A call has two parties, so the question is which of two sides a piece is on. Long pieces are
grouped by voice first (average-linkage clustering of cosines, cut where two groups of real size
appear, so that a cough or a jingle is not a side); then every piece, short ones too, moves to
the side that its voice, and the segmentation's own opinion about its neighbours, pull it to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# Embeddings of shorter pieces say more about the words than about the voice.
TRUSTED_SECONDS = 1.2
# Clustering compares all with all; so many pieces, from all over the call, are enough.
MOST_SEEDS = 2000
# A side needs this much trusted speech, and this share of it.
SIDE_SECONDS, SIDE_SHARE = 2.5, 0.04
# Two groups whose centroids are nearer than this are one voice; a third person must be farther.
ONE_VOICE = 0.92
THIRD_VOICE = 0.72
# A recorded announcement is near the agent's voice, but all of it comes first.
OPENING_VOICE = 0.80
MOST_VOICES = 6
# How the segmentation's opinion weighs against a cosine.
HINT = 0.10
ROUNDS = 20


def cluster(
    vectors: NDArray[np.float32],
    seconds: Floats,
    relation: csr_array,
    speakers: int | None,
) -> tuple[Ints, float]:
    """Give every piece a speaker.

    Args:
        vectors: (pieces, dimension) voice embeddings, of length one.
        seconds: (pieces,) how long each piece is.
        relation: (pieces, pieces) the segmentation's opinion, see ``Pieces``.
        speakers: how many people; None: two, one where only one voice is heard, three where
            a third is clearly another (a recorded announcement, a transfer).

    Returns:
        (pieces,) speaker numbers from 0, and how far the nearest two voices are apart, 0…1.
    """
    import numpy as np

    if len(vectors) == 0:
        return np.zeros(0, dtype=np.int64), 0.0
    trusted = np.flatnonzero(seconds >= TRUSTED_SECONDS)
    if len(trusted) < 2:
        trusted = np.arange(len(vectors))
    if len(trusted) > MOST_SEEDS:
        trusted = trusted[np.linspace(0, len(trusted) - 1, MOST_SEEDS).astype(int)]
    seeds = _groups(vectors[trusted], seconds[trusted], speakers)
    weights = np.minimum(seconds, 3.0)
    centroids = _centroids(vectors[trusted], weights[trusted], seeds)
    labels = _settle(vectors, weights, relation, centroids)
    return labels, _apart(centroids)


def _groups(vectors: NDArray[np.float32], seconds: Floats, speakers: int | None) -> Ints:
    """(pieces,) group numbers; −1 for pieces in groups too small to be a person."""
    import numpy as np
    from scipy.cluster.hierarchy import fcluster, linkage

    alone = np.zeros(len(vectors), dtype=np.int64)
    if speakers == 1 or len(vectors) < 2:
        return alone
    tree = linkage(vectors.astype(np.float64), method="average", metric="cosine")
    best = alone
    for count in range(2, min(len(vectors), 12 * (speakers or 2)) + 1):
        cut = fcluster(tree, count, criterion="maxclust").astype(np.int64)
        labels = _real(cut, seconds)
        found = int(labels.max()) + 1
        if found == (speakers or 2):
            best = labels
            break
        if found > int(best.max()) + 1:
            best = labels
    return best if speakers else _prior(best, vectors, seconds, tree)


def _real(labels: Ints, seconds: Floats) -> Ints:
    """Renumber groups of real size from 0, the largest first; the others get −1."""
    import numpy as np

    names = np.unique(labels)
    sizes = np.array([seconds[labels == name].sum() for name in names])
    needed = max(SIDE_SECONDS, SIDE_SHARE * float(seconds.sum()))
    result = np.full(len(labels), -1, dtype=np.int64)
    kept = [name for name, size in zip(names, sizes, strict=True) if size >= needed]
    order = sorted(kept, key=lambda name: -float(seconds[labels == name].sum()))
    for number, name in enumerate(order):
        result[labels == name] = number
    return result


def _prior(two: Ints, vectors: NDArray[np.float32], seconds: Floats, tree: Floats) -> Ints:
    """Two people, unless there is clearly one voice, or clearly three."""
    import numpy as np
    from scipy.cluster.hierarchy import fcluster

    if two.max() == 1 and _nearest(_centroids(vectors, seconds, two)) > ONE_VOICE:
        return np.zeros_like(two)
    for count in range(3, min(len(vectors), 24) + 1):
        more = _real(fcluster(tree, count, criterion="maxclust").astype(np.int64), seconds)
        if more.max() >= 2:
            limit = OPENING_VOICE if _opens(more) else THIRD_VOICE
            clear = _nearest(_centroids(vectors, seconds, more)) < limit
            return more if clear and more.max() == 2 else two
    return two


def _opens(labels: Ints) -> bool:
    """Whether one group says all it says before the others begin."""
    import numpy as np

    told = labels[labels >= 0]
    return bool((np.diff((told == told[0]).astype(int)) != 0).sum() == 1)


def _centroids(vectors: NDArray[np.float32], weights: Floats, labels: Ints) -> Floats:
    import numpy as np

    sums = [(vectors * weights[:, None])[labels == k].sum(axis=0) for k in range(labels.max() + 1)]
    return np.stack([total / max(float(np.linalg.norm(total)), 1e-9) for total in sums])


def _nearest(centroids: Floats) -> float:
    import numpy as np

    if len(centroids) < 2:
        return 1.0
    return float((centroids @ centroids.T)[np.triu_indices(len(centroids), 1)].max())


def _apart(centroids: Floats) -> float:
    return min(max(1.0 - _nearest(centroids), 0.0), 1.0)


def _settle(
    vectors: NDArray[np.float32],
    weights: Floats,
    relation: csr_array,
    centroids: Floats,
) -> Ints:
    """Move pieces between the speakers until voice and neighbours agree best."""
    import numpy as np

    voice = (vectors @ centroids.T) * weights[:, None]
    bond = relation.multiply(weights[None, :]).tocsr()
    pull = HINT * weights / np.maximum(abs(bond).sum(axis=1), 1e-6)
    bond = bond.multiply(pull[:, None]).tocsr()
    labels = voice.argmax(axis=1)
    for _ in range(ROUNDS):
        member = np.eye(len(centroids))[labels]
        moved = (voice + bond @ member).argmax(axis=1)
        if (moved == labels).all():
            break
        labels = moved
    settled: Ints = labels.astype(np.int64)
    return settled
