"""The score of a review: people's answers in the place of the machine's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cintel.conversation import (
    Acoustics,
    Analysis,
    Answer,
    Conversation,
    Csat,
    Evaluation,
    Frustration,
    Labels,
    Metrics,
    Provenance,
    SideMetrics,
    Stretches,
    Summary,
    Turn,
)
from cintel.errors import StoreError, UsageError
from cintel.quality import dumps, loads, review, tally
from cintel.store import Store, workflow, worklist
from cintel.store.workflow_steps import Key

CARD = loads(
    """
name: service
title: Service
pass_mark: 70
sections:
  - name: opening
    title: Opening
    weight: 40
    questions:
      - {id: greets, text: Greets, points: 4, judge: {kind: human}}
      - {id: thanks, text: Thanks, points: 1, bonus: true, judge: {kind: human}}
  - name: body
    title: Body
    weight: 60
    questions:
      - {id: safe, text: Safe, points: 5, critical: form, judge: {kind: human}}
      - id: tone
        text: Tone
        type: scale
        judge: {kind: human}
        options: [{answer: "1", points: 0}, {answer: "2", points: 2}, {answer: "3", points: 5}]
      - {id: note, text: Note, type: text, judge: {kind: human}}
""",
    where="card",
)


def _answer(question: str, said: str | float | None, points: float, **more: object) -> Answer:
    possible = CARD.question(question).possible
    return Answer(question, said, points, possible, 0.9, "", **more)  # type: ignore[arg-type]


MACHINE = tally(
    CARD,
    (
        _answer("greets", "yes", 4.0),
        _answer("thanks", "no", 0.0),
        _answer("safe", "yes", 5.0),
        _answer("tone", None, 0.0, unsure=True, suggested=3.0),
        _answer("note", None, 0.0, unsure=True),
    ),
)
KEY = Key("call", "service", CARD.version)


@pytest.mark.parametrize(
    ("human", "score", "passed", "failed"),
    [
        ({}, 100.0, True, False),
        ({"greets": "no"}, 60.0, False, False),  # 40 × 0/4 + 60 × 5/5
        ({"greets": "no", "thanks": "yes"}, 70.0, True, False),  # 40 × 1/4 + 60
        ({"greets": None}, 100.0, True, False),  # only the second section is left
        ({"tone": 2.0}, 82.0, True, False),  # 40 + 60 × 7/10
        ({"tone": "1"}, 70.0, True, False),  # 40 + 60 × 5/10
        ({"safe": "no"}, 0.0, False, True),
        ({"safe": None, "greets": None}, None, None, False),  # tone is still unsure
        ({"note": "Well done."}, 100.0, True, False),
        ({"greets": "yes"}, 100.0, True, False),
    ],
)
def test_the_final_score(
    human: dict[str, str | float | None], score: float | None, passed: bool | None, failed: bool
) -> None:
    made = review.final(CARD, MACHINE, human)
    assert (made.score, made.passed, made.auto_failed) == (score, passed, failed)
    sources = {item.question: item.source for item in made.answers}
    assert {name for name, source in sources.items() if source == "human"} == set(human)


def test_an_answer_that_the_question_does_not_have() -> None:
    with pytest.raises(UsageError, match=r"greets: has no answer 'maybe'\. Use yes, no"):
        review.final(CARD, MACHINE, {"greets": "maybe"})
    assert review.earned(CARD.question("tone"), 3.0) == 5.0
    assert review.earned(CARD.question("tone"), None) == 0.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "s.db") as opened:
        opened.save(_analysis(MACHINE))
        yield opened


def _analysis(made: Evaluation) -> Analysis:
    turns = (Turn(0, "agent", "S0", 0.0, 2.0, "Good morning."),)
    none = Stretches()
    return Analysis(
        Conversation("call", "call", "call.wav", 9.0, turns, agent_id="ann"), (Labels(),), None,
        Summary(), Metrics(9.0, None, None, None, None, none, none, none, none, SideMetrics(),
        SideMetrics()), Acoustics(), Frustration(), Csat(), (made,),
        Provenance("0.1.0", {}, "cpu", "content", "settings"),
    )  # fmt: skip


def test_from_the_draft_to_the_decision(store: Store) -> None:
    revision = workflow.assign(store, KEY, by="lea", reviewer="eve")
    with pytest.raises(StoreError, match=r"the text of version .* was not kept"):
        review.answer(store, KEY, revision, "eve", "greets", "no")
    store.save_scorecard(CARD.name, CARD.version, dumps(CARD))
    with pytest.raises(UsageError, match="weather: is not on service"):
        review.answer(store, KEY, revision, "eve", "weather", "no")
    with pytest.raises(StoreError, match="has answers left to a person: tone"):
        review.share(store, KEY, revision, "eve")
    revision = review.answer(store, KEY, revision, "eve", "greets", None, "an outbound call")
    revision = review.answer(store, KEY, revision, "eve", "safe", "no")
    revision = review.answer(store, KEY, revision, "eve", "tone", 2.0)
    assert review.stands(store, KEY).score == 0.0
    revision = review.answer(store, KEY, revision, "eve", "safe", "yes")
    revision = review.share(store, KEY, revision, "eve")
    found = worklist.review(store, KEY)
    assert found is not None
    assert (found.score, found.passed, found.state) == (70.0, True, "shared")  # 7/10 of one section
    revision = workflow.appeal(store, KEY, revision, "ann", "The tone was warm")
    revision = review.answer(store, KEY, revision, "tim", "tone", 3.0)
    review.decide(store, KEY, revision, "tim", granted=True, reason="It was")
    found = worklist.review(store, KEY)
    assert found is not None
    assert (found.score, found.state) == (100.0, "final")
    last = worklist.events(store, KEY)[-1]["detail"]
    assert [(item["question"], item["answer"], item["points"], item["source"])
            for item in last["answers"]] == [
        ("greets", None, 0.0, "human"), ("thanks", "no", 0.0, "auto"),
        ("safe", "yes", 5.0, "human"), ("tone", 3.0, 5.0, "human"), ("note", None, 0.0, "auto"),
    ]  # fmt: skip
    with pytest.raises(StoreError, match="cannot be answered while it is final"):
        review.answer(store, KEY, worklist.events(store, KEY)[-1]["revision"], "eve", "safe", "no")


def test_an_evaluation_that_went_with_a_new_analysis(store: Store) -> None:
    store.save_scorecard(CARD.name, CARD.version, dumps(CARD))
    revision = workflow.assign(store, KEY, by="lea", reviewer="eve")
    store.save(_analysis(Evaluation("service", "newer", None, None, False)))
    with pytest.raises(StoreError, match=f"has no answers of version {CARD.version} any more"):
        review.share(store, KEY, revision, "eve")
