"""The final word on an evaluation: reviewers' answers where there are any, else the machine's."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cintel.conversation import Answer, Evaluation
from cintel.quality import Question, Scorecard, points_for, tally
from cintel.quality.review import by_person
from cintel.quality.scoring import answer_text, section_parts
from cintel.store.evaluated import Override


@dataclass(frozen=True, slots=True)
class Final:
    """An evaluation as it stands.

    Attributes:
        evaluation: with final answers; its score and verdict follow from them.
        parts: points earned ÷ points possible by section, 0…1; sections that do not apply, and
            all of them where the scorecard's text was not kept, are missing.
        unknown: questions whose override's points cannot be known; they have no final answer,
            and the score is the machine's.
    """

    evaluation: Evaluation
    parts: dict[str, float]
    unknown: tuple[str, ...] = ()


def settle(evaluation: Evaluation, overrides: dict[str, Override], card: Scorecard | None) -> Final:
    """What an evaluation comes to with the reviewers' answers in it."""
    questions = {question.id: question for question in card.questions} if card else {}
    answers: list[Answer] = []
    unknown: list[str] = []
    for given in evaluation.answers:
        said = overrides.get(given.question)
        told = given if said is None else _told(given, said, questions.get(given.question))
        answers.append(told) if told else unknown.append(given.question)
    final = replace(evaluation, answers=tuple(answers))
    if card is None or unknown or not answers:
        return Final(final, {}, tuple(unknown))
    if overrides:
        final = tally(card, answers)
    return Final(final, section_parts(card, answers))


def _told(given: Answer, said: Override, question: Question | None) -> Answer | None:
    points = _points(given, said, question)
    if points is None:
        return None
    return by_person(given, said.answer, points, question.possible if question else given.possible)


def _points(given: Answer, said: Override, question: Question | None) -> float | None:
    """What a person's answer earns; None where neither they nor the scorecard tell."""
    if said.answer is None:
        return 0.0
    if said.points is not None:
        return said.points
    if not given.unsure and answer_text(said.answer) == answer_text(given.answer):
        return given.points
    if question is None:
        return None
    try:
        return points_for(question, said.answer)
    except ValueError:  # the store takes any answer; one that the question has not is worth nothing
        return None
