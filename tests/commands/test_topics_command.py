"""``cintel topics`` on chats, with the real encoder, and what it prints without one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from pandas import DataFrame
from rich.console import Console

from cintel.commands.topics import rendered, sparkline, summary
from cintel.store import Store
from cintel.testing import analysis_of
from cintel.topics import Updated

Cintel = Callable[..., CompletedProcess[str]]


def test_a_trend_is_bars_of_eight_heights() -> None:
    assert sparkline([0, 1, 4, 8]) == " ▁▄█"
    assert sparkline([3]) == "█"
    assert sparkline([0, 0]) == "  "
    assert sparkline([]) == ""
    assert len(sparkline([1] * 60)) == 26


def test_rows_as_a_table() -> None:
    rows = DataFrame(
        {"name": ["lost [card]", "refund"], "conversations": [12, 3], "share": [0.6, 0.15],
         "trend": [[1, 2], [0, 3]], "frustration": [0.251, float("nan")],
         "signal": ["rising", ""]}
    )  # fmt: skip
    console = Console(width=100)
    with console.capture() as captured:
        console.print(rendered(rows))
    lines = [line.replace("│", " ").split() for line in captured.get().splitlines()]
    assert ["lost", "[card]", "RISING", "12", "60%", "▄█", "0.25"] in lines
    assert ["refund", "3", "15%", "█", "–"] in lines


def test_what_was_done_in_a_line() -> None:
    assert summary(Updated(9, 2, 1, 6, 2, 3)) == (
        "9 conversations read, 2 topics, 1 of them new; 6 of 8 turns have one (75%); "
        "3 conversations in other languages were left out"
    )
    assert summary(Updated(0, 0, 0, 0, 0, 0)) == (
        "0 conversations read, 0 topics, 0 of them new; 0 of 0 turns have one"
    )


def test_a_store_that_is_not_there_is_not_made(cintel: Cintel, tmp_path: Path) -> None:
    run = cintel("topics", "--store", "none.db", cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert "error none.db: is not there" in run.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.models
def test_topics_of_stored_conversations(cintel: Cintel, tmp_path: Path) -> None:
    parcels = ("My parcel has never arrived at home.", "Where is my parcel, it has not arrived?",
               "The parcel says delivered but it never arrived.")  # fmt: skip
    locked = ("I am locked out of my online banking account.", "My account is locked, I can't "
              "log in.", "I can't log in to my account, it says it is locked.")  # fmt: skip
    with Store(tmp_path / "s.db") as store:
        for text in (*parcels, *locked):
            store.save(analysis_of("agent: Hello.", f"customer: {text}"))
    run = cintel("topics", "--store", "s.db", cwd=tmp_path, COLUMNS="140")
    assert run.returncode == 0, run.stderr
    rows = [line.split("│") for line in run.stdout.splitlines() if "│" in line]
    assert sorted(row[3].strip() for row in rows) == ["3", "3"]
    assert "6 conversations read, 2 topics, 2 of them new; 6 of 6 turns" in run.stderr
    again = cintel("topics", "--store", "s.db", "--rebuild", cwd=tmp_path, COLUMNS="140")
    assert again.stdout == run.stdout
    assert "0 conversations read, 2 topics, 0 of them new" in again.stderr
    nothing = cintel("topics", "--store", "s.db", "--since", "2030-01-01", cwd=tmp_path)
    assert (nothing.returncode, nothing.stdout) == (0, "no matter in three conversations or more\n")
