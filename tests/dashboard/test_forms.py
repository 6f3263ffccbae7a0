from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cintel.conversation import Analysis, Answer, Csat, Summary
from cintel.dashboard import forms, panel, review, stage
from cintel.errors import UsageError
from cintel.quality import Scorecard, dumps, loads, tally
from cintel.store import Store, reviews

CARD = """
name: short
title: Short card
pass_mark: 50
sections:
  - name: all
    title: All
    weight: 100
    questions:
      - id: polite
        text: Is the agent polite?
        points: 4
        judge: {kind: pattern, regex: please}
      - id: clear
        text: How clear is the agent?
        type: scale
        options:
          - {answer: "2", points: 1, judge: {kind: pattern, regex: so}}
          - {answer: "1", points: 0}
"""


@pytest.fixture(scope="module")
def short() -> Scorecard:
    return loads(CARD)


def test_choices_are_the_scorecards_with_the_machines_own_value(short: Scorecard) -> None:
    polite, clear = (short.question(name) for name in ("polite", "clear"))
    assert forms.choices(polite, "no") == ["yes", "no", None]
    assert forms.choices(clear, 2.0) == [2.0, "1", None]
    assert forms.choices(None, "yes") == ["yes", "no", None]
    assert forms.choices(None, 7.5) == [7.5, None]
    assert forms.choices(None, None) == [None]


def test_points_of_a_reviewers_answer(short: Scorecard) -> None:
    polite = short.question("polite")
    assert forms.points(polite, "yes", "no", 0.0) == 4.0
    assert forms.points(polite, "no", "no", 0.0) == 0.0
    assert forms.points(polite, None, "no", 0.0) == 0.0
    assert forms.points(None, "yes", "no", 0.0) is None
    assert forms.points(None, 7.5, 7.5, 3.0) == 3.0


@pytest.mark.parametrize(
    ("answer", "earned", "possible", "verdict"),
    [("yes", 4.0, 4.0, "pass"), ("2", 1.0, 2.0, "part"), ("no", 0.0, 4.0, "fail"),
     (None, 0.0, 4.0, "na"), ("yes", None, 4.0, "na"), ("yes", 0.0, 0.0, "na")],
)  # fmt: skip
def test_verdicts(answer: str | None, earned: float | None, possible: float, verdict: str) -> None:
    assert forms.verdict(answer, earned, possible) == verdict


def test_an_override_stands_beside_the_machines_answer(own: str, analyses: list[Analysis]) -> None:
    made, name = next(
        (analysis, answer.question)
        for analysis in analyses
        for answer in analysis.evaluations[0].answers
        if answer.answer == "no" and not analysis.evaluations[0].auto_failed
    )
    before = made.evaluations[0]
    with Store(own) as store:
        task = review.task(store, made.id, before.scorecard, before.version, name)
        assert task is not None
        assert (task.given, task.reviewed_at) == ("no", None)
        review.save(store, task, "eve", "yes", "heard it at the start")
        form = stage.evaluations(store, made)[0]
        again = review.task(store, made.id, before.scorecard, before.version, name)
        assert reviews.answers(store, made.id)["reviewed"].sum() == 1
    item = next(i for _, items in form.parts for i in items if i.question == name)
    assert (item.answer, item.verdict, item.human, item.human_verdict) == (
        "no", "fail", "yes", "pass",
    )  # fmt: skip
    assert (item.reviewer, item.comment) == ("eve", "heard it at the start")
    assert form.score == before.score
    assert form.reviewed_score is not None
    assert before.score is not None
    assert form.reviewed_score > before.score
    assert again is not None
    assert again.reviewed_at is not None
    block = panel.answer_block(item)
    assert (block["verdict"], block["final"], block["sign"]) == ("fail", "pass", "✓")
    assert block["human"] == "eve says: yes – heard it at the start"


def test_nobody_reviews_without_a_name(own: str, analyses: list[Analysis]) -> None:
    made = analyses[2].evaluations[0]
    with Store(own) as store:
        name = made.answers[0].question
        task = review.task(store, analyses[2].id, made.scorecard, made.version, name)
        assert task is not None
        with pytest.raises(UsageError, match="reviewer"):
            review.save(store, task, " ", "yes", "")
        assert reviews.answers(store, analyses[2].id)["reviewed"].sum() == 0


def test_a_question_that_is_gone_is_no_task(store: Store, analyses: list[Analysis]) -> None:
    made = analyses[0].evaluations[0]
    assert review.task(store, analyses[0].id, made.scorecard, made.version, "gone") is None


def test_a_scorecard_whose_text_was_not_kept_still_shows(
    store: Store, analyses: list[Analysis]
) -> None:
    made = replace(analyses[0].evaluations[0], version="older")
    form = forms.build(made, reviews.answers(store, analyses[0].id), None)
    assert form.title == "General service"
    assert [(title, len(items)) for title, items in form.parts] == [("General service", 13)]
    assert form.parts[0][1][0].text == "Greeting"
    assert forms.scorecard(store, made.scorecard, "older") is None


def test_the_panel_says_who_wrote_the_summary(analyses: list[Analysis]) -> None:
    def texts(**fields: Any) -> list[str]:
        made = replace(analyses[0], summary=Summary(text="So.", **fields), csat=Csat())
        blocks = panel.summary_blocks(made)
        return [block["text"] for block in blocks if block["kind"] == "text"][1:-1]

    assert texts() == ["So."]
    assert texts(note="it is down") == ["So.", "Language model: it is down"]
    assert texts(source="llm") == ["So.", "In the words of the language model."]


