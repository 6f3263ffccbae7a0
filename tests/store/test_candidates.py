from __future__ import annotations

from dataclasses import replace

from pandas import isna

from cintel.store import Store, reviews
from cintel.store.candidates import candidates
from cintel.store.selection import Filters


def hand_over(store: Store, key: str) -> None:
    """Let a person answer ``hold`` of a conversation."""
    analysis = store.load(key)
    (evaluation,) = analysis.evaluations
    greeting, hold = evaluation.answers
    handed = replace(evaluation, answers=(greeting, replace(hold, unsure=True)))
    store.save(replace(analysis, evaluations=(handed,)))


def test_candidates_are_what_has_a_score(population: Store) -> None:
    hand_over(population, "a2")
    reviews.override(population, "b1", "service", "v1", "hold", reviewer="eve", answer=None)
    found = candidates(population)
    assert list(found["id"]) == ["a1", "a2", "b1", "b2", "b3", "c1"]
    rows = found.set_index("id")
    assert list(rows["unsure"]) == [0, 1, 0, 0, 0, 0]
    assert list(rows["score"]) == [90, 70, 0, 80, 100, 60]
    assert list(rows["auto_failed"]) == [0, 0, 1, 0, 0, 0]
    assert list(rows["reviewed_at"].notna()) == [False, False, True, False, False, False]
    # ann is there from the first day of the store, bob from the second on
    assert [None if isna(days) else int(days) for days in rows["agent_days"]] == [
        None, None, 0, 0, 1, None,
    ]  # fmt: skip


def test_candidates_by_filter(population: Store) -> None:
    assert list(candidates(population, Filters(agents=("bob",)))["id"]) == ["b1", "b2", "b3"]
    assert candidates(population, Filters(agents=("zoe",))).empty
