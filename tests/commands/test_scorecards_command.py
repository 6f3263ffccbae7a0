from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cintel.cli import app
from cintel.errors import ScorecardError
from cintel.quality import load_scorecard, mistakes, shelf

BAD = """\
name: mine
title: Mine
pass_mark: 70
sections:
  - name: a
    title: A
    weight: 50
    questions:
      - id: q
        text: q?
        points: 1
        judge: {kind: pattern, regex: "(x"}
      - id: q
        text: q again?
        points: 0
        judge: {kind: metric, metric: hold.count, at_most: 1}
"""


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["scorecard", *arguments])
    return result.exit_code, result.stdout, result.stderr


def lines(text: str) -> list[str]:
    return [f"{error.where}: {error.fault}" for error in mistakes(text, "mine.yaml")]


@pytest.mark.parametrize("name", shelf())
def test_every_card_of_the_shelf_is_good(name: str):
    card = load_scorecard(name)
    status, told, _ = run("check", name)
    count = len(card.questions)
    told_so = f"{name}: {card.title}, {count} questions, version {card.version}: good"
    assert (status, " ".join(told.split())) == (0, told_so)


def test_all_mistakes_of_meaning_are_told():
    assert lines(BAD) == [
        "mine.yaml, line 4: sections: the weights add up to 50, not 100",
        "mine.yaml, line 13: id: 'q' is used twice (first in line 9)",
        "mine.yaml, line 15: points: must be above 0",
        "mine.yaml, line 12: regex: not a regular expression: missing ), unterminated subpattern "
        "at position 0",
    ]


def test_all_unreadable_items_are_told_once():
    text = BAD.replace("kind: pattern", "kind: patern").replace("points: 0", "pionts: 1")
    assert lines(text) == [
        "mine.yaml, line 12: judge.kind: unknown kind 'patern'",
        "mine.yaml, line 15: pionts: unknown key",
    ]


def test_what_is_no_yaml_at_all():
    assert lines("a: [") == [
        "mine.yaml, line 1: not YAML: expected the node content, but found '<stream end>'"
    ]
    assert lines("- a") == ["mine.yaml, line 1: scorecard: must be a mapping"]
    assert lines("") == ["mine.yaml: is empty"]


def test_check_tells_them_and_fails(tmp_path: Path):
    path = tmp_path / "mine.yaml"
    path.write_text(BAD, encoding="utf-8")
    status, told, faults = run("check", str(path))
    assert (status, told) == (1, "")
    assert faults.count("error ") == 4
    assert f"{path}, line 12: regex: not a regular expression" in faults


def test_a_file_that_is_not_there():
    result = CliRunner().invoke(app, ["scorecard", "check", "none.yaml"])
    assert isinstance(result.exception, ScorecardError)


def test_list_and_show():
    status, told, _ = run("list")
    assert status == 0
    assert all(name in told and load_scorecard(name).version in told for name in shelf())
    status, told, _ = run("show", "collections")
    assert status == 0
    for text in ("Banking and collections", "disclosures", "checklist", "40 %", "fails the form"):
        assert text in told


def test_show_gives_the_file_to_copy(tmp_path: Path):
    status, told, _ = run("show", "chat", "--yaml")
    assert (status, told[:7]) == (0, "# Chat:")
    path = tmp_path / "copy.yaml"
    path.write_text(told, encoding="utf-8")
    assert load_scorecard(path) == load_scorecard("chat")
