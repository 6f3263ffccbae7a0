from __future__ import annotations

from datetime import date

import pytest
from pandas import Timestamp

from cintel.conversation import Evaluation
from cintel.reports import about, collect, tables
from cintel.reports.tables import EVERYBODY
from cintel.store import Store
from cintel.store.selection import Filters

THIRD = pytest.approx(100 / 3)
TWO_THIRDS = pytest.approx(200 / 3)


def test_agents_beside_everybody(store: Store) -> None:
    found = tables.summary(collect(store), "agent")
    columns = ["agent", "evaluations", "scored", "score", "passed", "auto_failed", "reviewed"]
    assert found[columns].to_numpy().tolist() == [
        [EVERYBODY, 4, 4, 50.0, 50.0, 2, 2],
        ["ann", 2, 2, 50.0, 50.0, 1, 2],
        ["bob", 1, 1, 0.0, 0.0, 1, 0],
    ]


def test_teams_are_queues(store: Store) -> None:
    found = tables.summary(collect(store), "team")
    assert list(found["team"]) == [EVERYBODY, "billing", "sales"]
    assert list(found["evaluations"]) == [4, 3, 1]
    assert list(found["score"]) == [50.0, TWO_THIRDS, 0.0]


def test_sections_are_means_of_final_answers(store: Store) -> None:
    found = tables.matrix(tables.sections(collect(store), "agent"), "mini", "section")
    assert list(found.index) == [EVERYBODY, "ann", "bob"]
    assert list(found) == ["opening", "service"]
    assert found.to_numpy().tolist() == [
        [TWO_THIRDS, pytest.approx(100 * (1 + 2 / 3 + 2 / 3 + 1) / 4)],
        [50.0, pytest.approx(100 * 5 / 6)],
        [100.0, TWO_THIRDS],
    ]


def test_questions_are_points_earned_of_possible(store: Store) -> None:
    frame = tables.questions(collect(store), "agent")
    found = tables.matrix(frame, "mini", "question")
    assert list(found) == ["greeting", "help", "recorded"]
    assert found.to_numpy().tolist() == [
        [TWO_THIRDS, 100.0, 50.0], [50.0, 100.0, 50.0], [100.0, 100.0, 0.0],
    ]  # fmt: skip
    everybody = frame[frame["agent"] == EVERYBODY]
    assert list(everybody["answers"]) == [3, 4, 4]
    assert everybody["title"].iloc[0] == "Does the agent greet?"


def test_weeks_leave_out_what_has_no_date(store: Store) -> None:
    found = tables.weeks(collect(store), "agent")
    assert found[["agent", "week", "evaluations", "score", "auto_failed"]].to_numpy().tolist() == [
        [EVERYBODY, Timestamp("2026-03-02"), 2, 50.0, 1],
        [EVERYBODY, Timestamp("2026-03-09"), 1, 0.0, 1],
        ["ann", Timestamp("2026-03-02"), 2, 50.0, 1],
        ["bob", Timestamp("2026-03-09"), 1, 0.0, 1],
    ]
    grid = tables.matrix(found, "mini", "week")
    assert grid.loc["ann"].isna().tolist() == [False, True]


def test_automatic_fails_name_question_reason_quote_and_who_said_so(store: Store) -> None:
    found = collect(store).auto_fails
    columns = ["conversation", "question", "answer", "reason", "quote", "at", "reviewer"]
    told = found[columns].astype(object)
    assert told.where(told.notna(), None).to_numpy().tolist() == [
        ["c2", "recorded", "no", "No notice at all", "words on recorded", 65.0, "eve"],
        ["c3", "recorded", "no", "recorded found", "words on recorded", 65.0, None],
    ]  # fmt: skip


def test_filters_narrow_a_report(store: Store) -> None:
    found = collect(store, Filters(since=date(2026, 3, 3), queues=("billing",)))
    assert list(found.evaluations["conversation"]) == ["c2"]
    assert list(found.evaluations["machine_score"]) == [60.0]
    assert list(found.evaluations["score"]) == [0.0]


def test_without_the_scorecards_text_questions_and_machine_scores_stay(store: Store) -> None:
    unknown = store.load("c3").evaluations[0]
    made = Evaluation(
        "lost", "v9", unknown.score, unknown.passed, unknown.auto_failed, unknown.answers
    )
    _with(store, "c3", made)
    facts = collect(store)
    assert tables.scorecards(facts) == ["lost", "mini"]
    lost = facts.evaluations[facts.evaluations["scorecard"] == "lost"]
    assert list(lost["score"]) == [0.0]
    assert set(facts.sections["scorecard"]) == {"mini"}
    questions = facts.questions[facts.questions["scorecard"] == "lost"]
    assert list(questions["title"]) == ["greeting", "help", "recorded"]
    fails = facts.auto_fails[facts.auto_fails["scorecard"] == "lost"]
    assert fails["question"].isna().tolist() == [True]


def test_a_store_without_evaluations_gives_empty_tables(url: str) -> None:
    with Store(url) as empty:
        facts = collect(empty)
    assert facts.evaluations.empty
    assert tables.summary(facts, "agent").empty
    assert tables.weeks(facts, "team").empty
    assert tables.matrix(tables.sections(facts, "team"), "mini", "section").empty


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        (Filters(), "All dates"),
        (Filters(since=date(2026, 3, 1)), "From 2026-03-01"),
        (Filters(date(2026, 3, 1), date(2026, 3, 9), ("Ann",), ("vip",)),
         "From 2026-03-01 to 2026-03-09; Ann, vip"),
        (Filters(until=date(2026, 3, 9)), "To 2026-03-09"),
    ],
)  # fmt: skip
def test_what_a_report_covers(filters: Filters, words: str) -> None:
    assert about(filters) == words


def _with(store: Store, key: str, made: Evaluation) -> None:
    from dataclasses import replace

    found = store.load(key)
    store.save(replace(found, evaluations=(*found.evaluations, made)))
