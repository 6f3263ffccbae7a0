"""``cintel sample``: the list of a day, its reasons, and how far off its mean may be."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from typer.testing import CliRunner

from cintel.cli import app
from cintel.commands.sample import summary
from cintel.conversation import Evaluation
from cintel.errors import CintelError
from cintel.quality.sampling import NO_ESTIMATE, Pick, Sample
from cintel.store import Store
from cintel.testing import analysis_of

Cintel = Callable[..., CompletedProcess[str]]
CALLS = (
    ("ann", "billing", 60.0), ("ann", "billing", 70.0), ("bob", "sales", 80.0),
    ("bob", None, 90.0),
)  # fmt: skip


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store of four scored calls, all of one day; the third one failed automatically."""
    path = tmp_path_factory.mktemp("sample") / "s.db"
    with Store(path) as store:
        for number, (agent, queue, score) in enumerate(CALLS):
            made = analysis_of(f"agent: Hello {number}.", "customer: Hello.")
            talk = replace(
                made.conversation, id=f"call-{number}", agent_id=agent, queue=queue,
                started_at="2026-03-02T09:00:00",
            )  # fmt: skip
            found = Evaluation("service", "v1", score, score >= 75, number == 2)
            store.save(replace(made, conversation=talk, evaluations=(found,)))
    return str(path)


def _rows(url: str, *given: str) -> tuple[list[dict[str, str]], str]:
    path = Path(url).with_suffix(".csv")
    run = CliRunner().invoke(
        app, ["sample", "--store", url, "--day", "2026-03-20", "--csv", str(path), *given],
        catch_exceptions=False,
    )  # fmt: skip
    assert run.exit_code == 0
    with path.open(newline="") as told:
        return list(csv.DictReader(told)), run.stderr


def test_a_list_by_the_scores_of_one_scorecard(url: str, cintel: Cintel, tmp_path: Path) -> None:
    rows, _ = _rows(url, "--scorecard", "service")
    assert len(rows) == 4
    run = cintel("sample", "--store", url, "--scorecard", "none", cwd=tmp_path)
    assert run.returncode == 2
    assert "--scorecard: nothing is scored on 'none'. Evaluate on it first" in run.stderr


def test_a_random_list_and_its_expected_error(url: str, cintel: Cintel, tmp_path: Path) -> None:
    run = cintel("sample", "--store", url, "--n", "2", "--day", "2026-03-20", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    lines = [line.split("│")[1:-1] for line in run.stdout.splitlines() if "│" in line]
    assert len(lines) == 2
    assert {line[1].strip() for line in lines} == {"Drawn at random"}
    # four scores with variance 500 ÷ 3, two drawn: 1.96 · √(166.7 ÷ 2 · ½)
    assert run.stderr.strip() == (
        "2 of 4 conversations to see; expected error of their mean score ± 12.7 points "
        "(1.96 standard errors)"
    )
    rows, _ = _rows(url, "--n", "2")
    assert [row["conversation"] for row in rows] == [line[0].strip() for line in lines]


def test_a_quota_of_each_agent_and_week(url: str) -> None:
    rows, told = _rows(url, "--method", "quota", "--per-agent", "1")
    assert [row["agent"] for row in rows] == ["ann", "bob"]
    assert rows[0]["reason"] == "ann, week 10 of 2026: 1 of 1"
    # ¼ · ½ · 50 from each of two groups of two
    assert "± 6.9 points" in told
    assert len(_rows(url, "--method", "quota")[0]) == 4


def test_a_list_spread_over_queues(url: str) -> None:
    rows, told = _rows(url, "--method", "stratified", "--n", "4")
    assert [row["reason"] for row in rows] == [
        "Queue: billing", "Queue: billing", "Queue: no queue", "Queue: sales",
    ]  # fmt: skip
    assert "± 0.0 points" in told
    rows, told = _rows(url, "--method", "stratified", "--by", "score", "--n", "1")
    assert rows[0]["reason"].startswith("Score: ")
    assert "no estimate: 2 of 3 groups have nobody in the sample: take more" in told


def test_risk_first_says_why_and_estimates_nothing(url: str) -> None:
    rows, told = _rows(url, "--method", "risk")
    assert [
        (row["conversation"], row["reason"], row["queue"], row["reviewed"]) for row in rows
    ] == [("call-2", "automatic fail", "sales", "False")]
    assert "1 of 4 conversations to see; no estimate: chosen for risk" in told


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (("--per-agent", "2"), "--per-agent: has no place with --method random"),
        (("--method", "quota", "--n", "2"), "--n: has no place with --method quota"),
        (("--method", "risk", "--by", "score"), "--by: has no place with --method risk"),
        (("--csv", "/dev/null/x.csv"), "cannot be written"),
    ],
)
def test_options_that_mean_nothing_are_refused(
    url: str, given: tuple[str, ...], fault: str
) -> None:
    with pytest.raises(CintelError, match=fault):
        CliRunner().invoke(app, ["sample", "--store", url, *given], catch_exceptions=False)


def test_an_empty_store_and_one_that_is_not_there(tmp_path: Path) -> None:
    Store(tmp_path / "empty.db").close()
    rows, told = _rows(str(tmp_path / "empty.db"))
    assert rows == []
    assert "0 of 0 conversations to see; no estimate: there is nothing to choose from" in told
    with pytest.raises(CintelError, match=r"none\.db: is not there"):
        _rows(str(tmp_path / "none.db"))
    assert not (tmp_path / "none.db").exists()


def test_a_summary_in_a_line() -> None:
    pick = Pick("a", "Drawn at random", False)
    assert summary(Sample((pick,), 9, 1.5, "")).endswith("± 2.9 points (1.96 standard errors)")
    assert summary(Sample((), 0, None, NO_ESTIMATE)).startswith("0 of 0 conversations to see; no")
