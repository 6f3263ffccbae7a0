"""What a scorecard is: sections with weights, questions with points, and its version.

The field names are the keys of the YAML file; ``cintel.quality.reading`` reads and checks it,
:func:`dumps` writes it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any, Literal

from cintel.quality.rules import Rule

QuestionType = Literal["yes_no", "choice", "scale", "number"]
Critical = Literal["form", "section"]


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer of a ``choice`` or ``scale`` question.

    The first option whose ``judge`` holds is the automatic answer; an option without a judge
    takes what is left.
    """

    answer: str
    points: float
    judge: Rule | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to find out.

    Attributes:
        points: what the best answer earns; ``choice`` and ``scale`` have it in their options.
        critical: failing it zeroes the whole ``form`` or its ``section``.
        allow_na: a reviewer may answer "not applicable".
        bonus: earns points without adding to the points possible.
        when: asked only if this holds; otherwise not applicable.
        judge: the rule that means "yes"; for ``number`` the metric whose value is the answer.
    """

    id: str
    text: str
    type: QuestionType = "yes_no"
    points: float | None = None
    options: tuple[Option, ...] = ()
    critical: Critical | None = None
    allow_na: bool = False
    bonus: bool = False
    when: Rule | None = None
    judge: Rule | None = None

    @property
    def possible(self) -> float:
        """The points of the best answer."""
        return self.points if self.points is not None else max(o.points for o in self.options)

    @property
    def answers(self) -> tuple[str, ...]:
        """The answers a reviewer may choose from; empty for ``number``."""
        if self.type == "yes_no":
            return ("yes", "no")
        return tuple(option.answer for option in self.options)


@dataclass(frozen=True, slots=True)
class Section:
    """A group of questions; ``weight`` is its share of the score in percent."""

    name: str
    title: str
    weight: float
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A named set of sections; a score of ``pass_mark`` (0…100) or more passes."""

    name: str
    title: str
    pass_mark: float
    sections: tuple[Section, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question, in order."""
        return tuple(question for section in self.sections for question in section.questions)

    @property
    def version(self) -> str:
        """First 12 hex digits of the SHA-256 of the content; comments and layout do not count."""
        text = json.dumps(to_dict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def question(self, name: str) -> Question:
        """The question with an id.

        Raises:
            KeyError: there is none.
        """
        for question in self.questions:
            if question.id == name:
                return question
        raise KeyError(name)


def to_dict(scorecard: Scorecard) -> dict[str, Any]:
    """The scorecard as plain values, fields that hold their default left out."""
    value: dict[str, Any] = _plain(scorecard)
    return value


def dumps(scorecard: Scorecard) -> str:
    """The scorecard as YAML; reading it gives an equal scorecard."""
    import yaml

    text: str = yaml.safe_dump(to_dict(scorecard), sort_keys=False, allow_unicode=True, width=96)
    return text


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not is_dataclass(value):
        return value
    kind = {"kind": value.kind} if hasattr(value, "kind") else {}
    kept = {
        item.name: _plain(getattr(value, item.name))
        for item in fields(value)
        if item.default is MISSING or getattr(value, item.name) != item.default
    }
    return kind | kept
