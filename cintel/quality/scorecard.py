"""What a scorecard is: sections with weights, questions with points, and its version.

The field names are the keys of the YAML file; ``cintel.quality.reading`` reads and checks it,
``cintel.quality.writing`` writes it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from functools import cached_property
from typing import Any, Literal

from cintel.quality.rules import Judge, Rule

QuestionType = Literal["yes_no", "choice", "scale", "number", "text", "checklist"]
Critical = Literal["form", "section"]

DEFAULT_SURE = 0.65
"""Confidence from which an automatic answer stands: a cosine 0.05 from its threshold."""


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
class Item:
    """One line of a ``checklist``; ``id`` is its name there."""

    id: str
    text: str
    judge: Judge


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to find out.

    Attributes:
        points: what the best answer earns; ``choice`` and ``scale`` have it in their options, a
            ``checklist`` shares it among its items, a ``text`` is a comment and has none.
        critical: failing it zeroes the whole ``form`` or its ``section``.
        allow_na: a reviewer may answer "not applicable".
        bonus: earns points without adding to the points possible.
        when: asked only if this holds; otherwise not applicable.
        judge: the rule that means "yes"; for ``number`` the metric whose value is the answer; or
            who is asked.
        sure: an automatic answer with less confidence is left to a person.
        confirm: automatic answers that are always left to a person, as suggestions.
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
    judge: Judge | None = None
    items: tuple[Item, ...] = ()
    sure: float = DEFAULT_SURE
    confirm: tuple[str, ...] = ()

    @property
    def possible(self) -> float:
        """The points of the best answer."""
        if self.type == "text":
            return 0.0
        return self.points if self.points is not None else max(o.points for o in self.options)

    @property
    def parts(self) -> tuple[Question, ...]:
        """The question, or a checklist's items: yes/no questions ``id.item`` of equal points."""
        if not self.items:
            return (self,)
        return tuple(
            replace(
                self, id=f"{self.id}.{item.id}", text=f"{self.text} {item.text}", type="yes_no",
                points=self.possible / len(self.items), judge=item.judge, items=(),
            )
            for item in self.items
        )  # fmt: skip

    @property
    def answers(self) -> tuple[str, ...]:
        """The answers a reviewer may choose from; empty for ``number`` and ``text``."""
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

    @property
    def asked(self) -> tuple[Question, ...]:
        """Every question that is answered, in order: the items of a checklist in its place."""
        return tuple(part for question in self.questions for part in question.parts)


@dataclass(frozen=True)
class Scorecard:
    """A named set of sections; a score of ``pass_mark`` (0…100) or more passes."""

    name: str
    title: str
    pass_mark: float
    sections: tuple[Section, ...]

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Every question that is answered, in order: the items of a checklist in its place."""
        return tuple(question for section in self.sections for question in section.asked)

    @cached_property
    def version(self) -> str:
        """First 12 hex digits of the SHA-256 of the content; comments and layout do not count."""
        text = json.dumps(to_dict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def question(self, name: str) -> Question:
        """The question with an id.

        Raises:
            KeyError: there is none.
        """
        return self._by_id[name]

    @cached_property
    def _by_id(self) -> dict[str, Question]:
        return {question.id: question for question in self.questions}


def to_dict(scorecard: Scorecard) -> dict[str, Any]:
    """The scorecard as plain values, fields that hold their default left out."""
    value: dict[str, Any] = plain(scorecard)
    return value


def plain(value: Any) -> Any:
    """A part of a scorecard as plain values, as a file would have it."""
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not is_dataclass(value):
        return value
    kind = {"kind": value.kind} if hasattr(value, "kind") else {}
    kept = {
        item.name: plain(getattr(value, item.name))
        for item in fields(value)
        if item.default is MISSING or getattr(value, item.name) != item.default
    }
    return kind | kept
