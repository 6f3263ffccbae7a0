from __future__ import annotations

import numpy as np
import pytest

from cintel.store import Store
from cintel.store import topics as kept
from cintel.store.selection import Filters
from cintel.testing import analysis_of

VECTOR = np.ones(2, dtype=np.float16).tobytes()


@pytest.fixture
def filled(store: Store) -> Store:
    """Two calls with two customer turns each; the first call's and one of the second in t1."""
    for number in (1, 2):
        made = analysis_of(
            "agent: Hello.", f"customer: The lid of {number} is broken.", "customer: A lid!"
        )
        store.save(_dated(made, number))
    rows = [
        {"conversation_id": key, "turn": turn, "encoder": "e", "vector": VECTOR}
        for key in store.ids()
        for turn in (1, 2)
    ]
    kept.keep_vectors(store, rows)
    topic = {"id": "t1", "name": "broken lid", "centroid": VECTOR, "encoder": "e"}
    with store.database.write() as connection:
        kept.save_topics(connection, [topic])
        placed = [
            row | {"topic_id": "t1", "similarity": 0.9 - 0.1 * place}
            for place, row in enumerate(rows[:3])
        ]
        kept.place_members(connection, [*placed, rows[3] | {"topic_id": None, "similarity": None}])
    return store


def _dated(made, number):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    from cintel.conversation import Frustration

    talk = replace(
        made.conversation, id=f"c{number}", started_at=f"2026-03-0{number}", agent_id=f"a{number}"
    )
    return replace(made, conversation=talk, frustration=Frustration(score=number / 4))


def test_a_conversation_counts_once_however_many_of_its_turns_belong(filled: Store) -> None:
    found = kept.topics(filled)
    assert found[["id", "name", "conversations", "frustration"]].to_numpy().tolist() == [
        ["t1", "broken lid", 2, 0.375]
    ]
    assert kept.topics(filled, Filters(agents=("a2",)))["conversations"].tolist() == [1]
    assert kept.topics(filled, Filters(agents=("nobody",))).empty


def test_figures_by_day(filled: Store) -> None:
    days = kept.daily_topics(filled)
    assert days["day"].dt.day.tolist() == [1, 2]
    assert days[["topic", "conversations", "frustration"]].to_numpy().tolist() == [
        ["t1", 1, 0.25], ["t1", 1, 0.5],
    ]  # fmt: skip
    read = kept.daily_read(filled)
    assert read[["conversations", "placed"]].to_numpy().tolist() == [[1, 1], [1, 1]]


def test_quotes_are_one_a_conversation_the_most_typical_first(filled: Store) -> None:
    found = kept.quotes(filled, "t1")
    assert found[["conversation_id", "turn", "similarity"]].to_numpy().tolist() == [
        ["c1", 1, 0.9], ["c2", 1, 0.7],
    ]  # fmt: skip
    assert found["text"].tolist() == ["The lid of 1 is broken.", "The lid of 2 is broken."]
    assert list(kept.quotes(filled, "t1", limit=1)["conversation_id"]) == ["c1"]
    assert kept.quotes(filled, "t2").empty


def test_vectors_written_again_keep_their_topic(filled: Store) -> None:
    row = {"conversation_id": "c1", "turn": 1, "encoder": "f", "vector": VECTOR * 2}
    kept.keep_vectors(filled, [row])
    kept.keep_vectors(filled, [])
    with filled.database.write() as connection:
        first = kept.members(connection)[0]
        assert (first["topic_id"], first["vector"]) == ("t1", VECTOR * 2)
        kept.drop_others(connection, "f")
        assert len(kept.members(connection)) == 1
    assert kept.unread(filled, "f", ("en",)) == ["c2"]


def test_a_topic_that_goes_leaves_its_turns(filled: Store) -> None:
    with filled.database.write() as connection:
        kept.save_topics(connection, [])
        assert {row["topic_id"] for row in kept.members(connection)} == {None}
        assert len(kept.members(connection)) == 4


def test_customer_turns_and_languages(filled: Store) -> None:
    rows = kept.customer_turns(filled, ["c2"])
    assert [(row["turn"], row["text"]) for row in rows] == [
        (1, "The lid of 2 is broken."), (2, "A lid!"),
    ]  # fmt: skip
    assert kept.foreign(filled, ("en",)) == 0
    assert kept.foreign(filled, ("de",)) == 2
    assert kept.unread(filled, "other", ("de",)) == []
