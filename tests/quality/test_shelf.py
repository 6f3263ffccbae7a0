"""Every ready scorecard on conversations of its trade, good and bad, with the real encoder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks.quality import labels_of
from cintel.conversation import (
    Acoustics,
    Answer,
    Channel,
    Conversation,
    Evaluation,
    Labels,
    Role,
    Turn,
)
from cintel.insight import measure
from cintel.language.encoder import Encoder
from cintel.language.heads import Heads
from cintel.language.labels import label_turns
from cintel.quality import Question, Scorecard, dumps, evaluate, load_scorecard, loads, shelf
from cintel.quality.rules import Phrases, walk

ROLES: dict[str, Role] = {"A": "agent", "C": "customer"}
PAUSES: dict[Channel, float] = {"call": 0.5, "chat": 20.0}
SECONDS_A_WORD = 0.4
TRADES = (
    "chat",
    "collections",
    "e-commerce",
    "healthcare",
    "insurance",
    "tech-support",
    "telecom-retention",
)


@dataclass(frozen=True, slots=True)
class Case:
    card: str
    conversation: Conversation
    labels: tuple[Labels, ...]
    truth: dict[str, str]


@cache
def cases() -> dict[str, Case]:
    path = Path(__file__).with_name("shelf_conversations.yaml")
    rows = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return {row["id"]: case(row) for row in rows}


def case(row: dict[str, Any]) -> Case:
    channel: Channel = row["channel"]
    turns: list[Turn] = []
    labels: list[Labels] = []
    clock = 0.0
    for index, line in enumerate(row["turns"].strip().splitlines()):
        head, text = line.split(": ", 1)
        place, _, label = head.partition("/")
        side, _, pause = place.partition("+")
        clock += (float(pause) if pause else PAUSES[channel]) if turns else 0.0
        end = clock + (SECONDS_A_WORD * len(text.split()) if channel == "call" else 0.0)
        turns.append(Turn(index, ROLES[side], side, round(clock, 3), round(end, 3), text))
        labels.append(labels_of(label, text))
        clock = end
    conversation = Conversation(row["id"], channel, row["id"], round(clock, 3), tuple(turns))
    return Case(row["card"], conversation, tuple(labels), row["truth"])


@pytest.fixture(scope="module")
def evaluations(encoder: Encoder) -> dict[str, Evaluation]:
    heads = Heads.load()
    return {name: scored(told(found, encoder, heads), encoder) for name, found in cases().items()}


def told(found: Case, encoder: Encoder, heads: Heads) -> Case:
    """With the moves that the models hear."""
    turns = found.conversation.turns
    heard = label_turns(encoder, heads, [t.text for t in turns], [t.role for t in turns])
    labels = (replace(x, moves=y.moves) for x, y in zip(found.labels, heard, strict=True))
    return replace(found, labels=tuple(labels))


def scored(found: Case, encoder: Encoder) -> Evaluation:
    metrics = measure(found.conversation, found.labels, Acoustics())
    card = load_scorecard(found.card)
    return evaluate(card, found.conversation, found.labels, metrics, encoder)


def given(answer: Answer) -> str:
    """The answer, or the one suggested; ``person`` where a person is asked for it."""
    if answer.unsure and answer.suggested is None:
        return "person"
    return str(answer.likeliest or "na")


def test_most_answers_are_a_persons(evaluations: dict[str, Evaluation]):
    wrong = [
        f"{name} {answer.question}: {given(answer)}"
        for name, evaluation in evaluations.items()
        for answer in evaluation.answers
        if given(answer) != cases()[name].truth[answer.question]
    ]
    answers = sum(len(evaluation.answers) for evaluation in evaluations.values())
    assert len(wrong) <= 0.08 * answers, wrong


@pytest.mark.parametrize("name", cases())
def test_quotes_are_words_of_the_conversation(name: str, evaluations: dict[str, Evaluation]):
    assert set(cases()[name].truth) == {answer.question for answer in evaluations[name].answers}
    for answer in evaluations[name].answers:
        assert answer.reason
        for item in answer.evidence:
            assert item.quote in cases()[name].conversation.turns[item.turn].text


def test_the_good_pass_and_the_bad_fail(evaluations: dict[str, Evaluation]):
    for name, evaluation in evaluations.items():
        assert evaluation.passed is not name.endswith("-bad"), (name, evaluation.score)


def judges(question: Question) -> list[Phrases]:
    tops = (question.when, question.judge, *(option.judge for option in question.options))
    return [rule for top in tops for rule in walk(top) if isinstance(rule, Phrases)]


def said(question: Question) -> set[str]:
    return {line for rule in judges(question) for line in rule.phrases}


@pytest.mark.parametrize("name", TRADES)
def test_every_trade_has_a_whole_card(name: str):
    card: Scorecard = load_scorecard(name)
    assert card.name == name
    assert loads(dumps(card)) == card
    written = [q for section in card.sections for q in section.questions if q.type != "text"]
    assert 10 <= len(written) <= 16
    assert any(q.critical == "form" for q in written)
    assert all(q.when or q.allow_na or q.points for q in written if not q.options)
    kinds = {case.card: set[str]() for case in cases().values()}
    for found in cases().values():
        kinds[found.card].add(found.conversation.id.rpartition("-")[2])
    assert "bad" in kinds[name]
    assert len(kinds[name]) >= 2


@pytest.mark.parametrize("name", TRADES)
def test_the_conversations_do_not_quote_the_card(name: str):
    lines = {line.lower() for q in load_scorecard(name).questions for line in said(q)}
    for found in cases().values():
        if found.card == name:
            for turn in found.conversation.turns:
                assert not [line for line in lines if len(line) > 25 and line in turn.text.lower()]


def test_the_shelf_lists_every_card():
    assert shelf() == tuple(sorted((*TRADES, "general-service")))
