"""Topics from vectors made by hand: axes are matters, angles are cosines one can read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from cintel.language.topics import Placed, Topic, discover, grow, place, rebuild

AXES = np.eye(4, dtype=np.float32)


def names(groups: Sequence[Sequence[int]], taken: Sequence[str]) -> list[str]:
    """``of 0 1 2``: the rows a topic was named from."""
    return ["of " + " ".join(map(str, group)) for group in groups]


def between(one: int, other: int, cosine: float) -> Any:
    """A unit vector with this cosine to one axis, the rest along another."""
    return (cosine * AXES[one] + (1 - cosine**2) ** 0.5 * AXES[other]).astype(np.float32)


def talks(count: int, first: int = 0) -> list[str]:
    return [f"c{number:03d}" for number in range(first, first + count)]


def test_a_turn_belongs_to_the_nearest_topic_from_a_cosine_of_one_half() -> None:
    topics = [Topic("a", "A", AXES[0]), Topic("b", "B", AXES[1])]
    vectors = np.stack([AXES[0], between(1, 2, 0.51), between(0, 3, 0.49), between(0, 1, 0.8)])
    assert place(vectors, topics) == [
        Placed("a", 1.0), Placed("b", 0.51), Placed(None, None), Placed("a", 0.8),
    ]  # fmt: skip
    assert place(vectors, []) == [Placed(None, None)] * 4
    assert place(np.zeros((0, 0), dtype=np.float32), topics) == []


def test_groups_of_three_conversations_are_topics_the_largest_first() -> None:
    vectors = AXES[[0, 1, 0, 1, 1, 0, 1, 2, 2]]
    found = discover(vectors, talks(9))
    assert [list(topic.centroid) for topic in found] == [list(AXES[1]), list(AXES[0])]
    assert len({topic.id for topic in found}) == 2


def test_one_customer_who_says_it_often_makes_no_topic() -> None:
    assert discover(AXES[[0, 0, 0, 0]], ["c1", "c1", "c1", "c2"]) == []


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_turns_have_no_topic(count: int) -> None:
    vectors = AXES[[0] * count] if count else np.zeros((0, 0), dtype=np.float32)
    assert grow(vectors, talks(count), [], names) == ([], [Placed(None, None)] * count)


def test_more_turns_leave_topics_as_they_are_and_the_rest_makes_new_ones() -> None:
    first = AXES[[0, 0, 0, 1, 1]]
    topics, placed = grow(first, talks(5), [], names)
    assert [topic.name for topic in topics] == ["of 0 1 2"]
    assert [item.topic for item in placed] == [topics[0].id] * 3 + [None, None]
    later = np.concatenate([first, AXES[[1, 2]], between(0, 2, 0.7)[None]])
    more, placed = grow(later, talks(8), topics, names)
    assert more[0] is topics[0]
    assert [topic.name for topic in more] == ["of 0 1 2", "of 3 4 5"]
    assert [item.topic for item in placed] == [
        *[topics[0].id] * 3, *[more[1].id] * 3, None, topics[0].id,
    ]  # fmt: skip
    assert placed[-1].similarity == 0.7


def test_the_same_turns_give_the_same_topics() -> None:
    dice = np.random.default_rng(3)
    noise = dice.normal(size=(60, 4)).astype(np.float32) * 0.2
    vectors = AXES[[0, 1, 2] * 20] + noise
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    once, where = grow(vectors, talks(60), [], names)
    again, there = grow(vectors, talks(60), [], names)
    assert [(t.id, t.name) for t in once] == [(t.id, t.name) for t in again]
    assert where == there
    assert len(once) == 3


def test_a_rebuilt_topic_that_is_mostly_an_old_one_keeps_its_name() -> None:
    old = [Topic("old0", "kettle", between(0, 3, 0.9)), Topic("old1", "lost", AXES[1])]
    vectors = AXES[[0, 0, 0, 0, 2, 2, 2, 1]]
    belonged = ["old0", "old0", "old0", None, "old1", None, None, "old1"]
    topics, placed = rebuild(vectors, talks(8), old, belonged, names)
    assert [(topic.id == "old0", topic.name) for topic in topics] == [
        (True, "kettle"), (False, "of 4 5 6"),
    ]  # fmt: skip
    assert list(topics[0].centroid) == list(AXES[0])
    assert [item.topic for item in placed] == ["old0"] * 4 + [topics[1].id] * 3 + [None]


def test_rebuilding_what_did_not_change_changes_nothing() -> None:
    vectors, who = AXES[[0, 1, 0, 1, 0, 1, 2]], talks(7)
    topics, placed = grow(vectors, who, [], names)
    again, there = rebuild(vectors, who, topics, [item.topic for item in placed], names)
    assert [(t.id, t.name) for t in again] == [(t.id, t.name) for t in topics]
    assert there == placed


def test_an_old_name_goes_to_one_heir_at_most() -> None:
    old = [Topic("old", "all", AXES[0])]
    vectors = AXES[[0, 0, 0, 1, 1, 1]]
    topics, _ = rebuild(vectors, talks(6), old, ["old"] * 6, names)
    assert "all" not in {topic.name for topic in topics}
    assert len(topics) == 2
