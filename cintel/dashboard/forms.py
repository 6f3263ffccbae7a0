"""Evaluations as a reviewer reads them: the question's words, both answers, and the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from cintel.conversation import Answer, Evaluation
from cintel.dashboard import formats
from cintel.quality import Question, Scorecard, loads, points_for, tally

if TYPE_CHECKING:
    from pandas import DataFrame

    from cintel.store import Store

Verdict = Literal["pass", "part", "fail", "na", "unsure"]
AnswerValue = str | float | None


@dataclass(frozen=True, slots=True)
class Item:
    """One question answered; ``human`` is the reviewer's answer, None where nobody reviewed."""

    question: str
    text: str
    answer: str
    verdict: Verdict
    confidence: float
    reason: str
    evidence: tuple[dict[str, Any], ...]
    human: str | None
    human_verdict: Verdict | None
    reviewer: str
    comment: str


@dataclass(frozen=True, slots=True)
class Form:
    """A scorecard filled in; ``reviewed_score`` counts the reviewers' answers, 0…100."""

    scorecard: str
    version: str
    title: str
    score: float | None
    passed: bool | None
    auto_failed: bool
    reason: str | None
    reviewed_score: float | None
    parts: tuple[tuple[str, tuple[Item, ...]], ...]


def scorecard(store: Store, name: str, version: str) -> Scorecard | None:
    """The scorecard version an evaluation was made with, None where its text was not kept."""
    text = store.scorecard(name, version)
    return None if text is None else _read(text, f"{name} {version}")


@lru_cache(maxsize=32)
def _read(text: str, where: str) -> Scorecard:
    return loads(text, where=where)


def question_of(card: Scorecard | None, name: str) -> Question | None:
    """The question with an id, None where the scorecard or the question is unknown."""
    questions = card.questions if card else ()
    return next((question for question in questions if question.id == name), None)


def choices(question: Question | None, given: AnswerValue) -> list[AnswerValue]:
    """What a reviewer may answer, the machine's own answer among them; None is n/a."""
    known: list[AnswerValue] = []
    if question is not None:
        known = [given if formats.answer(given) == name else name for name in question.answers]
    elif given in ("yes", "no"):
        known = ["yes", "no"]
    if given is not None and given not in known:
        known.append(given)
    return [*known, None]


def points(
    question: Question | None, answer: AnswerValue, given: AnswerValue, earned: float | None
) -> float | None:
    """What a reviewer's answer earns; ``earned`` is what the machine's ``given`` did.

    None where only the scorecard could tell, and its text was not kept.
    """
    if answer == given:
        return earned
    if answer is None:
        return 0.0
    if question is None:
        return None
    return points_for(question, answer)


def verdict(answer: AnswerValue, earned: float | None, possible: float) -> Verdict:
    """Whether an answer earns all its points, some, none, or does not count."""
    if formats.missing(answer) or earned is None or formats.missing(earned) or possible <= 0:
        return "na"
    if earned >= possible:
        return "pass"
    return "part" if earned > 0 else "fail"


def build(evaluation: Evaluation, answers: DataFrame, card: Scorecard | None) -> Form:
    """An evaluation beside what reviewers said of it.

    Args:
        evaluation: the machine's.
        answers: rows of ``reviews.answers`` of this scorecard and version.
        card: what it was made with, if its text is known.
    """
    items = {row["question"]: item(row, card) for row in answers.to_dict("records")}
    parts: tuple[tuple[str, tuple[Item, ...]], ...]
    if card is None:
        parts = ((formats.title(evaluation.scorecard), tuple(items.values())),)
    else:
        parts = tuple(
            (section.title, tuple(items[q.id] for q in section.asked if q.id in items))
            for section in card.sections
        )
    return Form(
        evaluation.scorecard,
        evaluation.version,
        card.title if card else formats.title(evaluation.scorecard),
        evaluation.score,
        evaluation.passed,
        evaluation.auto_failed,
        evaluation.reason,
        _reviewed_score(evaluation, answers, card),
        parts,
    )


def item(row: dict[Any, Any], card: Scorecard | None) -> Item:
    """A row of ``reviews.answers`` with the words of its question."""
    question = question_of(card, row["question"])
    human = row["human_answer"] if row["reviewed"] else None
    given = verdict(row["ai_answer"], row["ai_points"], row["possible"])
    if row["unsure"]:
        given = "unsure"
    told = None
    if row["reviewed"]:
        same = not row["unsure"] and formats.answer(human) == formats.answer(row["ai_answer"])
        told = given if same else verdict(human, row["human_points"], row["possible"])
    return Item(
        question=row["question"],
        text=question.text if question else formats.title(row["question"]),
        answer=formats.machine_answer(row["ai_answer"], row["unsure"], row["suggested"]),
        verdict=given,
        confidence=row["confidence"],
        reason=row["reason"],
        evidence=tuple(row["evidence"]),
        human=formats.answer(human) if row["reviewed"] else None,
        human_verdict=told,
        reviewer=row["reviewer"] or "" if row["reviewed"] else "",
        comment=row["comment"] or "" if row["reviewed"] else "",
    )


def _reviewed_score(
    evaluation: Evaluation, answers: DataFrame, card: Scorecard | None
) -> float | None:
    rows = {row["question"]: row for row in answers.to_dict("records") if row["reviewed"]}
    known = all(not formats.missing(row["human_points"]) for row in rows.values())
    if card is None or not rows or not known:
        return None
    final = [_final(answer, rows.get(answer.question), card) for answer in evaluation.answers]
    return tally(card, final).score


def _final(answer: Answer, row: dict[Any, Any] | None, card: Scorecard) -> Answer:
    if row is None:
        return answer
    possible = card.question(answer.question).possible
    told = None if formats.missing(row["human_answer"]) else row["human_answer"]
    return Answer(
        answer.question, told, row["human_points"], possible, 1.0, row["comment"],
        answer.evidence, "human",
    )  # fmt: skip
