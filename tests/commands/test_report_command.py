"""``cintel report`` from arguments to files."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from cintel.cli import app
from cintel.conversation import Answer, Evaluation
from cintel.errors import StoreError, UsageError
from cintel.store import Store
from cintel.testing import analysis_of


@pytest.fixture
def url(tmp_path: Path) -> str:
    path = str(tmp_path / "calls.db")
    made = Evaluation(
        "service", "v1", 100.0, True, False, (Answer("greeting", "yes", 5, 5, 0.9, "said so"),)
    )
    analysis = analysis_of(
        *("agent: Good morning, what can I do?", "customer: My bill."), evaluations=(made,)
    )
    with Store(path) as store:
        store.save(analysis)
    return path


def _run(url: str, *words: str) -> Result:
    return CliRunner().invoke(app, ["report", "--store", url, *words])


def test_excel_csv_and_pdf(url: str, tmp_path: Path) -> None:
    book, folder, card = tmp_path / "r.xlsx", tmp_path / "tables", tmp_path / "deep" / "card.pdf"
    with Store(url) as store:
        key = store.ids()[0]
    assert _run(url, "--out", str(book)).exit_code == 0
    assert load_workbook(book)["Agents"]["C2"].value == 1
    told = _run(url, "--out", str(folder))
    assert told.exit_code == 0
    assert len(told.stdout.splitlines()) == len(list(folder.iterdir())) == 10
    assert _run(url, "--conversation", key[:6], "--out", str(card)).exit_code == 0
    assert card.read_bytes().startswith(b"%PDF")
    assert list(tmp_path.rglob("*.partial")) == []


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("--out", "r.docx"), "does not fit"),
        (("--out", "r.pdf"), "does not fit"),
        (("--out", "r.xlsx", "--conversation", "a"), "does not fit"),
        (("--out", "r.pdf", "--conversation", "a", "--agent", "ann"), "takes no filter"),
        (("--out", "r.xlsx", "--scorecard", "service"), "goes with --conversation only"),
        (("--out", "r.xlsx", "--agent", "nobody"), "has no evaluation under these filters"),
    ],
)
def test_a_call_that_is_wrong(url: str, words: tuple[str, ...], fault: str) -> None:
    error = _run(url, *words).exception
    assert isinstance(error, UsageError)
    assert fault in str(error)


def test_a_conversation_that_is_not_there(url: str, tmp_path: Path) -> None:
    told = _run(url, "--out", str(tmp_path / "x.pdf"), "--conversation", "zz")
    assert isinstance(told.exception, StoreError)
    assert not (tmp_path / "x.pdf").exists()


def test_a_place_that_cannot_be_written(url: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    error = _run(url, "--out", str(tmp_path / "file" / "r.xlsx")).exception
    assert isinstance(error, UsageError)
    assert "cannot be written" in str(error)
