"""What keeps a draft from being a scorecard yet, each mistake with its place."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache

import yaml
from yaml import MappingNode, Node, SequenceNode

from cintel.errors import ScorecardError
from cintel.quality.drafting import Place, Tree
from cintel.quality.reading import loads, loads_question
from cintel.quality.scorecard import Question, Scorecard
from cintel.quality.writing import yaml_of

_LINE = re.compile(r", line (\d+)$")


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why a draft cannot be published yet.

    Attributes:
        place: empty where it concerns the whole.
        text: what is wrong and what to do.
        inside: it lies inside a question, which cannot be read at all.
    """

    place: Place
    text: str
    inside: bool = False


def mistakes(draft: Tree) -> list[Mistake]:
    """Everything wrong inside questions; where nothing is, the first mistake of the whole."""
    found = [
        Mistake((row, column), text, inside=True)
        for row, section in enumerate(draft["sections"])
        for column, tree in enumerate(section["questions"])
        if (text := _question_fault(json.dumps(tree)))
    ]
    if found:
        return found
    whole = _whole_fault(json.dumps(draft))
    return [] if whole is None else [whole]


def scorecard(draft: Tree) -> Scorecard:
    """The scorecard that a draft has become.

    Raises:
        ScorecardError: it has a mistake.
    """
    return loads(yaml_of(draft), where="draft")


def question(tree: Tree) -> Question:
    """The question that a part of a draft has become.

    Raises:
        ScorecardError: it has a mistake.
    """
    return _question(json.dumps(tree))


@lru_cache(maxsize=512)
def _question(tree: str) -> Question:
    return loads_question(yaml_of(json.loads(tree)))


@lru_cache(maxsize=512)
def _question_fault(tree: str) -> str:
    try:
        _question(tree)
    except ScorecardError as error:
        return _worded(error)
    return ""


@lru_cache(maxsize=8)
def _whole_fault(draft: str) -> Mistake | None:
    text = yaml_of(json.loads(draft))
    try:
        loads(text, where="draft")
    except ScorecardError as error:
        line, root = _LINE.search(error.where), yaml.compose(text, Loader=yaml.SafeLoader)
        place = _place_of(root, int(line[1])) if line and root else ()
        return Mistake(place, _worded(error))
    return None


def _worded(error: ScorecardError) -> str:
    return f"{error.fault}. {error.remedy}"


def _place_of(root: Node, line: int) -> Place:
    """The section, and the question in it, whose text reaches over a line that counts from 1."""
    place: Place = ()
    for key in ("sections", "questions"):
        items = _item(root, key)
        hit = next((n for n, node in enumerate(items) if _covers(node, line)), None)
        if hit is None:
            break
        place, root = (*place, hit), items[hit]
    return place


def _item(node: Node, key: str) -> list[Node]:
    assert isinstance(node, MappingNode)
    value = next(value for name, value in node.value if name.value == key)
    return value.value if isinstance(value, SequenceNode) else []


def _covers(node: Node, line: int) -> bool:
    first, last = node.start_mark.line + 1, node.end_mark.line + (node.end_mark.column > 0)
    return bool(first <= line <= last)
