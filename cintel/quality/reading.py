"""Scorecard files: YAML to :class:`Scorecard`, with every mistake named by its line."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import yaml

from cintel.conversation import MOVES
from cintel.errors import ScorecardError
from cintel.quality.kinds import check_question
from cintel.quality.nodes import NodeReader, suggest
from cintel.quality.packaged import text_of
from cintel.quality.rules import (
    AnswerIs,
    AnyOf,
    InOrder,
    Judge,
    Label,
    Metric,
    Pattern,
    Phrases,
    Repeated,
    Within,
    metric_names,
    walk,
)
from cintel.quality.scorecard import Item, Question, Scorecard, Section


def load_scorecard(path_or_name: str | Path) -> Scorecard:
    """The scorecard in a file, or the packaged one of that name, such as ``general-service``.

    Raises:
        ScorecardError: there is no such file or name, or the scorecard has a mistake.
    """
    text, where = text_of(path_or_name)
    return loads(text, where)


def loads(text: str, where: str = "scorecard") -> Scorecard:
    """The scorecard in a YAML text.

    Raises:
        ScorecardError: the first mistake, with file, line, field, what is wrong and what to do.
    """
    scorecard, _ = placed(text, where)
    return scorecard


def placed(text: str, where: str) -> tuple[Scorecard, NodeReader]:
    """As :func:`loads`, with the reader, which knows where each part stands in the text."""
    reader = NodeReader(where)
    scorecard = reader.read(_compose(text, where), Scorecard)
    for check in _checks(scorecard, reader):
        check()
    return scorecard, reader


def loads_question(text: str, where: str = "question") -> Question:
    """One question in a YAML text; whether it fits the others only :func:`loads` can tell.

    Raises:
        ScorecardError: as :func:`loads`.
    """
    reader = NodeReader(where)
    question = reader.read(_compose(text, where), Question)
    check_question(question, reader)
    for part in reader.places:
        _check_rule(part.value, reader)
    return question


def loads_rule(text: str, where: str = "rule") -> Judge:
    """One judge or condition in a YAML text.

    Raises:
        ScorecardError: as :func:`loads`.
    """
    reader = NodeReader(where)
    rule = reader.rule(_compose(text, where), "rule")
    for part in reader.places:
        _check_rule(part.value, reader)
    return rule


def mistakes(text: str, where: str = "scorecard") -> tuple[ScorecardError, ...]:
    """Every mistake in a YAML text.

    What cannot be read at all hides what is wrong with its meaning, such as the sum of weights.
    """
    reader = NodeReader(where)
    found: list[ScorecardError] = []
    try:
        scorecard = reader.read(_compose(text, where), Scorecard)
    except ScorecardError as error:
        return tuple(reader.faults) or (error,)
    for check in _checks(scorecard, reader):
        try:
            check()
        except ScorecardError as error:
            if str(error) not in map(str, found):
                found.append(error)
    return tuple(found)


def _compose(text: str, where: str) -> yaml.Node:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{where}, line {mark.line + 1}" if mark else where
        raise ScorecardError(place, f"not YAML: {error.problem}", "Correct the syntax") from error
    except yaml.YAMLError as error:
        raise ScorecardError(where, f"not YAML: {error}", "Correct the syntax") from error
    if root is None:
        raise ScorecardError(where, "is empty", "See docs/scorecards.md for an example")
    return root


def _checks(scorecard: Scorecard, reader: NodeReader) -> Iterator[Callable[[], None]]:
    yield partial(_check_scorecard, scorecard, reader)
    yield partial(_check_names, scorecard, reader)
    for question in _written(scorecard):
        yield partial(check_question, question, reader)
    for part in reader.places:
        yield partial(_check_rule, part.value, reader)
    yield partial(_check_when, scorecard, reader)


def _written(scorecard: Scorecard) -> list[Question]:
    """The questions as they stand in the file, a checklist as one."""
    return [question for section in scorecard.sections for question in section.questions]


def _check_scorecard(scorecard: Scorecard, reader: NodeReader) -> None:
    if not 0 <= scorecard.pass_mark <= 100:
        raise reader.fault(scorecard, "pass_mark", "is outside 0 to 100", "Write a percentage")
    for section in scorecard.sections:
        if section.weight <= 0:
            raise reader.fault(section, "weight", "must be above 0", "Give it a share")
        if all(question.bonus or question.type == "text" for question in section.questions):
            raise reader.fault(
                section, "questions", "all are bonus or comments", "Add one that counts"
            )
    total = math.fsum(section.weight for section in scorecard.sections)
    if not math.isclose(total, 100, abs_tol=1e-6):
        raise reader.fault(
            scorecard,
            "sections",
            f"the weights add up to {total:g}, not 100",
            "Change the weights: "
            + ", ".join(f"{s.name} {s.weight:g}" for s in scorecard.sections),
        )


def _check_names(scorecard: Scorecard, reader: NodeReader) -> None:
    written = _written(scorecard)
    seen: dict[tuple[str, str], Section | Question | Item] = {}
    named: list[tuple[str, str, Section | Question | Item]] = [
        *(("name", section.name, section) for section in scorecard.sections),
        *(("id", question.id, question) for question in written),
        *(
            ("id", f"{question.id}.{item.id}", item)
            for question in written
            for item in question.items
        ),
    ]
    for key, name, value in named:
        first = seen.setdefault((key, name), value)
        if first is not value:
            line = reader.place(first).node.start_mark.line + 1
            raise reader.fault(
                value, key, f"{name!r} is used twice (first in line {line})", "Rename one"
            )


def _check_rule(rule: object, reader: NodeReader) -> None:
    match rule:
        case Phrases(threshold=threshold) if not 0 < threshold < 1:
            raise reader.fault(rule, "threshold", "must lie between 0 and 1", "Try 0.55")
        case Pattern(regex=regex):
            try:
                re.compile(regex)
            except re.error as error:
                raise reader.fault(
                    rule, "regex", f"not a regular expression: {error}", "Correct it"
                ) from error
        case Metric(metric=name) if name not in metric_names():
            raise reader.fault(
                rule, "metric", f"unknown metric {name!r}", suggest(name, [*metric_names()])
            )
        case Metric(at_least=None, at_most=None):
            raise reader.fault(rule, "metric", "has no limit", "Add `at_least:` or `at_most:`")
        case Label(label="frustration", values=values) if values:
            raise reader.fault(rule, "values", "frustration is a score", "Use `at_least:` alone")
        case Label(label="move", values=values) if strange := set(values) - set(MOVES):
            name = min(strange)
            raise reader.fault(rule, "values", f"unknown move {name!r}", suggest(name, [*MOVES]))
        case Within():
            _check_within(rule, reader)
        case InOrder(in_order=parts):
            for part in parts:
                _check_words(part, rule, "in_order", reader)
        case Repeated(words=words) if words < 1:
            raise reader.fault(rule, "words", "must be above 0", "Try 8")


def _check_within(within: Within, reader: NodeReader) -> None:
    if not within.anchors and not any(limit and limit > 0 for limit in within.limits):
        raise reader.fault(within, "within", "has no limit", "Add `first_turns:` or another")
    if within.turns is not None and (within.after is None or within.turns < 1):
        fault = "counts turns after something" if within.after is None else "must be above 0"
        raise reader.fault(within, "turns", fault, "Write `after:` a rule, `turns:` 2")
    for key in ("before", "after"):
        if getattr(within, key) is not None:
            _check_words(getattr(within, key), within, key, reader)


def _check_words(rule: Judge, owner: object, key: str, reader: NodeReader) -> None:
    """A moment is that of words which are said."""
    if isinstance(rule, AnyOf):
        for part in rule.any_of:
            _check_words(part, rule, "any_of", reader)
    elif not isinstance(rule, Phrases | Pattern | Label):
        remedy = "Use `phrases`, `pattern`, `label` or `any_of` of them"
        raise reader.fault(owner, key, "needs rules of words that are said", remedy)
    elif rule.must != "say":
        raise reader.fault(rule, "must", "words that are not said have no place", "Remove it")


def _check_when(scorecard: Scorecard, reader: NodeReader) -> None:
    asked: dict[str, list[AnswerIs]] = {
        question.id: [rule for rule in walk(question.when) if isinstance(rule, AnswerIs)]
        for question in scorecard.questions
    }
    for rule in (rule for rules in asked.values() for rule in rules):
        if rule.question not in asked:
            raise reader.fault(
                rule,
                "question",
                f"no question {rule.question!r}",
                suggest(rule.question, [*asked]),
            )
        known = scorecard.question(rule.question).answers
        if not known:
            raise reader.fault(
                rule, "question", f"{rule.question!r} has no answers to name",
                "For a number, use `kind: metric`",
            )  # fmt: skip
        for value in rule.values:
            if value not in known:
                raise reader.fault(rule, "values", f"no answer {value!r}", suggest(value, [*known]))
    for question in _written(scorecard):
        chain = _circle(question.parts[0].id, asked, ())
        if chain:
            raise reader.fault(
                question,
                "when",
                f"circular: {' -> '.join(chain)}",
                "Remove one of the conditions",
            )


def _circle(
    name: str, asked: dict[str, list[AnswerIs]], path: tuple[str, ...]
) -> tuple[str, ...] | None:
    if name in path:
        return (*path[path.index(name) :], name)
    for rule in asked[name]:
        found = _circle(rule.question, asked, (*path, name))
        if found:
            return found
    return None
