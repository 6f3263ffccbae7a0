"""Scorecard files: YAML to :class:`Scorecard`, with every mistake named by its line."""

from __future__ import annotations

import math
import re
from dataclasses import astuple
from importlib.resources import files
from pathlib import Path

import yaml

from cintel.conversation import MOVES
from cintel.errors import ScorecardError
from cintel.quality.kinds import check_question
from cintel.quality.nodes import NodeReader, suggest
from cintel.quality.rules import (
    AnswerIs,
    Label,
    Metric,
    Pattern,
    Phrases,
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
    path = Path(path_or_name)
    if not path.exists():
        packaged = files("cintel.quality") / "scorecards"
        names = sorted(item.name.removesuffix(".yaml") for item in packaged.iterdir())
        if str(path_or_name) not in names:
            raise ScorecardError(
                path_or_name,
                "is neither a file nor a packaged scorecard",
                f"Give the path of a YAML file or one of: {', '.join(names)}",
            )
        text = (packaged / f"{path_or_name}.yaml").read_text(encoding="utf-8")
        return loads(text, where=f"{path_or_name}.yaml")
    try:
        return loads(path.read_text(encoding="utf-8"), where=str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ScorecardError(path, f"cannot be read: {error}", "Save it as UTF-8 text") from error


def loads(text: str, where: str = "scorecard") -> Scorecard:
    """The scorecard in a YAML text.

    Raises:
        ScorecardError: with file, line, field, what is wrong and what to do.
    """
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
    reader = NodeReader(where)
    scorecard = reader.read(root, Scorecard)
    _check_scorecard(scorecard, reader)
    _check_names(scorecard, reader)
    for question in _written(scorecard):
        check_question(question, reader)
    for part in reader.places:
        _check_rule(part.value, reader)
    _check_when(scorecard, reader)
    return scorecard


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
        case Within() if not any(limit is not None and limit > 0 for limit in astuple(rule)):
            raise reader.fault(rule, "within", "has no limit", "Add `first_turns:` or another")


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
