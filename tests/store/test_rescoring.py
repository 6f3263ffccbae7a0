from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from sqlalchemy import func, select

from cintel.conversation import Analysis, Evaluation, Turn, UnitVectors
from cintel.store import Store
from cintel.store.rescoring import (
    load_many,
    save_evaluations,
    scored,
    stored,
    with_others,
)
from cintel.store.schema import AnswerRow, EvaluationRow, UnitVectorsRow
from cintel.store.selection import Filters

Make = Callable[..., Analysis]
Scores = Callable[..., Evaluation]
VECTORS = UnitVectors("minilm-1", "0123456789abcdef", b"\x00\x01\xff\xfe")
OTHERS = UnitVectors("minilm-2", "fedcba9876543210", b"\x07")


def kept(store: Store) -> dict[str, UnitVectors]:
    with store.database.read() as connection:
        rows = connection.execute(select(UnitVectorsRow.__table__)).mappings()
        return {
            row["conversation_id"]: UnitVectors(row["encoder"], row["texts"], row["data"])
            for row in rows
        }


def count(store: Store, table: type[EvaluationRow] | type[AnswerRow]) -> int:
    with store.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def test_vectors_are_kept_with_their_analysis_and_loaded_with_it(store: Store, make: Make) -> None:
    store.save_all([replace(make("a"), vectors=VECTORS), make("b"), make("c")])
    found = load_many(store, ["a", "b", "none"])
    assert {key: analysis.vectors for key, (_, analysis) in found.items()} == {
        "a": VECTORS, "b": None,
    }  # fmt: skip
    assert found["b"][1] == make("b")
    assert store.load("a").vectors is None


def test_vectors_go_with_the_words_and_with_the_conversation(store: Store, make: Make) -> None:
    store.save_all([replace(make(key), vectors=VECTORS) for key in ("a", "b", "c")])
    store.save(replace(make("a"), evaluations=()))
    assert kept(store)["a"] == VECTORS  # the same words
    store.save(make("b", text="Where is [NAME]?"))
    store.delete("c")
    assert set(kept(store)) == {"a"}
    store.save(replace(make("a", text="Other words"), vectors=OTHERS))
    assert kept(store) == {"a": OTHERS}


def test_an_analysis_made_again_keeps_other_scorecards(
    store: Store, make: Make, evaluation: Scores
) -> None:
    other = replace(evaluation(60, greets=False), scorecard="own")
    store.save_all([
        replace(make(key), evaluations=(evaluation(80), other)) for key in ("a", "b")
    ])  # fmt: skip
    fresh = evaluation(90)
    again = with_others(store, [
        replace(make("a"), evaluations=(fresh,)),
        replace(make("b", text="Other words"), evaluations=(fresh,)),
        replace(make("c"), evaluations=(fresh,)),
    ])  # fmt: skip
    assert [made.evaluations for made in again] == [(fresh, other), (fresh,), (fresh,)]


def test_an_evaluation_comes_after_the_others(store: Store, make: Make, evaluation: Scores) -> None:
    store.save_all([make("a", evaluation=evaluation(80)), make("b")])
    fresh = replace(evaluation(60, greets=False), version="v2")
    saved = {key: saved_at for key, (saved_at, _) in load_many(store, ["a", "b"]).items()}
    assert save_evaluations(store, {key: (saved[key], fresh) for key in "ab"}, {"a": VECTORS}) == {
        "a",
        "b",
    }
    assert store.load("a").evaluations == (evaluation(80), fresh)
    assert store.load("b").evaluations == (fresh,)
    assert kept(store) == {"a": VECTORS}
    assert scored(store, "service", "v2") == {"a", "b"}
    assert scored(store, "service", "v1") == {"a"}
    assert scored(store, "sales", "v1") == set()


def test_an_evaluation_takes_the_place_of_one_on_its_version(
    store: Store, make: Make, evaluation: Scores
) -> None:
    other = replace(evaluation(50), scorecard="sales")
    store.save(replace(make("a"), evaluations=(evaluation(80), other)))
    saved_at, _ = load_many(store, ["a"])["a"]
    save_evaluations(store, {"a": (saved_at, evaluation(20, greets=False))}, {})
    assert store.load("a").evaluations == (other, evaluation(20, greets=False))
    assert (count(store, EvaluationRow), count(store, AnswerRow)) == (2, 4)


def test_what_was_saved_anew_or_deleted_meanwhile_is_left_alone(
    store: Store, make: Make, evaluation: Scores
) -> None:
    store.save_all([make(key) for key in ("a", "b", "c")])
    found = {
        key: (saved_at, evaluation(80))
        for key, (saved_at, _) in load_many(store, ["a", "b", "c"]).items()
    }
    store.save(make("a", text="[NAME] called"))
    store.delete("b")
    assert save_evaluations(store, found, dict.fromkeys("abc", VECTORS)) == {"c"}
    assert (store.load("a").evaluations, set(kept(store))) == ((), {"c"})


def test_nothing_to_write(store: Store) -> None:
    assert save_evaluations(store, {}, {}) == set()
    assert load_many(store, []) == {}


def test_which_are_stored(population: Store) -> None:
    assert stored(population) == ["a1", "a2", "a3", "b1", "b2", "b3", "c1", "c2"]
    days = Filters(since=date(2026, 3, 2), until=date(2026, 3, 2))
    assert stored(population, days) == ["a3", "b1", "b2"]


def test_an_analysis_without_turns(store: Store, make: Make) -> None:
    plain = make("a")
    silent = replace(
        plain, conversation=replace(plain.conversation, turns=()), labels=(), vectors=VECTORS
    )
    store.save(silent)
    assert load_many(store, ["a"])["a"][1] == silent
    turn = Turn(0, "agent", "S0", 0.0, 1.0, "Hello")
    assert turn not in load_many(store, ["a"])["a"][1].conversation.turns
