"""The arithmetic of a scorecard: answers to points, points to a score."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from cintel.conversation import Answer, Evaluation
from cintel.quality.rules import Metric
from cintel.quality.scorecard import Question, Scorecard, Section

NOTHING_APPLIES = "no question of the scorecard applies"
NOTHING_SURE = "every answer that counts is left to a person"


def points_for(question: Question, answer: str | float) -> float:
    """The points that an answer earns; a ``number`` earns them inside its judge's limits.

    A comment earns none.

    Raises:
        ValueError: the question has no such answer.
    """
    if isinstance(question.judge, Metric) and question.type == "number":
        if isinstance(answer, str):
            raise ValueError(f"{question.id} is a number, not {answer!r}")
        return question.possible if question.judge.allows(answer) else 0.0
    if question.type == "text":
        return 0.0
    if question.type == "yes_no" and answer in ("yes", "no"):
        return question.possible if answer == "yes" else 0.0
    for option in question.options:
        if option.answer == answer_text(answer):
            return option.points
    raise ValueError(f"{question.id} has no answer {answer!r}; it has {question.answers}")


def answer_text(answer: str | float | None) -> str:
    """An answer as a scorecard writes it: 2.0 on a scale is ``2``."""
    if answer is None:
        return "not applicable"
    return answer if isinstance(answer, str) else f"{answer:g}"


def tally(scorecard: Scorecard, answers: Sequence[Answer]) -> Evaluation:
    """The evaluation that follows from one answer a question, whoever gave it.

    Not applicable and unsure answers count nowhere.

    A section's part is points earned ÷ points possible over its applicable questions; bonus points
    are earned without being possible. The score is the mean of the sections' parts by weight, over
    sections with an applicable question, in percent, never above 100, to two decimals.

    Raises:
        KeyError: a question has no answer.
    """
    by_id = {answer.question: answer for answer in answers}
    parts = {
        section.name: (section.weight, part)
        for section in scorecard.sections
        if (part := _part(section, by_id)) is not None
    }
    failed = any(
        question.critical == "form" and _fails(by_id[question.id])
        for question in scorecard.questions
    )
    if not parts:
        return _evaluation(scorecard, answers, None, False)
    whole = math.fsum(weight for weight, _ in parts.values())
    earned = math.fsum(weight * part for weight, part in parts.values())
    score = 0.0 if failed else min(100.0, round(100 * earned / whole, 2))
    return _evaluation(scorecard, answers, score, failed)


def _evaluation(
    scorecard: Scorecard, answers: Sequence[Answer], score: float | None, failed: bool
) -> Evaluation:
    return Evaluation(
        scorecard=scorecard.name,
        version=scorecard.version,
        score=score,
        passed=None if score is None else score >= scorecard.pass_mark and not failed,
        auto_failed=failed,
        answers=tuple(answers),
        reason=None if score is not None else _why_not(answers),
    )


def _why_not(answers: Sequence[Answer]) -> str:
    return NOTHING_SURE if any(answer.unsure for answer in answers) else NOTHING_APPLIES


def _part(section: Section, by_id: Mapping[str, Answer]) -> float | None:
    """Points earned ÷ possible, None where nothing but a bonus applies."""
    asked = [(q, by_id[q.id]) for q in section.asked if by_id[q.id].answer is not None]
    possible = math.fsum(answer.possible for question, answer in asked if not question.bonus)
    if not possible:
        return None
    if any(question.critical == "section" and _fails(answer) for question, answer in asked):
        return 0.0
    return math.fsum(answer.points for _, answer in asked) / possible


def _fails(answer: Answer) -> bool:
    return answer.answer is not None and answer.points == 0
