"""The page Score: what waits, what a sheet shows and sends, which steps there are for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cintel.conversation import Analysis
from cintel.dashboard import forms, score, sheet, stage, steps
from cintel.dashboard.view import View
from cintel.quality import review as scored
from cintel.quality.published import publish
from cintel.quality.scorecard import to_dict
from cintel.store import Store, reviews, scorecards, workflow, worklist
from cintel.store.selection import Filters
from cintel.store.workflow_steps import Key, Review

KEY = Key("a", "service", "v")
TODAY = date(2026, 11, 22)
DRAFT = Review(KEY, "ann", "eve", "draft", 3, None, None, None, False, None, "2026-11-01")


def _draw(url: str, name: str) -> None:
    from importlib import import_module

    from cintel.dashboard.view import View
    from cintel.store import Store
    from cintel.store.selection import Filters

    view = View(Store(url), Filters(), None, lambda key, at: None)
    import_module(f"cintel.dashboard.{name}").page(view)


def _run(url: str, name: str = "score", who: str = "") -> AppTest:
    page = AppTest.from_function(_draw, args=(url, name), default_timeout=60)
    page.session_state["reviewer"] = who
    return page.run()


def _key(analysis: Analysis) -> Key:
    made = analysis.evaluations[0]
    return Key(analysis.id, made.scorecard, made.version)


def _press(page: AppTest, label: str) -> AppTest:
    return next(button for button in page.button if button.label == label).click().run()


@pytest.mark.parametrize(
    ("state", "more", "offered"),
    [
        ("draft", {}, {"eve": ("share", "give"), "Tim": ("give",), "ann": (), " ": ()}),
        ("shared", {}, {"eve": ("reschedule",), "ann": ("acknowledge", "appeal"),
                        "tim": ("reschedule",)}),
        ("shared", {"deadline": TODAY}, {"eve": ("reschedule",)}),
        ("shared", {"deadline": date(2026, 11, 21)},
         {"eve": ("finalise", "reschedule"), "ann": ("acknowledge", "appeal")}),
        ("shared", {"agent": None}, {"eve": ("reschedule",),
                                     "tim": ("acknowledge", "appeal", "reschedule")}),
        ("acknowledged", {}, {"eve": ("finalise",), "tim": ("finalise",), "ann": ("appeal",)}),
        ("appealed", {"appealed_by": "ann"}, {"EVE": (), "ann": (), "tim": ("decide",)}),
        ("final", {}, {"eve": (), "ann": ("appeal",), "tim": ()}),
        ("final", {"appealed_by": "ann"}, {"eve": (), "ann": (), "tim": ()}),
    ],
)  # fmt: skip
def test_steps_for_each_state_and_person(
    state: Any, more: dict[str, Any], offered: dict[str, tuple[str, ...]]
) -> None:
    found = replace(DRAFT, state=state, **more)
    assert {who: steps.allowed(found, who, TODAY) for who in offered} == offered


def test_who_may_answer() -> None:
    assert [sheet.may_answer(DRAFT, who) for who in ("Eve", "tim", "ann", "")] == [
        True, False, False, False,
    ]  # fmt: skip
    appealed = replace(DRAFT, state="appealed", appealed_by="ann")
    assert [sheet.may_answer(appealed, who) for who in ("eve", "tim", "ann", "")] == [
        False, True, False, False,
    ]  # fmt: skip
    assert not sheet.may_answer(replace(DRAFT, state="shared"), "eve")


def test_keys_of_the_answers(card: Any) -> None:
    assert [(o["key"], o["value"]) for o in sheet.options(card.question("greeting"))] == [
        ("y", "yes"), ("n", "no"), ("a", None),
    ]  # fmt: skip
    scale = scored.loads(
        "{name: s, title: S, pass_mark: 50, sections: [{name: a, title: A, weight: 100, questions: "
        "[{id: q, text: Q, type: scale, judge: {kind: human}, options: "
        "[{answer: '1', points: 0}, {answer: '5', points: 2}]}]}]}",
        where="s",
    ).question("q")
    assert [(o["key"], o["label"], o["value"]) for o in sheet.options(scale)] == [
        ("1", "1", 1.0), ("2", "5", 5.0), ("a", "n/a", None),
    ]  # fmt: skip
    assert [o["key"] for o in sheet.options(None)] == ["a"]


def test_a_sheet_shows_both_answers_and_keeps_what_it_sends(
    own: str, analyses: list[Analysis]
) -> None:
    made, key = analyses[0], _key(analyses[0])
    with Store(own) as store:
        workflow.assign(store, key, by="lea", reviewer="eve")
        first = made.evaluations[0].answers[0]
        seen, refused = sheet.apply(store, key, "eve", 1, [
            {"number": 1, "question": first.question, "answer": "no"},
            {"number": 2, "comment": "too late", "moment": 9.5},
        ])  # fmt: skip
        assert (seen, refused) == (3, "")
        stale = [
            {"number": 3, "question": first.question, "answer": "yes"},
            {"number": 4, "comment": "lost with it", "moment": 1.0},
        ]
        seen, refused = sheet.apply(store, key, "eve", 2, stale)
        assert seen == 2
        assert "was commented on by eve at" in refused
        found = worklist.review(store, key)
        assert found is not None
        (form,) = stage.evaluations(store, made)
        card = forms.scorecard(store, key.scorecard, key.version)
        told = sheet.payload(
            made, found, form, card, {first.question: "no"}, worklist.events(store, key), "eve"
        )
        assert list(reviews.overrides(store, key.conversation_id)["answer"]) == ["no"]
    item = told["items"][0]
    assert (item["id"], item["ai"], item["human"], item["said"]) == (
        first.question, "yes", "no", "eve: no",
    )  # fmt: skip
    assert item["evidence"][0]["start"] == first.evidence[0].start
    assert "human" not in told["items"][1]
    assert told["comments"] == [{"who": "eve", "text": "too late", "start": 9.5}]
    assert (told["editable"], told["open"], told["score"]) == (True, True, "82.5")
    assert told["chips"] == [("", "draft"), ("", "AI 90.0")]


def test_events_in_words() -> None:
    def told(kind: str, text: str = "", **more: Any) -> str:
        return steps.told({"kind": kind, "text": text, "moment": None, "detail": None, **more})

    task = {"reviewer": "eve", "deadline": "2026-11-30"}
    assert told("assigned", detail=task) == "assigned to eve, until 2026-11-30"
    assert told("rescheduled", detail=task) == "rescheduled, until 2026-11-30"
    answer = {"question": "offer_help", "answer": None}
    assert told("answered", detail=answer) == "answered Offer help: n/a"
    assert told("commented on", "late", moment=65.0) == "comment at 1:05: late"
    assert told("appealed", "I did") == "appealed: I did"
    granted = {"granted": True, "score": 82.5}
    assert told("decided", "He did", detail=granted) == "appeal granted, score 82.5: He did"


def test_figures_of_the_list(own: str, analyses: list[Analysis]) -> None:
    with Store(own) as store:
        for analysis, by in zip(analyses, (date(2026, 11, 1), TODAY, None), strict=False):
            workflow.assign(store, _key(analysis), by="lea", reviewer="eve", deadline=by)
        view = View(store, Filters(), None, lambda key, at: None)
        found = score.listed(view, score.MINE, "eve")
        assert score.figures(found, TODAY) == (3, 0, 1)
        assert score.listed(view, score.MINE, "tim").empty
        assert len(score.listed(view, score.ALL, "")) == 3


OWN = (
    "{name: own, title: Own, pass_mark: 50, sections: [{name: a, title: A, weight: 100, questions: "
    "[{id: q, text: Please, points: 1, judge: {kind: pattern, regex: please}}]}]}"
)


def _assigned(url: str, conversation: str, by: str, reviewer: str) -> AppTest:
    """Assign on the published card, which the conversation was not scored on."""
    page = _run(url, who=by)
    for label, text in (("Conversation", conversation), ("Who scores it", reviewer)):
        next(box for box in page.text_input if box.label == label).set_value(text).run()
    choice = next(box for box in page.selectbox if box.label == "Scorecard")
    choice.select(next(option for option in choice.options if option.startswith("Own"))).run()
    return _press(page, "Assign")


def test_a_call_is_scored_on_a_published_card_when_it_is_assigned(
    own: str, analyses: list[Analysis]
) -> None:
    card, key = scored.loads(OWN, where="own"), analyses[0].id
    with Store(own) as store:
        seen = scorecards.begin(store, "own", to_dict(card))
        publish(store, seen, card, "lea")
    before = [made.scorecard for made in analyses[0].evaluations]
    refused = _assigned(own, key, "", "eve")
    assert "is empty. Write a name" in refused.error[0].value
    refused = _assigned(own, key, "lea", "grace.hill")
    assert "grace.hill is the agent" in refused.error[0].value
    with Store(own) as store:
        assert [made.scorecard for made in store.load(key).evaluations] == before
    page = _assigned(own, key, "lea", "eve")
    assert not page.error
    assert [toast.value for toast in page.toast] == ["Assigned to eve"]
    with Store(own) as store:
        made = store.load(key).evaluations[-1]
        assert (made.scorecard, made.version) == ("own", card.version)
        found = worklist.review(store, Key(key, "own", card.version))
        assert found is not None
        assert found.reviewer == "eve"


def test_from_assignment_to_the_final_score(own: str, analyses: list[Analysis]) -> None:
    key = _key(analyses[0])
    page = _run(own, who="eve")
    place = {box.label: box for box in page.text_input}
    place["Conversation"].set_value(key.conversation_id).run()
    place = {box.label: box for box in page.text_input}
    place["Who scores it"].set_value("eve").run()
    _press(page, "Assign")
    assert not page.exception
    assert not page.error
    assert page.metric[0].value == "1"
    _press(page, "Share with the agent")
    agent = _run(own, "agents", who="grace.hill")
    assert not agent.exception
    _press(agent, "Appeal")
    assert "is empty. Say what is wrong" in agent.error[0].value
    agent.text_area[0].set_value("I greeted her")
    _press(agent, "Appeal")
    assert [error.value for error in agent.error] == []
    judge = _run(own, who="tim")
    assert judge.metric[1].value == "1"
    assert any("I greeted her" in text.value for text in judge.markdown)
    judge.text_area[0].set_value("So she did")
    _press(judge, "Grant the appeal")
    assert not judge.error
    with Store(own) as store:
        found = worklist.review(store, key)
        assert found is not None
        assert (found.state, found.score, found.decided) == ("final", 90.0, True)
        assert [event["who"] for event in worklist.events(store, key)] == [
            "eve", "eve", "grace.hill", "tim",
        ]  # fmt: skip


def test_a_step_on_what_was_changed_meanwhile_is_refused(
    own: str, analyses: list[Analysis]
) -> None:
    key = _key(analyses[0])
    with Store(own) as store:
        revision = workflow.assign(store, key, by="lea", reviewer="eve")
        page = _run(own, who="eve")
        workflow.comment(store, key, revision, "lea", "look at this", moment=1.0)
        _press(page, "Share with the agent")
        assert "was commented on by lea at" in page.error[0].value
        found = worklist.review(store, key)
        assert found is not None
        assert found.state == "draft"
        _press(page, "Share with the agent")
        assert not page.error
        found = worklist.review(store, key)
        assert found is not None
        assert found.state == "shared"
