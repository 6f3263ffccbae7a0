from __future__ import annotations

from dataclasses import replace

import pytest

from cintel.conversation import Answer, Evaluation
from cintel.quality import Scorecard, points_for, tally
from cintel.reports.final import settle
from cintel.store.evaluated import Override


def _made(card: Scorecard, **told: str | None) -> Evaluation:
    return tally(
        card,
        [
            Answer(q.id, told[q.id], points_for(q, told[q.id] or "no"), q.possible, 0.9, "")
            for q in card.questions
        ],
    )


def _said(answer: str | None, points: float | None) -> Override:
    return Override(answer, points, "eve", "")


def test_nobody_said_anything(card: Scorecard) -> None:
    made = _made(card, greeting="yes", help="no", recorded="yes")
    found = settle(made, {}, card)
    assert found.evaluation == made
    assert found.parts == {"opening": 1.0, "service": pytest.approx(1 / 3)}


def test_points_nobody_wrote_down_follow_from_the_scorecard(card: Scorecard) -> None:
    made = _made(card, greeting="yes", help="no", recorded="yes")
    found = settle(made, {"help": _said("yes", None)}, card)
    assert found.evaluation.score == 100.0
    assert found.evaluation.passed is True
    assert found.evaluation.answers[1].source == "human"


def test_not_applicable_leaves_the_denominator(card: Scorecard) -> None:
    made = _made(card, greeting="no", help="yes", recorded="yes")
    found = settle(made, {"greeting": _said(None, 0.0)}, card)
    assert (found.evaluation.score, found.parts) == (100.0, {"service": 1.0})


def test_an_answer_of_an_unsure_machine(card: Scorecard) -> None:
    answers = [
        Answer(q.id, None, 0.0, q.possible, 0.5, "", unsure=True, suggested="yes")
        for q in card.questions
    ]
    found = settle(tally(card, answers), {"greeting": _said("yes", 5.0)}, card)
    first, second, _ = found.evaluation.answers
    assert (first.answer, first.unsure, first.suggested) == ("yes", False, None)
    assert second.unsure
    assert found.evaluation.score == 100.0


def test_without_card_and_points_the_question_is_unknown_and_the_score_the_machines(
    card: Scorecard,
) -> None:
    made = _made(card, greeting="yes", help="no", recorded="yes")
    said = {"help": _said("yes", None), "greeting": _said("yes", None)}
    found = settle(made, said, None)
    assert found.unknown == ("help",)
    assert [answer.question for answer in found.evaluation.answers] == ["greeting", "recorded"]
    assert found.evaluation.score == made.score == 60.0


def test_an_answer_the_question_does_not_have_is_unknown(card: Scorecard) -> None:
    made = _made(card, greeting="yes", help="no", recorded="yes")
    found = settle(made, {"help": _said("perhaps", None)}, card)
    assert (found.unknown, found.evaluation.score) == (("help",), 60.0)


def test_an_answer_where_the_machine_saw_nothing_to_ask_counts(card: Scorecard) -> None:
    made = _made(card, greeting=None, help="yes", recorded="yes")
    empty = replace(made.answers[0], possible=0.0)
    made = replace(made, answers=(empty, *made.answers[1:]))
    found = settle(made, {"greeting": _said("no", 0.0)}, card)
    assert (found.evaluation.score, found.parts["opening"]) == (60.0, 0.0)
