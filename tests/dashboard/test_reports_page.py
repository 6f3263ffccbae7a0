"""The page of reports: its tables, and in Streamlit's bench."""

from __future__ import annotations

from pandas import DataFrame, Timestamp
from streamlit.testing.v1 import AppTest

from cintel.conversation import Analysis
from cintel.dashboard import reports
from cintel.dashboard.charts import lines
from cintel.reports import collect, tables
from cintel.reports.tables import EVERYBODY
from cintel.store import Store
from cintel.store import reviews as store_reviews


def _draw(url: str) -> None:
    import streamlit as st

    from cintel.dashboard import reports
    from cintel.dashboard.view import View
    from cintel.store import Store
    from cintel.store.selection import Filters

    def open_call(key: str, at: float | None) -> None:
        st.session_state["opened"] = (key, at)

    reports.page(View(Store(url), Filters(), None, open_call))


def _run(url: str) -> AppTest:
    return AppTest.from_function(_draw, args=(url,), default_timeout=120).run()


def test_the_grid_has_shares_and_short_titles(store: Store) -> None:
    facts = collect(store)
    found, titles = reports.grid(tables.questions(facts, "team"), "general-service", "question")
    assert list(found.index) == [EVERYBODY, "cards", "network", "orders", "retention"]
    assert titles[:2] == ["Greeting", "Offer help"]
    assert 0.0 <= found.min().min() <= found.max().max() <= 1.0
    _, titles = reports.grid(tables.sections(facts, "team"), "general-service", "section")
    assert titles == ["Opening", "Verification", "Service", "Closing"]


def test_fails_are_listed_latest_first() -> None:
    found = reports.listed(
        DataFrame({
            "day": [Timestamp("2026-03-02"), None, Timestamp("2026-03-09")],
            "quote": ["first words", None, "x " * 100],
            "at": [65.0, None, 4.0],
            "reviewer": [None, "eve", None],
        })
    )  # fmt: skip
    assert list(found["by"]) == ["AI", "AI", "eve"]
    assert found["moment"][1] == "1:05  first words"
    assert found["moment"][0].startswith("0:04  x x")
    assert found["moment"][0].endswith("…")
    assert found["moment"][2] == ""


def test_everybody_is_a_broad_grey_line_behind() -> None:
    week = Timestamp("2026-03-02")
    frame = DataFrame(
        {"week": [week] * 3, "agent": ["ann", "(all)", "bob"], "score": [50.0, 40.0, 0.0]}
    )
    figure = lines(frame, "(all)", reports._SCORE, 200)
    assert [trace.name for trace in figure.data] == ["(all)", "ann", "bob"]
    assert [trace.line.width for trace in figure.data] == [5, 2, 2]
    assert len({trace.line.color for trace in figure.data}) == 3
    assert list(figure.data[1].y) == [50.0]


def test_agents_teams_and_a_new_review(own: str, analyses: list[Analysis]) -> None:
    page = _run(own)
    assert not page.exception
    assert page.dataframe[0].value["agent"].iloc[0] == EVERYBODY
    before = page.dataframe[0].value["reviewed"].iloc[0]
    fails = len(page.dataframe[1].value)
    made = analyses[0].evaluations[0]
    with Store(own) as store:
        store_reviews.override(
            store, analyses[0].id, made.scorecard, made.version, "card_read_back",
            reviewer="eve", answer="no", points=0.0, comment="He reads all of it.",
        )  # fmt: skip
    page.segmented_control(key="report by").set_value("team").run()
    assert not page.exception
    assert page.dataframe[0].value["team"].iloc[1] == "cards"
    assert page.dataframe[0].value["reviewed"].iloc[0] == before + 1
    assert len(page.dataframe[1].value) == fails + 1
    assert "He reads all of it." in set(page.dataframe[1].value["reason"])
    assert [button.label for button in page.get("download_button")] == ["Excel", "CSV"]


def test_a_button_without_its_library_says_what_to_do() -> None:
    assert reports._needs("openpyxl") == {}
    told = reports._needs("a_library_that_is_not_there")
    assert told["disabled"] is True
    assert "pip install" in told["help"]
