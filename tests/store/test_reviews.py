from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cintel.conversation import Analysis, Answer, Evaluation
from cintel.errors import StoreError, UsageError
from cintel.store import Store, reviews
from cintel.store.selection import Filters


def _say(store: Store, key: str, answer: str | float | None, **more: Any) -> None:
    question = more.pop("question", "greeting")
    given = {"reviewer": "eve", **more}
    reviews.override(store, key, "service", "v1", question, answer=answer, **given)


def _rates(store: Store, filters: Filters | None = None) -> dict[str, tuple[Any, ...]]:
    frame = reviews.question_pass_rates(store, filters or Filters())
    assert set(frame["scorecard"]) == {"service"}
    columns = ["question", "answered", "reviewed", "ai_rate", "final_rate"]
    return {row[0]: row[1:] for row in frame[columns].itertuples(index=False, name=None)}


def test_both_answers_stand_side_by_side(population: Store) -> None:
    _say(population, "a1", "maybe", comment="unsure")
    _say(population, "a1", "no", points=0.0, comment="never greeted")
    first = reviews.answers(population, "a1").to_dict("records")[0]
    assert (first["ai_answer"], first["human_answer"], first["final_answer"]) == ("yes", "no", "no")
    assert (first["ai_points"], first["human_points"], first["possible"]) == (1.0, 0.0, 1.0)
    assert (first["reviewer"], first["comment"]) == ("eve", "never greeted")
    history = reviews.overrides(population, "a1")
    assert list(history["answer"]) == ["maybe", "no"]
    assert list(history["comment"]) == ["unsure", "never greeted"]
    loaded = population.load("a1").evaluations[0].answers[0]
    assert (loaded.answer, loaded.points) == ("yes", 1.0)


def test_answers_without_a_review(store: Store, rich: Analysis) -> None:
    store.save(rich)
    frame = reviews.answers(store, rich.id)
    assert list(frame["question"]) == ["greeting", "empathy", "hold"]
    assert list(frame["final_answer"])[:2] == ["yes", 3.5]
    assert not frame["reviewed"].any()
    assert frame["evidence"][0] == [{"turn": 0, "quote": "Grüß Gott", "start": 0.0, "end": 0.7}]
    assert frame["reason"][1] == "somewhat"


def test_a_human_not_applicable_is_the_final_answer(population: Store) -> None:
    _say(population, "a1", None)
    first = reviews.answers(population, "a1").iloc[0]
    assert first["reviewed"]
    assert first["ai_answer"] == "yes"
    assert first.isna()["final_answer"]


def test_pass_rates_before_any_review(population: Store) -> None:
    rates = _rates(population)
    assert rates["greeting"] == (7, 0, pytest.approx(4 / 7), pytest.approx(4 / 7))
    assert rates["hold"][:2] == (0, 0)
    frame = reviews.question_pass_rates(population)
    assert dict(zip(frame["question"], frame["position"], strict=True)) == {
        "greeting": 0, "hold": 1,
    }  # fmt: skip


def test_pass_rates_count_the_latest_override(population: Store) -> None:
    _say(population, "a1", "no", points=0.0)  # passed, now fails
    _say(population, "b2", None)  # passed, now not applicable
    _say(population, "b1", "no")  # failed, confirmed
    _say(population, "a2", "no", points=0.0)
    _say(population, "a2", "yes", points=1.0)  # failed, now passes
    _say(population, "c1", "partly")  # failed, now of unknown worth
    answered, reviewed, machine, final = _rates(population)["greeting"]
    assert (answered, reviewed) == (7, 5)
    assert machine == pytest.approx(4 / 7)
    assert final == pytest.approx(3 / 5)  # a1 0, a2 1, b1 0, b3 1, c2 1
    assert _rates(population, Filters(agents=("bob",)))["greeting"][:2] == (3, 2)


def test_pass_rates_by_agent(population: Store) -> None:
    _say(population, "b1", "yes", points=1.0)
    frame = reviews.agent_pass_rates(population)
    greeting = frame[frame["question"] == "greeting"]
    columns = ["agent_id", "answered", "ai_rate", "final_rate"]
    assert list(greeting[columns].itertuples(index=False, name=None)) == [
        ("ann", 2, 0.5, 0.5),
        ("bob", 3, pytest.approx(2 / 3), 1.0),
        ("cat", 1, 1.0, 1.0),
    ]


def test_agreement_counts_the_unchanged(population: Store) -> None:
    _say(population, "a1", "yes")
    _say(population, "a2", "yes")
    _say(population, "b2", "no")
    _say(population, "b2", "yes")
    _say(population, "b3", None)
    _say(population, "a1", None, question="hold")
    frame = reviews.agreement(population)
    assert frame.to_dict("records") == [
        {"scorecard": "service", "question": "greeting", "reviewed": 4, "unchanged": 2},
        {"scorecard": "service", "question": "hold", "reviewed": 1, "unchanged": 1},
    ]


def test_whole_numbers_agree_with_floats(store: Store, rich: Analysis) -> None:
    from dataclasses import replace

    first = rich.evaluations[0]
    scale = replace(first.answers[1], answer=4.0)
    store.save(replace(rich, evaluations=(replace(first, answers=(scale,)),)))
    reviews.override(store, rich.id, "service", "f00d", "empathy", reviewer="eve", answer=4)
    assert list(reviews.agreement(store)["unchanged"]) == [1]


def test_the_queue_holds_what_nobody_reviewed(population: Store) -> None:
    _say(population, "a1", None, question="hold")
    page, total = reviews.review_queue(population, Filters(agents=("ann",)), limit=2)
    assert total == 3
    assert list(page["conversation_id"]) == ["a2", "a1"]
    assert list(page["question"]) == ["hold", "greeting"]
    assert list(page["confidence"]) == [0.4, 0.9]


def test_an_override_of_nothing(population: Store) -> None:
    for key, question in (("a1", "weather"), ("a3", "greeting"), ("zz", "greeting")):
        with pytest.raises(StoreError, match=f"conversation '{key}' has no answer to '{question}'"):
            _say(population, key, "yes", question=question)
    with pytest.raises(UsageError, match="reviewer: is empty"):
        _say(population, "a1", "yes", reviewer=" ")
    assert reviews.overrides(population, "a1").empty


def test_an_unsure_answer_waits_for_a_person(
    store: Store, make: Callable[..., Analysis], evaluation: Callable[..., Evaluation]
) -> None:
    hesitant = Answer("greeting", None, 0.0, 1.0, 0.6, "perhaps", unsure=True, suggested="yes")
    made = Evaluation("service", "v1", None, None, False, (hesitant,))
    store.save_all([make("a", evaluation=made), make("b", evaluation=evaluation(50))])
    queue, total = reviews.review_queue(store)
    assert total == 3
    assert list(queue["unsure"]) == [True, False, False]
    first = queue.iloc[0]
    assert (first["conversation_id"], first["suggested"]) == ("a", "yes")
    assert list(queue["confidence"]) == [0.6, 0.4, 0.9]
    assert _rates(store)["greeting"][:2] == (1, 0)
    _say(store, "a", "yes", points=1.0)
    assert _rates(store)["greeting"] == (1, 1, 1.0, 1.0)
    assert reviews.agreement(store).empty
    row = reviews.answers(store, "a").iloc[0]
    assert (row["unsure"], row["suggested"], row["final_answer"]) == (True, "yes", "yes")
