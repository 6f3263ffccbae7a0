"""Scorecards are listed, edited, tried and published in Streamlit's bench."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cintel.conversation import Analysis
from cintel.dashboard import fields, forms, preview, publishing, scorecards
from cintel.quality import Scorecard, loads, tally
from cintel.quality.draft_mistakes import scorecard
from cintel.quality.drafting import Tree, add_question, begun
from cintel.quality.published import publish
from cintel.quality.rules import Pattern, Phrases
from cintel.quality.scorecard import to_dict
from cintel.store import Store
from cintel.store import scorecards as kept


def _draw(url: str) -> None:
    from cintel.dashboard import scorecards
    from cintel.dashboard.view import View
    from cintel.store import Store
    from cintel.store.selection import Filters

    scorecards.page(View(Store(url), Filters(), None, lambda key, at: None))


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(tmp_path_factory.mktemp("cards") / "cintel.db") as opened:
        yield opened


def run(store: Store, draft: str | None = None) -> AppTest:
    page = AppTest.from_function(_draw, args=(store.where,), default_timeout=60)
    if draft:
        page.query_params["draft"] = draft
    page.run()
    assert not page.exception
    return page


def press(page: AppTest, label: str) -> None:
    (button,) = [item for item in page.button if item.label == label]
    button.click().run()
    assert not page.exception


def fill(page: AppTest, kind: str, label: str, value: object) -> None:
    (widget,) = [item for item in page.get(kind) if item.label == label]
    widget.set_value(value).run()
    assert not page.exception


def choose(page: AppTest, place: tuple[int, ...]) -> None:
    (outline,) = [item for item in page.radio if item.label == "Outline"]
    outline.set_value(place).run()
    assert not page.exception


def step(page: AppTest, name: str) -> None:
    page.segmented_control(key="step").set_value(name).run()
    assert not page.exception


def said(items: Any) -> str:
    """What boxes or lines say, as a reader sees it."""
    return "\n".join(item.value.replace("\\", "") for item in items)


def content(store: Store, name: str = "card") -> Tree:
    found = kept.draft(store, name)
    assert found is not None
    return found.content


def two(store: Store) -> Scorecard:
    """Two published versions of ``card``; the newer one has two questions."""
    first = begun("card", "Card")
    publish(store, kept.begin(store, "card", first), scorecard(first), "lea")
    tree = begun("card", "Card")
    tree["sections"][0]["questions"].append(
        {"id": "extra", "text": "Extra?", "points": 2, "judge": {"kind": "human"}}
    )
    publish(store, kept.begin(store, "card", tree), scorecard(tree), "max")
    return scorecard(tree)


def test_entries_and_their_states(store: Store) -> None:
    card = two(store)
    store.save_scorecard("old", "v", "text")
    kept.begin(store, "fresh", begun("fresh", "Fresh"))
    found = {entry.name: entry for entry in scorecards.entries(store)}
    assert {"card", "fresh", "general-service", "old"} <= set(found)
    assert scorecards.state(found["general-service"]) == "ships with cintel"
    assert scorecards.state(found["old"]) == "came with an evaluation"
    assert scorecards.state(found["card"]).endswith(" by max")
    assert scorecards.state(found["fresh"]).startswith("draft of ")
    assert scorecards.newest(store, found["card"]) == card
    assert scorecards.newest(store, found["fresh"]) is None


def test_names_from_titles() -> None:
    assert scorecards.short_name("  My card, v2! ") == "my-card-v2"
    assert scorecards.short_name("§§") == ""


def test_lines_of_a_text() -> None:
    assert fields.split(" one \n\n two\n ") == ["one", "two"]


def test_what_a_question_is_worth() -> None:
    card = loads(
        "name: c\ntitle: C\npass_mark: 1\nsections:\n  - name: s\n    title: S\n    weight: 100\n"
        "    questions:\n"
        "      - {id: a, text: A, points: 1, critical: form, judge: {kind: human}}\n"
        "      - {id: b, text: B, points: 2.5, bonus: true, judge: {kind: human},"
        " when: {kind: channel, values: [call]}}\n"
        "      - {id: c, text: C, type: text, judge: {kind: human}}\n"
    )
    assert [preview.marks(question) for question in card.questions] == [
        "1 point · critical for the form", "2.5 bonus points · not always asked", "",
    ]  # fmt: skip


def test_the_last_version_is_the_one_published_last(store: Store) -> None:
    assert publishing.last_version(store, "card") is None
    card = two(store)
    store.save_scorecard("card", "newer", "came with an evaluation")
    assert publishing.last_version(store, "card") == card


def test_an_evaluation_that_nobody_reviewed(card: Scorecard, analyses: list[Analysis]) -> None:
    made = tally(card, analyses[0].evaluations[0].answers)
    form = forms.unreviewed(made, card)
    assert (form.score, form.title) == (made.score, "General service")
    items = [item for _, items in form.parts for item in items]
    assert [item.question for item in items] == [question.id for question in card.questions]
    assert {item.human for item in items} == {None}


def test_versions_with_what_they_changed(store: Store) -> None:
    two(store)
    page = run(store)
    page.session_state["card"] = "card"
    page.run()
    assert not page.exception
    assert "question added, 2 points: Extra?" in said(page.markdown)
    press(page, "Edit as a draft")
    assert content(store)["sections"][0]["questions"][1]["id"] == "extra"
    assert page.query_params["draft"] == "card"


def test_a_copy_of_what_ships_needs_its_own_name(store: Store, card: Scorecard) -> None:
    page = run(store)
    page.session_state["card"] = "general-service"
    page.run()
    fill(page, "text_input", "Name of your copy", "General service")
    press(page, "Make a copy")
    assert "ships with cintel" in said(page.error)
    assert kept.drafts(store) == []
    fill(page, "text_input", "Name of your copy", "Our calls")
    press(page, "Make a copy")
    assert content(store, "our-calls") == to_dict(card) | {
        "name": "our-calls", "title": "Our calls",
    }  # fmt: skip


def test_a_card_is_built_and_published(store: Store) -> None:
    page = run(store)
    fill(page, "text_input", "Title", "Card")
    press(page, "Begin")
    choose(page, (0, 0))
    fill(page, "text_area", "Question, as a reviewer reads it", "Says hello?")
    fill(page, "text_input", "Short name", "hello")
    fill(page, "number_input", "Points", 3.0)
    fill(page, "selectbox", "Who or what answers", "phrases")
    assert "must be a list of at least one" in said(page.warning)
    fill(page, "text_area", "Lines that mean it, one each", "hello there\n\n good morning ")
    fill(page, "number_input", "How alike, 0 to 1", 0.6)
    fill(page, "number_input", "First turns of that side", 2)
    assert not page.warning
    press(page, "Question")
    fill(page, "selectbox", "Who or what answers", "pattern")
    fill(page, "text_input", "Regular expression", "(")
    assert "not a regular expression" in said(page.warning)
    step(page, "Publish")
    assert not [item for item in page.button if item.label == "Publish"]
    step(page, "Edit")
    fill(page, "text_input", "Regular expression", "bye")
    fill(page, "selectbox", "If it earns nothing", "section")
    step(page, "Publish")
    press(page, "Publish")
    assert "who publishes: is empty" in said(page.error)
    fill(page, "text_input", "Reviewer", "lea")
    press(page, "Publish")
    assert kept.drafts(store) == []
    text = kept.newest(store, "card")
    assert text is not None
    first, second = loads(text).questions
    assert (first.id, first.text, first.points) == ("hello", "Says hello?", 3.0)
    assert isinstance(first.judge, Phrases)
    assert first.judge.phrases == ("hello there", "good morning")
    assert (first.judge.threshold, first.judge.within.first_turns) == (0.6, 2)  # type: ignore[union-attr]
    assert (second.judge, second.critical) == (Pattern("bye"), "section")


def test_sections_and_questions_are_moved_weighed_and_removed(store: Store) -> None:
    kept.begin(store, "card", begun("card", "Card"))
    page = run(store, "card")
    press(page, "Section")
    fill(page, "text_input", "Title of the section", "Close")
    fill(page, "number_input", "Weight in %", 25.0)
    assert "the weights add up to 125, not 100" in said(page.warning)
    press(page, "Make them add up")
    assert not page.warning
    assert [(part["title"], part["weight"]) for part in content(store)["sections"]] == [
        ("Service", 80), ("Close", 20),
    ]  # fmt: skip
    page.button(key="up").click().run()
    assert [part["title"] for part in content(store)["sections"]] == ["Close", "Service"]
    choose(page, (1, 0))
    page.button(key="up").click().run()
    ids = [[item["id"] for item in part["questions"]] for part in content(store)["sections"]]
    assert ids == [["question_2", "question_1"], []]
    page.button(key="remove").click().run()
    choose(page, (1,))
    page.button(key="remove").click().run()
    assert [part["title"] for part in content(store)["sections"]] == ["Close"]
    assert not page.exception


def test_every_type_has_its_form(store: Store) -> None:
    kept.begin(store, "card", add_question(begun("card", "Card"), 0))
    page = run(store, "card")
    choose(page, (0, 0))
    for kind in ("choice", "scale", "number", "checklist", "text", "yes_no"):
        fill(page, "selectbox", "Answer", kind)
        assert not page.warning, kind
        assert content(store)["sections"][0]["questions"][0]["type"] == kind
    for kind in ("phrases", "pattern", "metric", "label", "human", "llm", "yaml"):
        fill(page, "selectbox", "Who or what answers", kind)
    fill(page, "selectbox", "Answer", "checklist")
    press(page, "Add a line")
    assert len(content(store)["sections"][0]["questions"][0]["items"]) == 2
    assert "is empty" in said(page.warning)


def test_answers_to_confirm_are_chosen_and_go_with_the_type(store: Store) -> None:
    kept.begin(store, "card", begun("card", "Card"))
    page = run(store, "card")
    choose(page, (0, 0))
    fill(page, "multiselect", "Answers that a person always confirms", ["no"])
    assert content(store)["sections"][0]["questions"][0]["confirm"] == ["no"]
    assert not page.warning
    fill(page, "selectbox", "Answer", "scale")
    assert "confirm" not in content(store)["sections"][0]["questions"][0]
    assert not page.warning


def test_deeper_rules_are_written_as_yaml(store: Store) -> None:
    kept.begin(store, "card", begun("card", "Card"))
    page = run(store, "card")
    choose(page, (0, 0))
    before = content(store)
    fill(page, "selectbox", "Who or what answers", "yaml")
    fill(page, "text_area", "Rule", "any_of:\n  - {kind: pattern, regex: a}\n  - {kind: pattern}\n")
    assert "rule, line 3: regex: is missing" in said(page.error)
    assert page.code[0].value.splitlines()[2] == "▸   3    - {kind: pattern}"
    assert content(store) == before
    fill(page, "text_area", "Rule", "any_of:\n  - {kind: pattern, regex: a}\n")
    assert not page.error
    judge = content(store)["sections"][0]["questions"][0]["judge"]
    assert judge == {"any_of": [{"kind": "pattern", "regex": "a"}]}


def test_the_whole_card_as_yaml(store: Store) -> None:
    kept.begin(store, "card", begun("card", "Card"))
    page = run(store, "card")
    step(page, "As YAML")
    text = page.text_area[0].value
    fill(page, "text_area", "The whole scorecard", text.replace("pass_mark: 75", "pass_mark: 175"))
    assert "scorecard, line 3: pass" in said(page.error)
    assert content(store)["pass_mark"] == 75
    fill(page, "text_area", "The whole scorecard", text.replace("pass_mark: 75", "pass_mark: 60"))
    assert not page.error
    assert content(store)["pass_mark"] == 60


def test_a_refresh_loses_nothing_and_nobody_is_overwritten(store: Store) -> None:
    kept.begin(store, "card", begun("card", "Card"))
    mine, theirs = run(store, "card"), run(store, "card")
    fill(theirs, "text_input", "Title", "Theirs")
    fill(mine, "text_input", "Title", "Mine")
    assert "saved the draft of card meanwhile; nothing of yours" in said(mine.error)
    assert content(store)["title"] == "Theirs"
    fill(mine, "number_input", "Passes with a score of", 80.0)  # goes on, still unsaved
    assert content(store)["pass_mark"] == 75
    press(mine, "Load theirs")
    assert not mine.error
    assert mine.text_input[0].value == "Theirs"
    fill(mine, "number_input", "Passes with a score of", 80.0)
    assert (content(store)["title"], content(store)["pass_mark"]) == ("Theirs", 80)
    fresh = run(store, "card")
    assert (fresh.text_input[0].value, fresh.number_input[0].value) == ("Theirs", 80.0)


def test_a_draft_is_closed_and_discarded(store: Store) -> None:
    kept.begin(store, "card", begun("card", "Card"))
    page = run(store, "card")
    press(page, "Close")
    assert len(kept.drafts(store)) == 1
    assert "draft" not in page.query_params
    page.session_state["card"] = "card"
    page.run()
    press(page, "Go on with the draft")
    press(page, "Discard")
    assert kept.drafts(store) == []


def test_a_draft_that_is_gone_leads_to_the_list(store: Store) -> None:
    page = run(store, "no-such-draft")
    assert [item for item in page.button if item.label == "Begin"]
