"""A conversation on a scorecard: every question answered, with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np

from cintel.conversation import (
    Answer,
    Conversation,
    Evaluation,
    Labels,
    Metrics,
    floor_reason,
)
from cintel.quality.judges import decide
from cintel.quality.rules import Metric, Phrases, Rule, metric_value, walk
from cintel.quality.scorecard import Question, Scorecard
from cintel.quality.scoring import points_for, tally
from cintel.quality.units import units_of
from cintel.quality.verdicts import Context, TextEncoder, Vectors, Verdict


def evaluate(
    scorecard: Scorecard,
    conversation: Conversation,
    labels: tuple[Labels, ...],
    metrics: Metrics,
    encoder: TextEncoder,
) -> Evaluation:
    """Answer every question of a scorecard and add up the score.

    ``labels`` has one entry a turn; ``encoder`` sees each piece of the conversation once. Below
    the evidence floor the evaluation has no answers and no score, and says why.
    """
    reason = floor_reason(conversation)
    if reason is not None:
        return Evaluation(scorecard.name, scorecard.version, None, None, False, (), reason)
    units = units_of(conversation)
    answers: dict[str, Answer] = {}

    def answer(name: str) -> Answer:
        if name not in answers:
            answers[name] = _answer(scorecard.question(name), context)
        return answers[name]

    context = Context(
        conversation=conversation,
        labels=labels,
        metrics=metrics,
        units=units,
        vectors=encoder.encode([unit.text for unit in units]),
        examples=_examples(scorecard, encoder),
        answer=answer,
    )
    return tally(scorecard, [answer(question.id) for question in scorecard.questions])


@lru_cache(maxsize=8)
def _examples(scorecard: Scorecard, encoder: TextEncoder) -> Mapping[str, Vectors]:
    """A vector for each line of a scorecard, encoded once a scorecard and encoder."""
    lines = sorted(
        {
            line
            for question in scorecard.questions
            for top in (question.when, question.judge, *(o.judge for o in question.options))
            for rule in walk(top)
            if isinstance(rule, Phrases)
            for line in (*rule.phrases, *rule.not_like)
        }
    )
    vectors = encoder.encode(lines) if lines else np.zeros((0, 0), dtype=np.float32)
    return dict(zip(lines, vectors, strict=True))


def _answer(question: Question, context: Context) -> Answer:
    if question.when is not None:
        asked = decide(question.when, context)
        if not asked.holds:
            return _not_applicable(question, asked)
    if question.options:
        return _choose(question, context)
    verdict = decide(_judge(question), context)
    if verdict.holds is None:
        return _not_applicable(question, verdict)
    answer: str | float = "yes" if verdict.holds else "no"
    if question.type == "number":
        assert isinstance(question.judge, Metric)
        answer = metric_value(context.metrics, question.judge.metric) or 0.0
    return _answered(question, answer, points_for(question, answer), verdict)


def _choose(question: Question, context: Context) -> Answer:
    """The first option whose judge holds, or the last one where it has none."""
    verdicts: list[Verdict] = []
    for option in question.options:
        if option.judge is not None:
            verdicts.append(decide(option.judge, context))
        if option.judge is None or verdicts[-1].holds:
            answer = float(option.answer) if question.type == "scale" else option.answer
            found = verdicts[-1] if option.judge else _least_sure(verdicts)
            return _answered(question, answer, option.points, found)
    return _not_applicable(question, replace(_least_sure(verdicts), reason="no option fits"))


def _least_sure(verdicts: list[Verdict]) -> Verdict:
    return min(verdicts, key=lambda verdict: verdict.confidence)


def _judge(question: Question) -> Rule:
    assert question.judge is not None, "checked when the scorecard was read"
    return question.judge


def _answered(question: Question, answer: str | float, points: float, found: Verdict) -> Answer:
    return Answer(
        question=question.id,
        answer=answer,
        points=points,
        possible=question.possible,
        confidence=found.confidence,
        reason=found.reason,
        evidence=found.evidence,
    )


def _not_applicable(question: Question, found: Verdict) -> Answer:
    return Answer(
        question=question.id,
        answer=None,
        points=0.0,
        possible=0.0,
        confidence=found.confidence,
        reason=f"not applicable: {found.reason}",
        evidence=found.evidence,
    )
