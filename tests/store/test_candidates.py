from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pandas import isna

from cintel.conversation import Analysis, Evaluation
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


def test_a_scorecard_counts_by_its_newest_version_and_alone_where_asked(
    store: Store, make: Callable[..., Analysis], evaluation: Callable[..., Evaluation]
) -> None:
    first, own = evaluation(90), replace(evaluation(20), scorecard="own")
    newest = replace(evaluation(60, greets=False), version="v2")
    store.save(replace(make("x", agent="ann"), evaluations=(first, newest, own)))
    assert list(candidates(store)["score"]) == [40.0]
    assert list(candidates(store, scorecard="service")["score"]) == [60.0]
    assert list(candidates(store, scorecard="own")["score"]) == [20.0]
    assert candidates(store, scorecard="nothing").empty


def test_candidates_by_filter(population: Store) -> None:
    assert list(candidates(population, Filters(agents=("bob",)))["id"]) == ["b1", "b2", "b3"]
    assert candidates(population, Filters(agents=("zoe",))).empty


def test_candidates_of_a_store_without_dates(
    store: Store, make: Callable[..., Analysis], evaluation: Callable[..., Evaluation]
) -> None:
    assert candidates(store).empty
    store.save(make("x", agent="ann", evaluation=evaluation(90)))
    (row,) = candidates(store).to_dict("records")
    assert (row["id"], row["score"]) == ("x", 90.0)
    assert isna(row["day"])
    assert isna(row["agent_days"])
