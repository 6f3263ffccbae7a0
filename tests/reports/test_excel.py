from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from openpyxl import Workbook, load_workbook

from cintel.conversation import Analysis
from cintel.reports import collect, csv_files, csv_zip, workbook
from cintel.reports.tables import EVERYBODY
from cintel.store import Store

SHEETS = [
    "About", "Agents", "Teams", "Agent sections", "Agent questions", "Agent weeks",
    "Team sections", "Team questions", "Team weeks", "Automatic fails", "Evaluations",
]  # fmt: skip
ODD = '=HYPERLINK("http://x")\x00 Ärger 王 😀'


def _book(store: Store) -> Workbook:
    return load_workbook(io.BytesIO(workbook(collect(store), "All dates")))


def _values(book: Workbook, sheet: str) -> list[list[object]]:
    return [list(row) for row in book[sheet].iter_rows(values_only=True)]


def test_one_sheet_a_table(store: Store) -> None:
    book = _book(store)
    assert book.sheetnames == SHEETS
    assert _values(book, "About")[3] == ["4 evaluations of 4 conversations"]
    assert _values(book, "Agents")[:3] == [
        ["Scorecard", "Agent", "Evaluations", "Scored", "Score", "Passed", "Auto failed",
         "Reviewed", "Unsure"],
        ["mini", EVERYBODY, 4, 4, 50, 50, 2, 2, 0],
        ["mini", "ann", 2, 2, 50, 50, 1, 2, 0],
    ]  # fmt: skip
    assert _values(book, "Team questions") == [
        ["Team", "Does the agent greet?", "Does the agent help?", "Is recording announced?"],
        [EVERYBODY, pytest.approx(200 / 3), 100, 50],
        ["billing", 50, 100, pytest.approx(200 / 3)],
        ["sales", 100, 100, 0],
    ]
    assert _values(book, "Agent weeks") == [
        ["Agent", "2026-03-02", "2026-03-09"], [EVERYBODY, 50, 0], ["ann", 50, None],
        ["bob", None, 0],
    ]  # fmt: skip
    assert _values(book, "Automatic fails")[1][1] == datetime(2026, 3, 3)


def test_heads_stay_in_view_and_scores_have_colours(store: Store) -> None:
    book = _book(store)
    assert {book[name].freeze_panes for name in SHEETS[1:]} == {"A2", "B2"}
    for name in ("Agent sections", "Agent questions", "Agent weeks", "Agents"):
        rules = [rule for rules in book[name].conditional_formatting for rule in rules.rules]
        assert [rule.type for rule in rules][:1] == ["colorScale"]
    assert book["Automatic fails"].column_dimensions["H"].width > 20


def test_text_is_never_a_formula(store: Store, build: Callable[..., Analysis]) -> None:
    store.save(build("c5", "yes", "yes", "yes", agent_id=ODD, queue="+1"))
    book = _book(store)
    cell = next(cell for cell in book["Agents"]["B"] if str(cell.value).startswith("=HYPER"))
    assert (cell.value, cell.data_type) == (ODD.replace("\x00", ""), "s")
    rows = list(csv.DictReader(io.StringIO(csv_files(collect(store))["agents.csv"].decode())))
    assert f"'{ODD}" in {row["agent"] for row in rows}
    teams = csv_files(collect(store))["teams.csv"].decode("utf-8-sig")
    assert "mini,'+1,1,1,100.00,100.00,0,0,0" in teams.splitlines()


def test_a_sheet_a_scorecard(store: Store) -> None:
    found = store.load("c1")
    long = replace(found.evaluations[0], scorecard="a/very:long name that no sheet can have")
    store.save(replace(found, evaluations=(*found.evaluations, long)))
    names = _book(store).sheetnames
    assert len(names) == len(set(names)) == 5 + 2 * 6
    assert max(map(len, names)) <= 31
    assert "Agent weeks mini" in names


def test_csv_in_a_folder_and_in_a_zip(store: Store) -> None:
    facts = collect(store)
    files = csv_files(facts)
    assert files["team_sections.csv"].decode("utf-8-sig").splitlines()[:3] == [
        "scorecard,team,section,title,evaluations,score",
        "mini,(everybody),opening,Opening,3,66.67",
        "mini,(everybody),service,Service,4,83.33",
    ]
    assert files["agent_weeks.csv"].decode("utf-8-sig").splitlines()[3] == (
        "mini,ann,2026-03-02,2,50.00,1"
    )
    with zipfile.ZipFile(io.BytesIO(csv_zip(facts))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files
