"""From what was found to an answer: sure, left to a person, or not applicable."""

from __future__ import annotations

from dataclasses import replace

from cintel.conversation import Answer
from cintel.quality.scorecard import Question
from cintel.quality.scoring import points_for
from cintel.quality.verdicts import Verdict


def answered(question: Question, answer: str | float, found: Verdict) -> Answer:
    """The answer with its points, or, where it is not sure enough, as a suggestion."""
    if answer in question.confirm:
        reason = f"{found.reason}{to_confirm(answer)}"
        return unsure(question, replace(found, reason=reason), answer)
    if found.confidence < question.sure:
        return unsure(question, found, answer)
    return replace(
        _plain(question, found),
        answer=answer,
        points=points_for(question, answer),
    )


def to_confirm(answer: str | float) -> str:
    """What the reason of an answer ends in that a person always confirms."""
    return f"; a person confirms each {answer}"


def unsure(question: Question, found: Verdict, suggested: str | float | None = None) -> Answer:
    """No answer until a person gives one; ``possible`` is what theirs can earn."""
    return replace(_plain(question, found), unsure=True, suggested=suggested)


def not_applicable(question: Question, found: Verdict) -> Answer:
    """The question drops out, unless nobody can be sure that it does."""
    if found.waits or found.confidence < question.sure:
        return unsure(question, replace(found, reason=f"may not apply: {found.reason}"))
    reason = f"not applicable: {found.reason}"
    return replace(_plain(question, found), possible=0.0, reason=reason)


def _plain(question: Question, found: Verdict) -> Answer:
    return Answer(
        question=question.id,
        answer=None,
        points=0.0,
        possible=question.possible,
        confidence=found.confidence,
        reason=found.reason,
        evidence=found.evidence,
    )
