"""Scorecards under construction: edits of the plain values of a file.

A draft is the mapping that a scorecard's file holds; it may be unfinished, and what is still wrong
with it ``cintel.quality.mistakes`` tells. Every edit gives a new draft and leaves the old one
alone. A place is ``(section,)`` or ``(section, question)``, by number.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

Tree = dict[str, Any]
Place = tuple[int, ...]
Path = tuple[str | int, ...]

_POINTS = 5


def begun(name: str, title: str) -> Tree:
    """A draft with one section and one question, which a person answers."""
    section = {"name": "service", "title": "Service", "weight": 100, "questions": []}
    return add_question({"name": name, "title": title, "pass_mark": 75, "sections": [section]}, 0)


def add_section(draft: Tree) -> Tree:
    """With a section at the end that takes the weight that is left, and a question in it."""
    made = deepcopy(draft)
    left = 100 - sum(section["weight"] for section in made["sections"])
    name = _free("section", {section["name"] for section in made["sections"]})
    title = name.replace("_", " ").capitalize()
    made["sections"].append(
        {"name": name, "title": title, "weight": max(0, left), "questions": []}
    )  # fmt: skip
    return add_question(made, len(made["sections"]) - 1)


def add_question(draft: Tree, section: int) -> Tree:
    """With a question at the end of a section, which a person answers."""
    made = deepcopy(draft)
    name = _free(
        "question", {item["id"] for part in made["sections"] for item in part["questions"]}
    )
    made["sections"][section]["questions"].append(
        {"id": name, "text": "New question", "points": _POINTS, "judge": {"kind": "human"}}
    )
    return made


def item(draft: Tree, place: Place) -> Tree:
    """The section or the question at a place."""
    found: Tree = draft["sections"][place[0]]
    return found if len(place) == 1 else found["questions"][place[1]]


def put(draft: Tree, place: Place, value: Tree) -> Tree:
    """With another section or question at a place."""
    made = deepcopy(draft)
    _siblings(made, place)[place[-1]] = deepcopy(value)
    return made


def path_of(place: Place) -> Path:
    """The keys that lead to a place."""
    names = ("sections", "questions")
    return tuple(step for pair in zip(names, place, strict=False) for step in pair)


def value_at(draft: Tree, path: Path) -> Any:
    """What stands at the end of a path of keys and numbers, None where nothing does."""
    found: Any = draft
    for step in path:
        if isinstance(found, dict):
            found = found.get(step)
        else:
            found = None if found is None else found[step]
    return found


def with_value(draft: Tree, path: Path, value: Any, default: Any = None) -> Tree:
    """With another value at the end of a path; a default is left out, and what it leaves empty."""
    made = deepcopy(draft)
    trail: list[Any] = [made]
    for step in path[:-1]:
        if isinstance(trail[-1], dict):
            trail[-1].setdefault(step, {})
        trail.append(trail[-1][step])
    if value != default:
        trail[-1][path[-1]] = deepcopy(value)
        return made
    trail[-1].pop(path[-1], None)
    for holder, step in zip(trail[-2::-1], path[-2::-1], strict=True):
        if holder[step] == {}:
            del holder[step]
    return made


def removed(draft: Tree, place: Place) -> Tree:
    """Without a section or question."""
    made = deepcopy(draft)
    del _siblings(made, place)[place[-1]]
    return made


def moved(draft: Tree, place: Place, by: int) -> tuple[Tree, Place]:
    """With a section or question one place further up (−1) or down (1), and where it is then.

    A question at the edge of its section goes into the next one; at the very edge nothing moves.
    """
    made = deepcopy(draft)
    items, at = _siblings(made, place), place[-1]
    to = at + by
    if 0 <= to < len(items):
        items[at], items[to] = items[to], items[at]
        return made, (*place[:-1], to)
    section = place[0] + by
    if len(place) == 1 or not 0 <= section < len(made["sections"]):
        return made, place
    there = made["sections"][section]["questions"]
    to = 0 if by > 0 else len(there)
    there.insert(to, items.pop(at))
    return made, (section, to)


def evened(draft: Tree) -> Tree:
    """With weights that add up to 100, in whole numbers and as near as can be to what they were."""
    made = deepcopy(draft)
    sections = made["sections"]
    total = sum(section["weight"] for section in sections)
    shares = [100 * (section["weight"] or 0) / total if total else 100 / len(sections)
              for section in sections]  # fmt: skip
    weights = [max(1, int(share)) for share in shares]
    # What rounding left over goes to those that lost most by it.
    order = sorted(range(len(shares)), key=lambda place: weights[place] - shares[place])
    for place in (order * 100)[: max(0, 100 - sum(weights))]:
        weights[place] += 1
    weights[weights.index(max(weights))] -= max(0, sum(weights) - 100)
    for section, weight in zip(sections, weights, strict=True):
        section["weight"] = weight
    return made


def retyped(old: Tree, kind: str) -> Tree:
    """A question as another type, with what that type needs and without what it cannot have."""
    same = ("id", "text", "allow_na", "when", "sure")
    kept: Tree = {key: deepcopy(old[key]) for key in same if key in old}
    made: Tree = {"id": kept.pop("id"), "text": kept.pop("text"), "type": kind}
    human = {"kind": "human"}
    if kind == "text":
        return made | kept | {"judge": human}
    kept |= {key: old[key] for key in ("critical", "bonus") if key in old}
    best = old.get("points") or _POINTS
    if kind in ("choice", "scale"):
        names = ("1", "2", "3") if kind == "scale" else ("poor", "fair", "good")
        options = [{"answer": name, "points": best * n / 2} for n, name in enumerate(names)]
        return made | kept | {"options": options, "judge": human}
    made["points"] = best
    if kind == "checklist":
        return made | kept | {"items": [{"id": "first", "text": "New line", "judge": human}]}
    if kind == "number":
        limits = {"kind": "metric", "metric": "agent.speech_rate", "at_least": 110, "at_most": 180}
        return made | kept | {"judge": limits}
    return made | kept | {"judge": human}


def _siblings(draft: Tree, place: Place) -> list[Tree]:
    sections: list[Tree] = draft["sections"]
    return sections if len(place) == 1 else sections[place[0]]["questions"]


def _free(stem: str, taken: set[str]) -> str:
    number = 1
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"
