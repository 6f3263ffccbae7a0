"""A store of four evaluations that one can add up by hand; two were corrected by a person.

| key | agent | team    | day     | greeting | help     | recorded | opening | service |
| c1  | ann   | billing | 2 March | yes      | no → yes | yes      | 5/5     | 15/15   |
| c2  | ann   | billing | 3 March | no       | yes      | yes → no | 0/5     | 10/15   |
| c3  | bob   | sales   | 9 March | yes      | yes      | no       | 5/5     | 10/15   |
| c4  | –     | billing | –       | n/a      | yes      | yes      | –       | 15/15   |

Final scores: 100, 0 (automatic fail, by Eve), 0 (automatic fail), 100.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cintel.conversation import Analysis, Answer, Evidence
from cintel.quality import Scorecard, dumps, loads, points_for, tally
from cintel.store import Store, reviews
from cintel.testing import analysis_of

CARD = """
name: mini
title: Mini card
pass_mark: 75
sections:
  - name: opening
    title: Opening
    weight: 40
    questions:
      - {id: greeting, text: "Does the agent greet?", points: 5, allow_na: true,
         judge: {kind: human}}
  - name: service
    title: Service
    weight: 60
    questions:
      - {id: help, text: "Does the agent help?", points: 10, judge: {kind: human}}
      - {id: recorded, text: "Is recording announced?", points: 5, critical: form,
         judge: {kind: human}}
"""
Build = Callable[..., Analysis]


def _answer(card: Scorecard, question: str, told: str | None) -> Answer:
    asked = card.question(question)
    quote = Evidence(0, f"words on {question}", 65.0, 68.0)
    earned = 0.0 if told is None else points_for(asked, told)
    return Answer(question, told, earned, asked.possible, 0.9, f"{question} found", (quote,))


def _build(card: Scorecard, key: str, *told: str | None, **fields: Any) -> Analysis:
    answers = [
        _answer(card, question.id, given)
        for question, given in zip(card.questions, told, strict=True)
    ]
    made = analysis_of("agent: Good morning.", "customer: My bill is wrong, please look at it.")
    talk = replace(made.conversation, id=key, **fields)
    return replace(made, conversation=talk, evaluations=(tally(card, answers),))


@pytest.fixture(scope="session")
def card() -> Scorecard:
    return loads(CARD, where="mini.yaml")


@pytest.fixture
def build(card: Scorecard) -> Build:
    return lambda key, *told, **fields: _build(card, key, *told, **fields)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'mini.db'}"


@pytest.fixture
def store(url: str, card: Scorecard) -> Iterator[Store]:
    with Store(url) as opened:
        opened.save_scorecard(card.name, card.version, dumps(card))
        opened.save_all([
            _build(card, "c1", "yes", "no", "yes", agent_id="ann", queue="billing",
                   started_at="2026-03-02T09:30:00"),
            _build(card, "c2", "no", "yes", "yes", agent_id="ann", queue="billing",
                   started_at="2026-03-03"),
            _build(card, "c3", "yes", "yes", "no", agent_id="bob", queue="sales",
                   started_at="2026-03-09T10:00:00"),
            _build(card, "c4", None, "yes", "yes", queue="billing"),
        ])  # fmt: skip

        def say(key: str, question: str, answer: str, points: float, comment: str = "") -> None:
            reviews.override(
                opened, key, card.name, card.version, question, reviewer="eve", answer=answer,
                points=points, comment=comment,
            )  # fmt: skip

        say("c1", "help", "no", 0.0)
        say("c1", "help", "yes", 10.0, "She does, at 1:05.")
        say("c2", "recorded", "no", 0.0, "No notice at all")
        yield opened