def test_panel_tabs(store: Store, analyses: list[Analysis]) -> None:
    tabs = panel.tabs(analyses[0], stage.evaluations(store, analyses[0]))
    assert [tab["name"] for tab in tabs] == ["Evaluation", "Summary", "Metrics"]
    score = tabs[0]["blocks"][0]
    assert score["title"] == "General service"
    headings = [b["text"] for b in tabs[0]["blocks"] if b["kind"] == "heading"]
    assert headings[:2] == ["Opening", "Verification"]
    assert {"kind": "text", "text": "the recording is clipped", "tone": ""} in tabs[1]["blocks"]
    made, turns = analyses[0].summary, analyses[0].conversation.turns
    parts = [block for block in tabs[1]["blocks"] if block["kind"] == "part"]
    state = "Resolved" if made.resolved else "Not resolved"
    assert parts == [
        {"kind": "part", "text": made.reason, "about": "", "starts": [turns[1].start]},
        {"kind": "part", "text": made.outcome, "about": state, "starts": []},
        {"kind": "part", "text": "Send an e-mail within the hour.",
         "about": "Agent · within the hour", "starts": [turns[2].start, turns[4].start]},
    ]  # fmt: skip
    sides = tabs[2]["blocks"][1]["rows"]
    assert sides[0] == ["", "Agent", "Customer"]
    assert sides[1] == ["Talk time", "0:20", "0:19"]
    silence = tabs[2]["blocks"][3]["rows"]
    assert silence[-1] == ["Overtalk", "1", "0.6 s", "0.6 s", "1 %"]


UNSURE = """
name: unsure
title: Unsure
pass_mark: 50
sections:
  - name: all
    title: All
    weight: 100
    questions:
      - {id: polite, text: Polite, points: 4, judge: {kind: pattern, regex: please}}
      - {id: fair, text: Fair, points: 6, judge: {kind: human}}
      - {id: note, text: Note, type: text, judge: {kind: human}}
      - id: steps
        text: Says
        type: checklist
        points: 2
        items: [{id: name, text: a name, judge: {kind: human}}]
      - id: pace
        text: Pace
        type: number
        points: 3
        judge: {kind: metric, metric: duration, at_least: 60}
"""


def unsure(store: Store, plain: Analysis) -> tuple[Scorecard, Analysis]:
    card = loads(UNSURE)
    answers = (
        Answer("polite", None, 0.0, 4.0, 0.6, "perhaps", unsure=True, suggested="yes"),
        Answer("fair", None, 0.0, 6.0, 0.0, "a person answers", unsure=True),
        Answer("note", None, 0.0, 0.0, 0.0, "a person answers", unsure=True),
        Answer("steps.name", "yes", 2.0, 2.0, 0.9, "says so"),
        Answer("pace", None, 0.0, 3.0, 0.6, "perhaps", unsure=True, suggested=70.0),
    )
    made = replace(plain, evaluations=(tally(card, answers),))
    store.save_scorecard(card.name, card.version, dumps(card))
    store.save(made)
    return card, made


def test_unsure_answers_wait_for_a_person(own: str, analyses: list[Analysis]) -> None:
    with Store(own) as store:
        card, made = unsure(store, analyses[0])
        (form,) = stage.evaluations(store, made)
        items = {item.question: item for item in form.parts[0][1]}
        assert [(item.answer, item.verdict) for item in items.values()] == [
            ("unsure, perhaps yes", "unsure"), ("unsure", "unsure"), ("unsure", "unsure"),
            ("yes", "pass"), ("unsure, perhaps 70", "unsure"),
        ]  # fmt: skip
        assert (form.score, form.reviewed_score) == (100.0, None)
        assert items["steps.name"].text == "Says a name"
        block = panel.evaluation_blocks(form)[0]
        assert block["chips"] == [("pass", "passed"), ("unsure", "4 unsure")]
        assert panel.answer_block(items["fair"])["sign"] == "?"

        def review_as(name: str, answer: str | float | None) -> None:
            task = review.task(store, made.id, card.name, card.version, name)
            assert task is not None
            assert task.unsure
            review.save(store, task, "eve", answer, "")

        review_as("polite", "yes")
        review_as("fair", "no")
        review_as("note", "Well done.")
        review_as("pace", 70.0)
        (form,) = stage.evaluations(store, made)
    assert form.reviewed_score == 60.0  # 4 + 0 + 2 + 3 of 4 + 6 + 2 + 3
    items = {item.question: item for item in form.parts[0][1]}
    assert [item.human_verdict for item in items.values()] == ["pass", "fail", "na", None, "pass"]
    assert panel.evaluation_blocks(form)[0]["chips"] == [
        ("pass", "passed"),
        ("human", "60 after review"),
    ]


def test_what_is_suggested_is_chosen_first(own: str, analyses: list[Analysis]) -> None:
    with Store(own) as store:
        card, made = unsure(store, analyses[0])
        tasks = [review.task(store, made.id, card.name, card.version, name)
                 for name in ("polite", "fair", "pace")]  # fmt: skip
    assert [(task.given, task.earned) for task in tasks if task] == [
        ("yes", 4.0), (None, 0.0), (70.0, 3.0),
    ]  # fmt: skip


def test_not_applicable_overruled_counts_in_full(own: str, analyses: list[Analysis]) -> None:
    with Store(own) as store:
        card, made = unsure(store, analyses[0])
        first, *others = made.evaluations[0].answers
        dropped = replace(first, unsure=False, suggested=None, possible=0.0)
        made = replace(made, evaluations=(tally(card, (dropped, *others)),))
        store.save(made)
        task = review.task(store, made.id, card.name, card.version, "polite")
        assert task is not None
        review.save(store, task, "eve", "no", "")
        (form,) = stage.evaluations(store, made)
    assert form.reviewed_score == 33.33  # 0 + 2 of 4 + 2
