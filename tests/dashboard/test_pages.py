"""What the pages say, without Streamlit: their view models on the store of thirty-two."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pandas import DataFrame, Timestamp

from cintel.conversation import Analysis
from cintel.dashboard import agents, call, calls, overview, reviews, stage, trends
from cintel.dashboard.overview import Kpi
from cintel.dashboard.view import View
from cintel.store import Store, queries
from cintel.store import reviews as store_reviews
from cintel.store.queries import Overview
from cintel.store.selection import Filters


@pytest.fixture
def view(store: Store) -> View:
    return View(store, Filters(), None, lambda key, at: None)


def test_kpis_show_value_change_and_whether_that_is_good() -> None:
    now = Overview(12, 0, 3.5, 0.5, 3.04, -0.05, 62.4, 0.25)
    before = Overview(10, 0, 3.0, 0.42, 3.0, None, 82.0, 0.1)
    found = {kpi.label: kpi for kpi in overview.kpis(now, before)}
    assert found["Frustration"].value == "0.50"
    assert (found["Frustration"].delta, found["Frustration"].delta_color) == ("+0.08", "inverse")
    assert (found["Conversations"].delta, found["Conversations"].delta_color) == ("+2", "off")
    assert (found["Sentiment"].value, found["Sentiment"].delta) == ("−0.05", None)
    assert found["QA score"].delta == "-20"
    assert (found["Automatic fails"].value, found["Automatic fails"].delta) == ("25 %", "+15 pts")


def test_kpis_have_no_change_over_a_period_without_conversations() -> None:
    now = Overview(1, 0, 1.0, 0.5, None, None, None, None)
    nobody = Overview(0, 0, 0.0, None, None, None, None, None)
    found: list[Kpi] = overview.kpis(now, nobody)
    assert [kpi.delta for kpi in found] == [None] * 6
    assert [kpi.value for kpi in found] == ["1", "0.50", "–", "–", "–", "–"]
    assert [kpi.delta for kpi in overview.kpis(now, None)] == [None] * 6


def test_long_periods_go_by_week(view: View) -> None:
    assert "week" in overview.over_time(view)
    sparse = replace(view, filters=Filters(since=date(2026, 10, 20), until=date(2026, 11, 30)))
    assert "week" in overview.over_time(sparse)
    short = replace(view, filters=Filters(since=date(2026, 11, 5), until=date(2026, 11, 30)))
    assert "day" in overview.over_time(short)
    none = replace(view, filters=Filters(agents=("nobody",)))
    assert overview.over_time(none).empty


def test_the_worst_calls_name_their_worst_moment(view: View) -> None:
    found = overview.worst_table(queries.worst(view.store, view.filters, 3))
    first = found.iloc[0]
    assert list(found["frustration"]) == sorted(found["frustration"], reverse=True)
    assert first["moment"].endswith("This is the worst service I have ever had.")
    assert first["moment"][:4] in ("0:39", "0:40", "0:41", "0:42", "0:46", "0:50", "0:54")


def test_the_list_is_paged_and_sorted_by_the_store(view: View) -> None:
    first = calls.listing(view, view.filters, "Most frustrated", 1)
    assert (first.total, first.pages, first.first, first.last) == (32, 2, 1, 25)
    last = calls.listing(view, view.filters, "Most frustrated", 9)
    assert (last.first, last.last, len(last.rows)) == (26, 32, 7)
    assert first.rows["frustration"].min() >= last.rows["frustration"].max()


def test_a_list_without_matches_is_empty(view: View) -> None:
    found = calls.listing(view, Filters(text="no such words"), "Newest first", 1)
    assert (found.total, found.pages, found.first, found.last) == (0, 1, 0, 0)


def test_narrowing_adds_to_the_shared_filters() -> None:
    shared = Filters(agents=("ann",))
    assert calls.narrowed(shared, "  ", "Any result", 0.0) == shared
    assert calls.narrowed(shared, " lost ", "Not passed", 0.4) == Filters(
        agents=("ann",), text="lost", outcome="failed", min_frustration=0.4
    )


def test_results_in_words() -> None:
    rows = DataFrame(
        {"started_at": [None] * 4, "duration": [61.0] * 4, "intent": [None] * 4,
         "passed": [True, False, False, None], "auto_failed": [False, False, True, None]}
    ).astype({"passed": "boolean", "auto_failed": "boolean"})  # fmt: skip
    found = calls.worded(rows)
    assert list(found["result"]) == ["Passed", "Not passed", "Failed automatically", "Not scored"]
    assert list(found["length"]) == ["1:01"] * 4


def test_moments_are_where_the_words_were_said(view: View) -> None:
    found = calls.moments(view, Filters(text="SUPERVISOR"))
    assert set(found["said"]) == {"You don't need a supervisor for this."}
    assert set(found["role"]) == {"agent"}
    assert len(found) == 11


def test_without_a_choice_the_most_frustrated_call_opens(view: View) -> None:
    assert call.chosen(view, "abc") == "abc"
    worst = queries.worst(view.store, n=1)["id"].iloc[0]
    assert call.chosen(view, None) == worst
    assert call.chosen(replace(view, filters=Filters(agents=("nobody",))), None) is None


def test_the_head_of_a_call(store: Store, analyses: list[Analysis]) -> None:
    made = analyses[0]
    title, facts = call.headline(made)
    assert title == "Card · lost or stolen"
    assert facts.startswith("grace.hill  ·  cards  ·  cust-10400  ·  20 Aug 2026, 09:00  ·  call")
    found = call.figures(made, stage.evaluations(store, made))
    assert [figure[0] for figure in found] == [
        "Frustration", "Customer sentiment", "Satisfaction", "QA score", "Agent's share of talk",
        "Silence",
    ]  # fmt: skip
    assert call.headline(replace(made, intent=None))[0] == "Conversation"


def test_sound_or_a_kind_word(store: Store, analyses: list[Analysis], tmp_path: Path) -> None:
    clip, notice = stage.sound(store, analyses[0])
    assert clip is not None
    assert (clip.mime, notice) == ("audio/mpeg", "")
    assert stage.sound(store, analyses[7]) == (None, "This is a chat: there is nothing to hear.")
    clip, notice = stage.sound(store, analyses[1])
    assert clip is None
    assert notice.startswith("The recording calls/01.wav is not there any more. Put it back")
    broken = tmp_path / "broken.wav"
    broken.write_text("no sound")
    talk = replace(analyses[0].conversation, source=str(broken))
    clip, notice = stage.sound(store, replace(analyses[0], conversation=talk))
    assert clip is None
    assert "broken.wav: cannot be played" in notice


def test_the_queue_begins_with_the_least_sure(view: View) -> None:
    rows, total = reviews.queue(view)
    assert (len(rows), total) == (200, 32 * 13)
    assert list(rows["confidence"]) == sorted(rows["confidence"])
    assert reviews.keys(rows)[0] == tuple(
        rows.iloc[0][["conversation_id", "scorecard", "version", "question"]]
    )


def test_agreement_so_far() -> None:
    counts = DataFrame({"reviewed": [3, 1], "unchanged": [2, 1]})
    assert reviews.agreed(counts) == (4, 0.75)
    assert reviews.agreed(counts.head(0)) == (0, None)


def test_an_agent_beside_the_team_furthest_behind_first() -> None:
    columns = ["scorecard", "question", "final_rate"]
    team = DataFrame([("s", "a", 0.5), ("s", "b", 0.9), ("s", "c", 0.2)], columns=columns)
    own = DataFrame([("s", "a", 0.6), ("s", "b", 0.4), ("s", "c", None)], columns=columns)
    found = agents.beside_team(own, team)
    assert list(found.itertuples(index=False, name=None)) == [("b", 0.4, 0.9), ("a", 0.6, 0.5)]


def test_lowest_and_highest_scores_of_an_agent(view: View) -> None:
    lowest, highest = agents.extremes(view, Filters(agents=("tom.walker",)), 2)
    every, _ = queries.conversations(view.store, Filters(agents=("tom.walker",)), sort="qa_score")
    scores = list(every["qa_score"])
    assert list(highest["qa_score"]) == scores[:2]
    assert list(lowest["qa_score"]) == scores[:-3:-1]


def test_questions_keep_the_order_of_the_scorecard(view: View) -> None:
    names = agents.question_names(store_reviews.agent_pass_rates(view.store))
    assert list(names)[:3] == ["greeting", "offer_help", "identity_check"]
    assert names["offer_help"] == "Offer help"
    assert len(names) == 13


def test_intents_by_week_begin_on_monday() -> None:
    days = DataFrame(
        {"day": [Timestamp("2026-03-01"), Timestamp("2026-03-02"), Timestamp("2026-03-08")],
         "intent": ["a", "a", "a"], "conversations": [1, 2, 4], "frustration": [0.1, 0.2, 0.3]}
    )  # fmt: skip
    assert list(trends.by_week(days).itertuples(index=False, name=None)) == [
        (Timestamp("2026-02-23"), "a", 1), (Timestamp("2026-03-02"), "a", 6),
    ]  # fmt: skip
