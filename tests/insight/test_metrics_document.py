"""The worked examples of docs/metrics.md say what the code computes."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cintel.conversation import SIDES, SideMetrics
from cintel.insight import BusinessHours, measure, score_frustration, turn_frustration

DOCUMENT = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")
CALL, REST = DOCUMENT.split("\n## The chat\n")
CHAT, OPEN = REST.split("\n### Within business hours\n")


def figures(text: str) -> list[tuple[str, Any]]:
    rows = re.findall(r"^\| `([\w.]+)` \| ([^|]+) \|", text, re.MULTILINE)
    return [(path, value(cell)) for path, cell in rows]


def value(cell: str) -> Any:
    if "," in cell:
        return tuple(value(part) for part in cell.split(","))
    return None if cell.strip() == "null" else float(cell)


def reach(thing: Any, path: str) -> Any:
    for name in path.split("."):
        thing = getattr(thing, name)
    return thing


def test_every_table_is_read():
    assert [len(figures(text)) for text in (CALL, CHAT, OPEN)] == [65, 8, 5]


def test_every_figure_of_a_side_is_documented():
    paths = {path for path, _ in figures(CALL)}
    named = {f"{side}.{field.name}" for side in SIDES for field in fields(SideMetrics)}
    assert named <= paths


@pytest.mark.parametrize(("path", "expected"), figures(CALL))
def test_call(example, path, expected):
    metrics = measure(example.conversation, example.labels, example.acoustics)
    scores = turn_frustration(example.conversation, example.labels, example.acoustics)
    frustration = score_frustration(example.conversation, scores)
    known = SimpleNamespace(**{name: getattr(metrics, name) for name in metrics.__slots__})
    known.frustration = frustration
    assert reach(known, path) == expected


def test_call_turns(example):
    scores = turn_frustration(example.conversation, example.labels, example.acoustics)
    for turn, label, score in zip(example.conversation.turns, example.labels, scores, strict=True):
        phrases: list[list[float]] = []
        for word in turn.words:
            if phrases and phrases[-1][1] == word.start:
                phrases[-1][1] = word.end
            else:
                phrases.append([word.start, word.end])
        spans = ", ".join(f"{start}–{end}" for start, end in phrases)
        feeling = label.sentiment.score if label.sentiment else "null"
        shown = "null" if score is None else score
        row = f"| {turn.index} | {turn.role} | {spans} | {turn.text} | {feeling} | {shown} |"
        assert row in CALL


@pytest.mark.parametrize(("path", "expected"), figures(CHAT))
def test_chat(chat, path, expected):
    assert reach(measure(chat.conversation, chat.labels, chat.acoustics), path) == expected


@pytest.mark.parametrize(("path", "expected"), figures(OPEN))
def test_chat_in_business_hours(chat, path, expected):
    hours = BusinessHours(timezone="Europe/London")
    metrics = measure(chat.conversation, chat.labels, chat.acoustics, hours)
    assert reach(metrics, path) == expected


def test_chat_turns(chat):
    for turn in chat.conversation.turns:
        assert re.search(
            rf"\| {turn.index} \| {turn.role} \| [^|]+ \| {re.escape(turn.text)} \|", CHAT
        )
