"""Every page runs in Streamlit's own test bench: filled, filtered to nothing, empty, broken."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cintel.conversation import Analysis, Answer
from cintel.dashboard import frame
from cintel.quality import dumps, loads, tally
from cintel.store import Store, reviews

PAGES = (
    "overview", "calls", "call", "reviews", "sample", "agreement", "agents", "trends", "topics",
)  # fmt: skip
APP = str(Path(frame.__file__).parents[2] / "app.py")
Run = Callable[..., AppTest]


def _page(name: str, url: str, agents: tuple[str, ...] = ()) -> None:
    from datetime import date
    from importlib import import_module

    import streamlit as st

    from cintel.dashboard.view import View, previous
    from cintel.store import Store
    from cintel.store.selection import Filters

    filters = Filters(since=date(2026, 10, 1), until=date(2026, 11, 30), agents=agents)

    def open_call(key: str, at: float | None) -> None:
        st.session_state["opened"] = (key, at)

    view = View(Store(url), filters, previous(filters), open_call)
    import_module(f"cintel.dashboard.{name}").page(view)


def _run(name: str, url: str, agents: tuple[str, ...] = ()) -> AppTest:
    script = AppTest.from_function(_page, args=(name, url, agents), default_timeout=60)
    return script.run()


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Run:
    def run(url: str, **parameters: str) -> AppTest:
        monkeypatch.setenv("CINTEL_STORE", url)
        frame._open.clear()
        script = AppTest.from_file(APP, default_timeout=60)
        for name, value in parameters.items():
            script.query_params[name] = value
        return script.run()

    return run


@pytest.mark.parametrize("name", PAGES)
def test_a_page_over_a_filled_store(name: str, filled: str) -> None:
    page = _run(name, filled)
    assert not page.exception
    assert not page.error
    assert not page.info
    assert page.main.children


@pytest.mark.parametrize("name", PAGES)
def test_a_page_whose_filters_match_nothing(name: str, filled: str) -> None:
    page = _run(name, filled, ("nobody",))
    assert not page.exception
    assert "No conversation matches these filters." in page.info[0].value


def test_the_frame_opens_on_the_overview_of_the_last_month(app: Run, filled: str) -> None:
    page = app(filled)
    assert not page.exception
    assert page.selectbox(key="period").value == "30 days"
    assert any(
        text.value == "19 Oct to 17 Nov 2026, against 19 Sep to 18 Oct 2026, by week"
        for text in page.caption
    )
    assert page.metric[0].label == "Conversations"
    assert page.multiselect(key="agents").options == [
        "grace.hill", "james.carter", "maria.lopez", "priya.nair", "tom.walker",
    ]  # fmt: skip


def test_filters_come_from_the_address(app: Run, filled: str) -> None:
    page = app(filled, agents="tom.walker", period="All")
    assert page.multiselect(key="agents").value == ["tom.walker"]
    assert page.metric[0].value == "6"
    assert page.sidebar.caption[0].value == "6 of 32 conversations"
    page.multiselect(key="agents").set_value([]).run()
    assert page.metric[0].value == "32"


def test_an_empty_store_says_how_to_fill_it(app: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    Store(url).close()
    page = app(url)
    assert not page.exception
    assert page.subheader[0].value == "Nothing analysed yet"
    assert "cintel analyze FOLDER --store" in page.code[0].value


def test_a_store_that_does_not_exist_is_not_made(app: Run, tmp_path: Path) -> None:
    path = tmp_path / "missing.db"
    page = app(f"sqlite:///{path}")
    assert not page.exception
    assert "does not exist yet" in page.error[0].value
    assert not path.exists()


def test_a_locked_store_says_what_to_do(
    app: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "locked.db"
    monkeypatch.setattr(frame, "_PATIENCE", 0.1)
    with sqlite3.connect(path) as holder:
        holder.execute("CREATE TABLE t (x)")
        holder.commit()
        holder.execute("BEGIN EXCLUSIVE")
        page = app(f"sqlite:///{path}")
        assert not page.exception
        assert "is locked by another program" in page.error[0].value
        assert page.button[0].label == "Try again"


def test_what_is_no_store_is_named(app: Run, tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("not a database at all, just a long enough line of text")
    page = app(f"sqlite:///{path}")
    assert "is a file, but not a database" in page.error[0].value


def test_an_unknown_call_is_named(filled: str) -> None:
    script = AppTest.from_function(_page, args=("call", filled), default_timeout=60)
    script.query_params["call"] = "zzz"
    page = script.run()
    assert not page.exception
    assert "holds no conversation 'zzz'" in page.error[0].value


def test_a_call_by_its_address(filled: str, analyses: list[Analysis]) -> None:
    script = AppTest.from_function(_page, args=("call", filled), default_timeout=60)
    script.query_params["call"] = analyses[3].id
    page = script.run()
    assert not page.exception
    assert f"id {analyses[3].id}" in page.caption[0].value


def test_a_review_is_saved_beside_the_machines_answer(own: str) -> None:
    page = _run("reviews", own)
    assert page.metric[0].value == "221"
    page.button[0].click().run()
    assert r"reviewer\: is empty" in page.error[0].value
    page.text_input(key="reviewer").set_value("eve")
    page.radio[0].set_value(2)
    page.text_area[0].set_value("does not apply here")
    page.button[0].click().run()
    assert not page.exception
    assert [metric.value for metric in page.metric] == ["220", "1", "0 %"]
    with Store(own) as store:
        found = reviews.agreement(store)
        assert list(found["reviewed"]) == [1]


def test_a_review_given_meanwhile_is_not_overruled_unseen(own: str) -> None:
    page = _run("reviews", own)
    key = page.session_state["reviewing"]
    with Store(own) as store:
        reviews.override(store, *key, reviewer="ann", answer=None, points=0.0)
    page.text_input(key="reviewer").set_value("eve")
    page.button[0].click().run()
    assert "ann answered n/a meanwhile" in page.warning[0].value
    with Store(own) as store:
        assert list(reviews.overrides(store, key[0])["reviewer"]) == ["ann"]
    page.button[0].click().run()
    with Store(own) as store:
        assert list(reviews.overrides(store, key[0])["reviewer"]) == ["ann", "eve"]


def test_an_unsure_answer_is_reviewed_first(own: str, analyses: list[Analysis]) -> None:
    card = loads(
        "{name: n, title: t, pass_mark: 50, sections: [{name: s, title: S, weight: 100, "
        "questions: ["
        "{id: fair, text: Fair, points: 6, judge: {kind: human}}, "
        "{id: note, text: Note, type: text, judge: {kind: human}}]}]}"
    )
    answers = [
        Answer("fair", None, 0.0, 6.0, 0.0, "a person answers", unsure=True),
        Answer("note", None, 0.0, 0.0, 0.1, "a person answers", unsure=True),
    ]
    shown = (
        one for one in analyses if "2026-10-02" < str(one.conversation.started_at) < "2026-11-30"
    )
    made = replace(next(shown), evaluations=(tally(card, answers),))
    with Store(own) as store:
        store.save_scorecard(card.name, card.version, dumps(card))
        store.save(made)
    page = _run("reviews", own)
    assert page.session_state["reviewing"] == (made.id, "n", card.version, "fair")
    page.text_input(key="reviewer").set_value("eve")
    assert page.radio[0].value is None
    page.button[0].click().run()
    assert page.warning[0].value == "Choose an answer."
    page.radio[0].set_value(0)
    page.button[0].click().run()
    assert not page.exception
    assert page.session_state["reviewing"] == (made.id, "n", card.version, "note")
    page.text_area[0].set_value("  Well done. ")
    page.button[0].click().run()
    assert not page.exception
    with Store(own) as store:
        given = reviews.overrides(store, made.id)
    assert list(given["answer"]) == ["yes", "Well done."]
    assert list(given["points"]) == [6.0, 0.0]
