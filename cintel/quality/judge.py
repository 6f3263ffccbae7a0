"""A conversation on a scorecard: every question answered, with its evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
from cintel.language.read import language_reason
from cintel.quality.answers import answered, not_applicable, unsure
from cintel.quality.judges import decide
from cintel.quality.llm import NO_MODEL, LlmJudge
from cintel.quality.rules import AnswerIs, Human, Llm, Metric, Phrases, Rule, metric_value, walk
from cintel.quality.scorecard import Question, Scorecard
from cintel.quality.scoring import tally
from cintel.quality.units import units_of
from cintel.quality.verdicts import Context, TextEncoder, Vectors, Verdict

_FOR_A_PERSON = Verdict(None, 0.0, "a person answers this question")


def evaluate(
    scorecard: Scorecard,
    conversation: Conversation,
    labels: tuple[Labels, ...],
    metrics: Metrics,
    encoder: TextEncoder,
    llm: LlmJudge | None = None,
    earlier: Sequence[Evaluation] = (),
) -> Evaluation:
    """Answer every question of a scorecard and add up the score.

    In another language than English or below the evidence floor the evaluation has no answers and
    no score, and says why.

    Args:
        scorecard: the questions.
        conversation: what they are asked of.
        labels: one entry a turn.
        metrics: its figures.
        encoder: sees each piece of the conversation once.
        llm: answers questions of kind ``llm``; without it they are left to a person.
        earlier: evaluations of the same conversation, whose language model answers are taken
            over where neither the words, the rubric nor the model has changed.
    """
    reason = language_reason(conversation) or floor_reason(conversation)
    if reason is not None:
        return Evaluation(scorecard.name, scorecard.version, None, None, False, (), reason)
    units = units_of(conversation)
    answers: dict[str, Answer] = {}
    told: dict[str, Answer] = {}

    def answer(name: str) -> Answer:
        if name not in answers:
            answers[name] = _answer(scorecard.question(name), context, told)
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
    read = written = 0
    for found, tokens in _ask(scorecard, context, llm, earlier) if llm else ():
        told |= {item.question: item for item in found}
        read, written = read + tokens[0], written + tokens[1]
    made = tally(scorecard, [answer(question.id) for question in scorecard.questions])
    return replace(made, tokens=_spent(made, earlier, read, written))


def _spent(
    made: Evaluation, earlier: Sequence[Evaluation], read: int, written: int
) -> tuple[int, int]:
    """With what earlier answers cost, where this evaluation takes the place of theirs."""
    same = [e.tokens for e in earlier if (e.scorecard, e.version) == (made.scorecard, made.version)]
    return read + sum(cost[0] for cost in same), written + sum(cost[1] for cost in same)


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


def _ask(
    scorecard: Scorecard, context: Context, llm: LlmJudge, earlier: Sequence[Evaluation]
) -> Iterator[tuple[list[Answer], tuple[int, int]]]:
    """The language model's answers, and their tokens, in as few rounds as the conditions allow.

    A question that waits for another one's answer is asked only if it applies.
    """
    known = {
        answer.fingerprint: answer
        for evaluation in earlier
        for answer in evaluation.answers
        if answer.fingerprint is not None
    }
    waiting = [q for q in scorecard.questions if isinstance(q.judge, Llm)]
    while waiting:
        names = {question.id for question in waiting}
        ready = [q for q in waiting if not _awaits(q, names, scorecard)]
        waiting = [q for q in waiting if _awaits(q, names, scorecard)]
        asked = [q for q in ready if q.when is None or decide(q.when, context).holds]
        if asked:
            yield llm.ask(asked, context.conversation, context.labels, known)


def _awaits(question: Question, names: set[str], scorecard: Scorecard) -> bool:
    """Whether its condition rests on the answer to one of ``names``, however far off."""
    rules = (rule for rule in walk(question.when) if isinstance(rule, AnswerIs))
    return any(
        rule.question in names or _awaits(scorecard.question(rule.question), names, scorecard)
        for rule in rules
    )


def _answer(question: Question, context: Context, told: Mapping[str, Answer]) -> Answer:
    if question.when is not None:
        asked = decide(question.when, context)
        if not asked.holds:
            return not_applicable(question, asked)
    match question.judge:
        case Human():
            return unsure(question, _FOR_A_PERSON)
        case Llm():
            return told[question.id] if question.id in told else unsure(question, NO_MODEL)
        case None:
            return _choose(question, context)
        case judge:
            return _decide(question, judge, context)


def _decide(question: Question, judge: Rule, context: Context) -> Answer:
    verdict = decide(judge, context)
    if verdict.holds is None:
        return not_applicable(question, verdict)
    answer: str | float = "yes" if verdict.holds else "no"
    if question.type == "number":
        assert isinstance(judge, Metric)
        answer = metric_value(context.metrics, judge.metric) or 0.0
    return answered(question, answer, verdict)


def _choose(question: Question, context: Context) -> Answer:
    """The first option whose judge holds, or the last one where it has none."""
    verdicts: list[Verdict] = []
    for option in question.options:
        if option.judge is not None:
            verdicts.append(decide(option.judge, context))
        if option.judge is None or verdicts[-1].holds:
            answer = float(option.answer) if question.type == "scale" else option.answer
            found = verdicts[-1] if option.judge else _least_sure(verdicts)
            return answered(question, answer, found)
    return not_applicable(question, replace(_least_sure(verdicts), reason="no option fits"))


def _least_sure(verdicts: list[Verdict]) -> Verdict:
    return min(verdicts, key=lambda verdict: verdict.confidence)
