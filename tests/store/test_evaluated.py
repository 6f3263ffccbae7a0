from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cintel.conversation import Analysis, Answer, Evidence
from cintel.store import Store, reviews
from cintel.store.evaluated import Override, evaluated, grounds, state
from cintel.store.selection import Filters


def _say(store: Store, answer: str, comment: str) -> None:
    reviews.override(
        store, "a2", "service", "v1", "greeting", reviewer="eve", answer=answer, points=1.0,
        comment=comment,
    )  # fmt: skip


def test_the_latest_override_stands_beside_the_machines_answer(population: Store) -> None:
    _say(population, "no", "first")
    _say(population, "yes", "second")
    found = {made.conversation: made for made in evaluated(population)}
    assert list(found) == ["a1", "a2", "b1", "b2", "b3", "c2", "c1"]
    two = found["a2"]
    assert (two.agent, two.queue, str(two.day)) == ("ann", "billing", "2026-03-01")
    assert two.overrides == {"greeting": Override("yes", 1.0, "eve", "second")}
    assert two.evaluation.score == 70
    assert two.evaluation.answers[0] == Answer("greeting", "no", 0.0, 1.0, 0.9, "")
    assert found["a1"].overrides == {}
    assert found["c1"].day is None


def test_filters_and_evaluations_without_answers(population: Store, rich: Analysis) -> None:
    population.save(rich)
    found = evaluated(population, Filters(agents=("agent-7",)))
    assert [(item.evaluation.scorecard, len(item.evaluation.answers)) for item in found] == [
        ("service", 3), ("sales", 0),
    ]  # fmt: skip
    assert found[1].evaluation.reason == "no agent turn"


def test_a_conversation_counts_once_a_scorecard(population: Store) -> None:
    first = population.load("a1")
    newer = replace(first.evaluations[0], version="v2", score=55.0)
    population.save(replace(first, evaluations=(*first.evaluations, newer)))
    found = [item for item in evaluated(population) if item.conversation == "a1"]
    assert [(item.evaluation.version, item.evaluation.score) for item in found] == [("v2", 55.0)]


def test_reasons_and_quotes_of_some(population: Store, rich: Analysis) -> None:
    population.save(rich)
    key = ("3fa9c1d2", "service", "f00d", "greeting")
    assert grounds(population, ["3fa9c1d2", *map(str, range(2000))], ["greeting"]) == {
        key: ("said so", (Evidence(0, "Grüß Gott", 0.0, 0.7),))
    }
    assert grounds(population, [], ["greeting"]) == {}


def test_the_state_moves_with_answers_and_evaluations(
    population: Store, make: Callable[..., Analysis], evaluation: Callable[..., object]
) -> None:
    first = state(population)
    assert state(population) == first
    _say(population, "no", "")
    second = state(population)
    population.save(make("d1", evaluation=evaluation(50)))
    assert len({first, second, state(population)}) == 3
