"""One ``phrases`` rule of a scorecard changed in its text; the rest of the file stays as it is.

The lines that change are found by the positions of their YAML nodes, so that comments, order and
layout of everything else are kept to the byte.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from yaml import MappingNode, Node, SequenceNode

from cintel.errors import ScorecardError
from cintel.quality.reading import loads, placed
from cintel.quality.rules import AllOf, AnyOf, Judge, Phrases, walk
from cintel.quality.scorecard import Question, Scorecard, Section
from cintel.quality.writing import dumps

Edit = tuple[int, int, str]
"""From one offset of the text to another, and what stands there from now on."""

Kept = TypeVar("Kept", bound=Judge)


def rewritten(text: str, where: str, name: str, given: Phrases, fitted: Phrases) -> str:
    """The text of a scorecard with ``fitted`` in place of ``given`` in one question.

    Every other question stays equal. Where that takes more than changing lines, as when an anchor
    shares the rule with another question, the scorecard is written out anew without its comments.

    Args:
        text: YAML.
        where: what errors call it.
        name: the question's id; of a checklist's item ``question.item``.
        given: the rule as it is in the question.
        fitted: the rule as it shall be.

    Raises:
        ScorecardError: the text is no scorecard.
    """
    scorecard, reader = placed(text, where)
    wanted = exchanged(scorecard, name, given, fitted)
    nodes = {
        id(node): node
        for rule in _rules(scorecard.question(name))
        if rule == given
        for node in (reader.place(rule).node,)
    }
    edits = [edit for node in nodes.values() for edit in _edits(text, node, given, fitted)]
    for first, last, new in sorted(edits, reverse=True):
        text = text[:first] + new + text[last:]
    return text if _reads_as(text, wanted) else dumps(wanted)


def exchanged(scorecard: Scorecard, name: str, given: Phrases, fitted: Phrases) -> Scorecard:
    """The scorecard with another rule in one question, its ``when`` included where it is there."""

    def section(part: Section) -> Section:
        return replace(part, questions=tuple(map(question, part.questions)))

    def question(whole: Question) -> Question:
        if whole.id == name:
            return replace(
                whole,
                judge=_exchanged(whole.judge, given, fitted) if whole.judge else None,
                when=_exchanged(whole.when, given, fitted) if whole.when else None,
            )
        items = tuple(
            replace(item, judge=_exchanged(item.judge, given, fitted))
            if f"{whole.id}.{item.id}" == name
            else item
            for item in whole.items
        )
        return replace(whole, items=items)

    return replace(scorecard, sections=tuple(map(section, scorecard.sections)))


def _exchanged(rule: Kept, given: Phrases, fitted: Phrases) -> Kept:
    if rule == given:
        return fitted  # type: ignore[return-value]
    match rule:
        case AnyOf(any_of=parts):
            return replace(rule, any_of=tuple(_exchanged(part, given, fitted) for part in parts))
        case AllOf(all_of=parts):
            return replace(rule, all_of=tuple(_exchanged(part, given, fitted) for part in parts))
    return rule


def _rules(question: Question) -> Iterator[Judge]:
    for top in (question.judge, question.when):
        yield from walk(top)


def _reads_as(text: str, wanted: Scorecard) -> bool:
    try:
        return loads(text) == wanted
    except ScorecardError:  # of an edit that broke the text, which is then not taken
        return False


def _edits(text: str, node: Node, given: Phrases, fitted: Phrases) -> Iterator[Edit]:
    assert isinstance(node, MappingNode)
    keys = {str(key.value): (key, child) for key, child in node.value}
    first = keys["phrases"][0].start_mark
    gap = ", " if node.flow_style else _newline(text) + " " * first.column
    if fitted.threshold != given.threshold:
        number = f"{fitted.threshold:g}"
        if "threshold" in keys:
            child = keys["threshold"][1]
            yield child.start_mark.index, child.end_mark.index, number
        else:
            yield first.index, first.index, f"threshold: {number}{gap}"
    for key in ("phrases", "not_like"):
        lines = getattr(fitted, key)
        if lines == getattr(given, key):
            continue
        if key in keys:
            yield _list_edit(text, keys[key][1], getattr(given, key), lines)
        else:
            quoted = ", ".join(map(_quoted, lines))
            yield first.index, first.index, f"{key}: [{quoted}]{gap}"


def _list_edit(text: str, node: Node, given: tuple[str, ...], lines: tuple[str, ...]) -> Edit:
    """Lines that are no longer there go, new ones come last, the others keep their source."""
    assert isinstance(node, SequenceNode)
    added = [_quoted(line) for line in lines if line not in given]
    marks = [(item.start_mark.index, item.end_mark.index) for item in node.value]
    if node.flow_style:
        kept = [
            text[slice(*mark)] for mark, line in zip(marks, given, strict=True) if line in lines
        ]
        return node.start_mark.index, node.end_mark.index, f"[{', '.join([*kept, *added])}]"
    newline, indent = _newline(text), " " * node.start_mark.column
    starts = [text.rfind("\n", 0, first) + 1 for first, _ in marks]
    end = text.find("\n", marks[-1][1]) + 1 or len(text)
    chunks = list(zip(starts, [*starts[1:], end], strict=True))
    source = [
        text[slice(*chunk)] for chunk, line in zip(chunks, given, strict=True) if line in lines
    ]
    source = [chunk if chunk.endswith("\n") else chunk + newline for chunk in source]
    return starts[0], end, "".join([*source, *(f"{indent}- {line}{newline}" for line in added)])


def _quoted(line: str) -> str:
    """A JSON string, which YAML reads as it is."""
    return json.dumps(line, ensure_ascii=False)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
