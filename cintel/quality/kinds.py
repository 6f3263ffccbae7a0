"""What goes with what in a question: each type with its points, answers and judges."""

from __future__ import annotations

import re

from cintel.quality.nodes import NodeReader
from cintel.quality.rules import AnswerIs, ChannelIs, Human, Judge, Llm, Metric, walk
from cintel.quality.scorecard import Question

_OPTIONAL = ("choice", "scale")


def check_question(question: Question, reader: NodeReader) -> None:
    """Refuse a question whose parts do not fit its type.

    Raises:
        ScorecardError: names the line and the field.
    """
    _check_options(question, reader)
    _check_points(question, reader)
    _check_items(question, reader)
    _check_judge(question, reader)
    _check_asked(question, reader)
    if not 0 <= question.sure <= 1:
        raise reader.fault(question, "sure", "must lie between 0 and 1", "Try 0.65")
    _check_confirmed(question, reader)


def _check_confirmed(question: Question, reader: NodeReader) -> None:
    known = {"yes_no": ("yes", "no"), "checklist": ("yes", "no"), "choice": question.answers}
    answers = known.get(question.type, ())
    for answer in question.confirm:
        if answer not in answers:
            remedy = f"Use {' or '.join(answers)}" if answers else f"A {question.type} takes none"
            raise reader.fault(question, "confirm", f"has no answer {answer!r}", remedy)
    if len(set(question.confirm)) < len(question.confirm):
        raise reader.fault(question, "confirm", "an answer is given twice", "Remove one")


def _check_options(question: Question, reader: NodeReader) -> None:
    kind = question.type
    if kind in _OPTIONAL and not question.options:
        raise reader.fault(question, "options", f"{kind} needs options", "Add them")
    if kind not in _OPTIONAL and question.options:
        raise reader.fault(question, "options", f"{kind} takes no options", "Use type choice")
    if len({option.answer for option in question.options}) < len(question.options):
        raise reader.fault(question, "options", "an answer is given twice", "Rename one")
    if kind == "scale":
        for option in question.options:
            if not re.fullmatch(r"-?(0|[1-9]\d*)(\.\d*[1-9])?", option.answer):
                raise reader.fault(option, "answer", "a scale counts in numbers", "Write 1 or 1.5")


def _check_points(question: Question, reader: NodeReader) -> None:
    kind = question.type
    if kind == "text":
        for key in ("points", "critical", "bonus"):
            if getattr(question, key):
                raise reader.fault(
                    question, key, "a text is a comment, without points", "Remove it"
                )
        return
    if kind in _OPTIONAL and question.points is not None:
        raise reader.fault(question, "points", f"{kind} has its points in the options", "Remove it")
    if kind not in _OPTIONAL and question.points is None:
        raise reader.fault(question, "points", f"{kind} needs points", "Add `points:`")
    if question.possible <= 0 or any(option.points < 0 for option in question.options):
        raise reader.fault(question, "points", "must be above 0", "Give the best answer points")
    if question.bonus and question.critical:
        raise reader.fault(question, "bonus", "a critical question cannot be one", "Drop one")


def _check_items(question: Question, reader: NodeReader) -> None:
    if question.type != "checklist":
        if question.items:
            raise reader.fault(
                question, "items", f"{question.type} takes no items", "Use type checklist"
            )
        return
    if not question.items:
        raise reader.fault(question, "items", "checklist needs items", "Add them")
    if question.judge is not None:
        raise reader.fault(question, "judge", "checklist has judges in its items", "Move it there")


def _check_judge(question: Question, reader: NodeReader) -> None:
    """Every question has one, at the right place."""
    kind, judge = question.type, question.judge
    if kind == "checklist" or isinstance(judge, Llm | Human):
        misplaced = next((option for option in question.options if option.judge), None)
        if misplaced is not None:
            raise reader.fault(
                misplaced, "judge", "the question has a judge for all its options", "Remove one"
            )
        if kind == "number":
            raise reader.fault(question, "judge", "a number is a metric", "Use `kind: metric`")
        return
    if question.options:
        if judge is not None:
            raise reader.fault(
                question, "judge", f"{kind} has judges in its options", "Move it there"
            )
        *early, _ = question.options
        for option in early:
            if option.judge is None:
                raise reader.fault(option, "judge", "only the last option may lack one", "Add it")
    elif judge is None:
        raise reader.fault(question, "judge", "is missing", "Add `judge:` with its `kind`")
    elif kind == "text":
        raise reader.fault(
            question, "judge", "no rule writes a text", "Use `kind: human` or `kind: llm`"
        )
    elif kind == "number" and not isinstance(judge, Metric):
        raise reader.fault(question, "judge", "a number is a metric", "Use `kind: metric`")


def _check_asked(question: Question, reader: NodeReader) -> None:
    """Conditions stand in ``when`` only; who is asked stands alone."""
    tops = (question.judge, *(item.judge for item in question.items))
    judges: list[Judge | None] = [*tops, *(option.judge for option in question.options)]
    for rule in (part for judge in judges for part in walk(judge)):
        if isinstance(rule, AnswerIs | ChannelIs):
            raise reader.fault(
                rule, "kind", f"{rule.kind!r} is a condition, not a judge", "Use it in when"
            )
    for top in (question.when, *judges):
        for rule in walk(top):
            alone = any(rule is judge for judge in tops)
            if isinstance(rule, Llm | Human) and not alone:
                raise reader.fault(
                    rule, "kind", f"{rule.kind!r} answers a whole question, not a part of it",
                    "Make it the judge of a question of its own; `when` may ask for that answer",
                )  # fmt: skip
