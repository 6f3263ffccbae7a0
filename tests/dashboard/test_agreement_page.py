"""The pages of agreement, calibration and the sample: their words, and in Streamlit's bench."""

from __future__ import annotations

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from cintel.conversation import Analysis
from cintel.dashboard import agreement, calibration, intervals, sample
from cintel.dashboard.view import View
from cintel.quality.agreement import Line
from cintel.quality.coefficients import Agreement, Estimate
from cintel.quality.sampling import NO_ESTIMATE
from cintel.store import Store, candidates, reviews
from cintel.store import calibration as kept
from cintel.store.selection import Filters

EVERYTHING = Filters()


def _draw(url: str, name: str) -> None:
    from importlib import import_module

    from cintel.dashboard.view import View
    from cintel.store import Store
    from cintel.store.selection import Filters

    view = View(Store(url), Filters(), None, lambda key, at: None)
    import_module(f"cintel.dashboard.{name}").page(view)


def _run(url: str, name: str) -> AppTest:
    return AppTest.from_function(_draw, args=(url, name), default_timeout=60)


def _review(store: Store, analyses: list[Analysis], reviewer: str, wrong: int) -> None:
    for number, analysis in enumerate(analyses):
        made = analysis.evaluations[0]
        first = made.answers[0]
        answer = "no" if number < wrong else first.answer
        reviews.override(
            store, analysis.id, made.scorecard, made.version, first.question,
            reviewer=reviewer, answer=answer,
        )  # fmt: skip


def _begin(store: Store, analysis: Analysis, *scorers: str) -> int:
    made = analysis.evaluations[0]
    return kept.begin(
        store, analysis.id, made.scorecard, made.version, created_by="lea", scorers=scorers
    )


def test_estimates_in_words() -> None:
    assert intervals.worded(Estimate(0.816, 0.7, 0.914)) == "0.82 (0.70 to 0.91)"
    assert intervals.worded(Estimate(0.816, 0.7, 0.914), share=True) == "82 % (70 to 91 %)"
    assert intervals.worded(Estimate(-0.02)) == "\N{MINUS SIGN}0.02"
    assert intervals.worded(Estimate()) == "–"


def test_figures_leave_out_what_is_not_defined() -> None:
    told = Agreement(12, 12, 2, Estimate(0.9, 0.7, 0.97), Estimate(0.5), Estimate(), Estimate())
    empty = Agreement(1, 1, 2, Estimate(1.0, 0.2, 1.0), Estimate(), Estimate(), Estimate())
    lines = [Line("service", "greeting", told), Line("service", "hold", empty)]
    shares = intervals.by_question(lines, "unchanged").data[0]
    assert list(shares.y) == ["Greeting", "Hold"]
    assert list(shares.error_x.array) == pytest.approx([0.07, 0.0])
    assert list(shares.error_x.arrayminus) == pytest.approx([0.2, 0.8])
    kappas = intervals.by_question(lines, "kappa").data[0]
    assert (list(kappas.y), list(kappas.x)) == (["Greeting"], [0.5])
    months = [Line("service", "2026-03", told), Line("service", "2026-04", empty)]
    assert list(intervals.by_month(months, "kappa", 200).data[0].x) == ["2026-03-01"]


def test_the_table_of_agreement(own: str, analyses: list[Analysis]) -> None:
    with Store(own) as store:
        _review(store, analyses[:12], "eve", 3)
        view = View(store, EVERYTHING, None, lambda key, at: None)
        found = agreement.pairs(view, agreement.REVIEWS)
        assert len(found) == 12
        lines = agreement.figures.by_question(found, agreement.levels(store, found))
        table = agreement.table(lines, "question")
        assert list(table["question"]) == ["Greeting"]
        assert list(table["answers"]) == [12]
        assert agreement.pairs(view, agreement.BLIND) == []
    page = _run(own, "agreement").run()
    assert not page.exception
    assert page.metric[0].value == "12"
    assert len(page.dataframe) == 2


