"""What many customers call about: groups of sentence vectors that keep their identity.

A topic is a centroid. Whether a turn belongs to it depends on that turn and the centroids alone,
so neither order nor company changes where a turn goes, and topics stay as they are when more
turns come. Only what no topic claims is clustered, and only there are topics born.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

NEAR = 0.5
"""Cosine to a topic's centroid from which a turn belongs to it."""

CUT = 0.5
"""Mean cosine between two groups from which they are one."""

FEWEST, ROOT = 3, 1 / 7
"""Conversations that make a topic: so many, and of many this part of the root of their number."""

MOST = 6000
"""Turns clustered at once: 144 MB of distances. Of more, an even sample finds the topics."""

SAME = 0.5
"""Share of common turns (Jaccard) from which a topic found anew is the old one; more than half
can be true of one old topic only."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A matter: what it is called, and the unit vector in its middle, shape ``(d,)``."""

    id: str
    name: str
    centroid: Vectors


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a turn belongs: the topic's id, None for none, and its cosine to that topic."""

    topic: str | None
    similarity: float | None


Name = Callable[[Sequence[Sequence[int]], Sequence[str]], list[str]]
"""Names for topics given the rows of their turns, unlike the names that are taken already."""


def place(vectors: Vectors, topics: Sequence[Topic]) -> list[Placed]:
    """The nearest topic of each turn, none where the cosine is below `NEAR`.

    Args:
        vectors: unit vectors, shape ``(n, d)``.
        topics: in any order.
    """
    import numpy as np

    if not len(vectors) or not topics:
        return [Placed(None, None)] * len(vectors)
    cosine = vectors @ np.stack([topic.centroid for topic in topics]).T
    best = cosine.argmax(axis=1)
    return [
        Placed(topics[k].id, round(float(row[k]), 4)) if row[k] >= NEAR else Placed(None, None)
        for row, k in zip(cosine, best, strict=True)
    ]


def grow(
    vectors: Vectors, conversations: Sequence[str], topics: Sequence[Topic], name: Name
) -> tuple[list[Topic], list[Placed]]:
    """Place turns in the topics there are, and find new topics among those left over.

    Args:
        vectors: unit vectors, shape ``(n, d)``, in an order that does not change from run to run.
        conversations: the conversation of each.
        topics: those that exist; they come back first and unaltered.
        name: called once, for the new ones.
    """
    placed = place(vectors, topics)
    left = [row for row, item in enumerate(placed) if item.topic is None]
    born = discover(vectors[left], [conversations[row] for row in left])
    # A turn near an old topic stays there: new ones only take what was left over.
    anew = place(vectors[left], born)
    rows = {topic.id: [r for r, p in zip(left, anew, strict=True) if p.topic == topic.id]
            for topic in born}  # fmt: skip
    names = name(list(rows.values()), [topic.name for topic in topics])
    named = [replace(topic, name=text) for topic, text in zip(born, names, strict=True)]
    for row, item in zip(left, anew, strict=True):
        placed[row] = item
    return [*topics, *named], placed


def rebuild(
    vectors: Vectors,
    conversations: Sequence[str],
    topics: Sequence[Topic],
    belonged: Sequence[str | None],
    name: Name,
) -> tuple[list[Topic], list[Placed]]:
    """Find all topics anew; one that is mostly an old one takes over its id and name.

    Args:
        vectors: unit vectors, shape ``(n, d)``, in an order that does not change from run to run.
        conversations: the conversation of each.
        topics: the old ones.
        belonged: id of the old topic of each turn.
        name: called once, for those that are no old one.
    """
    found = discover(vectors, conversations)
    placed = place(vectors, found)
    old = {topic.id: topic for topic in topics}
    heirs: dict[str, Topic] = {}
    for topic in found:
        before = _predecessor([p.topic == topic.id for p in placed], belonged)
        if before in old:
            heirs[topic.id] = replace(old[before], centroid=topic.centroid)
    strangers = [topic for topic in found if topic.id not in heirs]
    rows = [[r for r, p in enumerate(placed) if p.topic == topic.id] for topic in strangers]
    names = name(rows, [topic.name for topic in heirs.values()])
    heirs |= {t.id: replace(t, name=text) for t, text in zip(strangers, names, strict=True)}
    return [heirs[topic.id] for topic in found], [
        item if item.topic is None else replace(item, topic=heirs[item.topic].id) for item in placed
    ]


def _predecessor(mine: Sequence[bool], belonged: Sequence[str | None]) -> str | None:
    """The old topic with more than `SAME` of the turns in common, of those in either."""
    candidates = {old for here, old in zip(mine, belonged, strict=True) if here and old}
    for candidate in candidates:
        common = sum(h and o == candidate for h, o in zip(mine, belonged, strict=True))
        either = sum(h or o == candidate for h, o in zip(mine, belonged, strict=True))
        if common > SAME * either:
            return candidate
    return None


def discover(vectors: Vectors, conversations: Sequence[str]) -> list[Topic]:
    """Topics without names in unit vectors of shape ``(n, d)``, the largest first.

    Groups are merged while the mean cosine between two is at least `CUT` (average linkage); those
    of too few conversations are no topic. The id is a hash of the centroid.
    """
    import numpy as np
    from scipy.cluster.hierarchy import fcluster, linkage

    step = -(-len(vectors) // MOST)
    if step > 1:
        vectors, conversations = vectors[::step], conversations[::step]
    fewest = max(FEWEST, round(ROOT * len(set(conversations)) ** 0.5))
    if len(set(conversations)) < fewest:
        return []
    tree = linkage(vectors.astype(np.float64), "average", metric="cosine")
    labels = fcluster(tree, 1 - CUT, "distance")
    groups = [np.flatnonzero(labels == label).tolist() for label in np.unique(labels)]
    sizes = [len({conversations[row] for row in group}) for group in groups]
    order = sorted(range(len(groups)), key=lambda k: (-sizes[k], groups[k][0]))
    return [_topic(vectors[groups[k]]) for k in order if sizes[k] >= fewest]


def _topic(vectors: Vectors) -> Topic:
    import numpy as np

    mean = vectors.astype(np.float64).mean(axis=0)
    # As a store keeps it, so that a topic is the same before and after it was saved.
    centroid = (mean / np.linalg.norm(mean)).astype(np.float16)
    key = hashlib.sha256(centroid.tobytes()).hexdigest()[:12]
    return Topic(key, "", centroid.astype(np.float32))
