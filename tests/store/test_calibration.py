from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from cintel.errors import StoreError, UsageError
from cintel.store import Store, calibration, ratings, reviews
from cintel.store.selection import Filters

Answers = dict[str, str | float | None]
YES: Answers = {"greeting": "yes", "hold": None}
NO: Answers = {"greeting": "no", "hold": 2}


def _begin(store: Store, *scorers: str, key: str = "a1") -> int:
    return calibration.begin(store, key, "service", "v1", created_by="lea", scorers=scorers)


def _seen(store: Store, session: int, viewer: str) -> list[tuple[object, ...]]:
    found = calibration.answers(store, session, viewer)
    return [(row["question"], row["scorer"], row["answer"]) for row in found]


def test_nobody_sees_another_before_all_have_scored(population: Store) -> None:
    session = _begin(population, "eve", "max ", "eve")
    calibration.score(population, session, "eve", YES, {"greeting": "warmly"})
    assert _seen(population, session, "eve") == [("greeting", "eve", "yes"), ("hold", "eve", None)]
    for other in ("max", "lea", "AI", ""):
        assert _seen(population, session, other) == []
    assert calibration.scorers(population, session)["max"] is None
    assert ratings.calibrated(population) == []

    calibration.score(population, session, "max", NO)
    expected = [
        ("greeting", "AI", "yes"), ("greeting", "eve", "yes"), ("greeting", "max", "no"),
        ("hold", "AI", None), ("hold", "eve", None), ("hold", "max", 2.0),
    ]  # fmt: skip
    for viewer in ("eve", "max", "lea", "somebody"):
        assert _seen(population, session, viewer) == expected
    said = calibration.answers(population, session, "max")
    assert [row["comment"] for row in said] == ["", "warmly", "", "", "", ""]
    row = calibration.sessions(population).iloc[0]
    assert (row["scorers"], row["scored"], row["agent_id"]) == (2, 2, "ann")
    assert row["ended_at"] is not None


def test_answers_are_whole_and_for_good(population: Store) -> None:
    session = _begin(population, "eve", "max")
    with pytest.raises(UsageError, match="hold: are not answered"):
        calibration.score(population, session, "eve", {"greeting": "yes"})
    with pytest.raises(UsageError, match="weather: are not on the scorecard"):
        calibration.score(population, session, "eve", {**YES, "weather": "fine"})
    with pytest.raises(UsageError, match="bob: was not asked to this session"):
        calibration.score(population, session, "bob", YES)
    assert _seen(population, session, "eve") == []
    calibration.score(population, session, "eve", YES)
    with pytest.raises(StoreError, match="eve has scored this session"):
        calibration.score(population, session, "eve", NO)
    calibration.score(population, session, "max", NO)
    with pytest.raises(StoreError, match="has ended"):
        calibration.score(population, session, "max", YES)
    assert _seen(population, session, "eve")[1] == ("greeting", "eve", "yes")


def test_a_session_needs_two_people_and_something_to_score(population: Store) -> None:
    with pytest.raises(UsageError, match="scorers: are fewer than two"):
        _begin(population, "eve", " eve ", "")
    with pytest.raises(UsageError, match="created_by: is empty"):
        calibration.begin(population, "a1", "service", "v1", created_by=" ", scorers=("eve", "max"))
    with pytest.raises(StoreError, match="conversation 'a3' has no answers on service"):
        _begin(population, "eve", "max", key="a3")
    with pytest.raises(StoreError, match="holds no calibration session 7"):
        calibration.score(population, 7, "eve", YES)
    assert calibration.sessions(population).empty


def test_who_started_it_may_end_it_early(population: Store) -> None:
    session = _begin(population, "eve", "max", "tim")
    calibration.score(population, session, "eve", YES)
    with pytest.raises(StoreError, match="fewer than two people have scored"):
        calibration.end(population, session, "lea")
    calibration.score(population, session, "max", NO)
    with pytest.raises(UsageError, match="eve: did not start session"):
        calibration.end(population, session, "eve")
    assert len(_seen(population, session, "max")) == 2
    calibration.end(population, session, "lea")
    assert calibration.scorers(population, session).keys() == {"eve", "max"}
    assert len(_seen(population, session, "max")) == 6
    with pytest.raises(StoreError, match="has ended"):
        calibration.end(population, session, "lea")


def test_twenty_score_at_once_and_nothing_is_lost(population: Store) -> None:
    people = [f"scorer-{number:02d}" for number in range(20)]
    session = _begin(population, *people)
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda name: calibration.score(population, session, name, YES), people))
    assert all(calibration.scorers(population, session).values())
    assert calibration.sessions(population)["ended_at"].notna().all()
    assert len(ratings.calibrated(population)) == 40


def test_one_person_twice_at_once_counts_once(population: Store) -> None:
    session = _begin(population, "eve", "max")

    def try_to(answers: Answers) -> bool:
        try:
            calibration.score(population, session, "eve", answers)
        except StoreError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(try_to, (YES, NO))) == [False, True]
    assert len(_seen(population, session, "eve")) == 2


def test_a_session_goes_with_its_conversation(population: Store) -> None:
    session = _begin(population, "eve", "max")
    calibration.score(population, session, "eve", YES)
    population.delete("a1")
    assert calibration.sessions(population).empty


def test_ratings_pair_each_person_with_the_machine(population: Store) -> None:
    for reviewer, answer in (("eve", "no"), ("max", "yes"), ("eve", "yes"), ("eve", None)):
        reviews.override(
            population, "a1", "service", "v1", "greeting", reviewer=reviewer, answer=answer
        )
    found = ratings.reviewed(population)
    assert [list(row.values())[:-1] for row in found] == [
        ["a1", "service", "v1", "greeting", "max", "yes", "yes"],
        ["a1", "service", "v1", "greeting", "eve", "yes", None],
    ]
    assert ratings.reviewed(population, Filters(agents=("bob",))) == []