def test_people_side_by_side_after_the_machine() -> None:
    found = calibration.compared([
        {"question": "greeting", "scorer": "AI", "answer": "yes", "comment": ""},
        {"question": "greeting", "scorer": "eve", "answer": "yes", "comment": ""},
        {"question": "greeting", "scorer": "Max", "answer": "no", "comment": ""},
        {"question": "hold", "scorer": "AI", "answer": "yes", "comment": ""},
        {"question": "hold", "scorer": "eve", "answer": None, "comment": ""},
        {"question": "hold", "scorer": "Max", "answer": None, "comment": ""},
    ])  # fmt: skip
    assert list(found) == ["question", "differ", "AI", "Max", "eve"]
    assert found.to_numpy().tolist() == [
        ["Greeting", True, "yes", "no", "yes"], ["Hold", False, "yes", "n/a", "n/a"],
    ]  # fmt: skip


def test_a_session_is_started_scored_blind_and_then_seen(
    own: str, analyses: list[Analysis]
) -> None:
    page = _run(own, "agreement").run()
    page.text_input(key="reviewer").set_value("eve").run()
    place = {box.label: box for box in page.text_input}
    place["Conversation"].set_value(analyses[0].id)
    place["Who scores it"].set_value("eve, max")
    page.button[0].click().run()
    assert not page.exception
    assert not page.error
    assert len(page.radio) == len(analyses[0].evaluations[0].answers)
    assert {radio.value for radio in page.radio} == {None}
    page.radio[0].set_value(1)
    next(button for button in page.button if button.label == "Score, for good").click().run()
    assert "are not answered" in page.error[0].value
    for radio in page.radio[1:]:
        radio.set_value(2)
    next(button for button in page.button if button.label == "Score, for good").click().run()
    assert not page.error
    assert any("Waiting for max." in text.value for text in page.caption)
    with Store(own) as store:
        session = int(kept.sessions(store)["session"][0])
        said = kept.answers(store, session, "eve")
        assert said[0]["answer"] == "no"
        assert {row["answer"] for row in said[1:]} == {None}
        kept.score(store, session, "max", {row["question"]: "yes" for row in said})
    page.run()
    assert list(page.dataframe[-1].value["max"]) == ["yes"] * len(said)


def test_a_session_of_one_is_refused_in_words(own: str, analyses: list[Analysis]) -> None:
    page = _run(own, "agreement").run()
    page.text_input(key="reviewer").set_value("eve").run()
    place = {box.label: box for box in page.text_input}
    place["Conversation"].set_value(analyses[0].id)
    place["Who scores it"].set_value("eve")
    page.button[0].click().run()
    assert "are fewer than two" in page.error[0].value


def test_the_list_of_a_day(own: str, analyses: list[Analysis]) -> None:
    with Store(own) as store:
        rows = candidates.candidates(store)
        found = sample.candidates(rows)
        assert len(found) == len(rows)
        day = date(2026, 11, 20)
        listed = sample.listed(sample.draw_sample(found, "Risk first", 5, day), rows)
        assert len(listed) == 5
        assert not any(listed["reason"].str[0].str.islower())
        for method in sample.METHODS:
            drawn = sample.draw_sample(found, method, 6, day)
            assert drawn == sample.draw_sample(found, method, 6, day)
            assert (drawn.note == NO_ESTIMATE) == (method == "Risk first")
        first = sample.draw_sample(found, "Random", 1, day).picks[0].conversation
        chosen = next(item for item in analyses if item.id == first)
        _review(store, [chosen], "eve", 0)
        later = sample.candidates(candidates.candidates(store))
        after = sample.draw_sample(later, "Random", 100, date(2999, 1, 1))
        assert first not in {pick.conversation for pick in after.picks}


def test_the_sample_page_says_what_it_can_tell(filled: str) -> None:
    page = _run(filled, "sample").run()
    assert page.metric[3].value == "No estimate"
    page.segmented_control(key="sampling").set_value("Random").run()
    assert not page.exception
    assert page.metric[0].value == "20"
    assert page.metric[3].value.startswith("± ")
