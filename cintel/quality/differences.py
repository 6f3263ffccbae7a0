"""What changed between two versions of a scorecard, in words.

Sections go by their name and questions by their id; a question that is the same but for its id
was renamed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any, Literal

from cintel.quality.scorecard import Question, Scorecard, Section, plain

Kind = Literal["added", "removed", "moved", "changed"]
Tree = Mapping[str, Any]

_NAMES = {
    "allow_na": "not applicable allowed",
    "when": "asked",
    "confirm": "confirmed by a person",
}
_LONG = 60


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was.

    Attributes:
        kind: what happened to it.
        where: the scorecard's own part: ``scorecard``, a section's title, or ``title › question``.
        what: in words, such as ``points 5 → 10``.
    """

    kind: Kind
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def differences(before: Scorecard, after: Scorecard) -> list[Difference]:
    """Everything that leads from one version to the other; none where the versions are equal."""
    found = [
        Difference("changed", "scorecard", what)
        for what in _fields(plain(before), plain(after), ("name", "title", "pass_mark"))
    ]
    return [*found, *_sections(before, after), *_questions(before, after)]


def _sections(before: Scorecard, after: Scorecard) -> Iterator[Difference]:
    old = {section.name: section for section in before.sections}
    new = {section.name: section for section in after.sections}
    for name, section in old.items():
        if name not in new:
            yield Difference("removed", section.title, f"section removed, {_weighs(section)}")
    for name, section in new.items():
        if name not in old:
            yield Difference("added", section.title, f"section added, {_weighs(section)}")
            continue
        for what in _fields(plain(old[name]), plain(section), ("title", "weight")):
            yield Difference("changed", section.title, what)
    titles = {name: section.title for name, section in new.items()}
    for name, what in _moved([*old], [*new], titles):
        yield Difference("moved", titles[name], f"section {what}")


def _questions(before: Scorecard, after: Scorecard) -> Iterator[Difference]:
    old, new = _placed(before), _placed(after)
    renamed = dict(_renamed(old, new))
    for name, (section, question) in old.items():
        if name not in new and name not in renamed:
            what = f"question removed: {_short(question.text)}"
            yield Difference("removed", _path(section, question), what)
    names = {new_name: name for name, new_name in renamed.items()}
    for name, (section, question) in new.items():
        origin = old.get(names.get(name, name))
        where = _path(section, question)
        if origin is None:
            what = f"question added, {_worth(question)}: {_short(question.text)}"
            yield Difference("added", where, what)
            continue
        if origin[0].name != section.name:
            what = f"question moved here from {origin[0].title}"
            yield Difference("moved", where, what)
        for what in _fields(plain(origin[1]), plain(question)):
            yield Difference("changed", where, what)
    yield from _reordered(before, after, renamed)


def _reordered(
    before: Scorecard, after: Scorecard, renamed: Mapping[str, str]
) -> Iterator[Difference]:
    old = {section.name: section for section in before.sections}
    for section in after.sections:
        if section.name not in old:
            continue
        earlier = [renamed.get(item.id, item.id) for item in old[section.name].questions]
        later = {item.id: item for item in section.questions}
        for name, what in _moved(earlier, [*later], {name: name for name in later}):
            yield Difference("moved", _path(section, later[name]), f"question {what}")


def _placed(card: Scorecard) -> dict[str, tuple[Section, Question]]:
    return {item.id: (section, item) for section in card.sections for item in section.questions}


def _renamed(
    old: Mapping[str, tuple[Section, Question]], new: Mapping[str, tuple[Section, Question]]
) -> Iterator[tuple[str, str]]:
    """Old and new id of questions that are otherwise the same, each taken once."""
    fresh = {name: item for name, (_, item) in new.items() if name not in old}
    for name, (_, question) in old.items():
        if name in new:
            continue
        for other, item in fresh.items():
            if replace(item, id=name) == question:
                del fresh[other]
                yield name, other
                break


def _moved(
    before: Sequence[str], after: Sequence[str], titles: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Names whose place among the names that stayed is another one, and where they are now."""
    old = [name for name in before if name in after]
    new = [name for name in after if name in before]
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    still = {name for block in blocks for name in old[block.a : block.a + block.size]}
    for place, name in enumerate(new):
        if name not in still:
            yield name, f"moved after {titles[new[place - 1]]}" if place else "moved to the start"


def _fields(old: Tree, new: Tree, names: Sequence[str] | None = None) -> Iterator[str]:
    """The keys whose values differ, each in words."""
    for name in names or dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield from _change(
                _NAMES.get(name, name.replace("_", " ")), old.get(name), new.get(name)
            )


def _change(name: str, old: Any, new: Any) -> Iterator[str]:
    if isinstance(old, Mapping) and isinstance(new, Mapping) and _kind(old) == _kind(new):
        for what in _fields(old, new):
            yield f"{name}, {what}"
    elif isinstance(old, list) and isinstance(new, list):
        yield from _listed(name, old, new)
    elif _texts(old or []) and _texts(new or []):
        yield from _listed(name, old or [], new or [])
    else:
        unset = False if isinstance(old or new, bool) else "unset"
        old, new = (unset if value is None else value for value in (old, new))
        yield f"{name} {_word(old)} → {_word(new)}"


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _listed(name: str, old: list[Any], new: list[Any]) -> Iterator[str]:
    """Lines of text by themselves, options and items by their name, rules by their place."""
    if not all(isinstance(item, Mapping) for item in (*old, *new)):
        lost = [item for item in old if item not in new]
        gained = [item for item in new if item not in old]
        yield from (f"{name}: without {_quoted(item)}" for item in lost)
        yield from (f"{name}: with {_quoted(item)}" for item in gained)
        if not lost and not gained:
            yield f"{name}: in another order"
        return
    known = {_key(item, place): item for place, item in enumerate(old)}
    for place, item in enumerate(new):
        key = _key(item, place)
        if key in known:
            yield from _change(f"{name} {key}", known.pop(key), item)
        else:
            yield f"{name}: with {key}"
    yield from (f"{name}: without {key}" for key in known)
    keys = [[_key(item, place) for place, item in enumerate(items)] for items in (old, new)]
    if sorted(keys[0]) == sorted(keys[1]) and keys[0] != keys[1]:
        yield f"{name}: in another order"


def _key(item: Tree, place: int) -> str:
    return str(item.get("answer") or item.get("id") or place + 1)


def _kind(rule: Tree) -> str:
    return str(rule.get("kind") or next((key for key in ("any_of", "all_of") if key in rule), ""))


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return _kind(value) or ", ".join(f"{key} {item}" for key, item in value.items())
    if isinstance(value, list):
        return f"{len(value)} of them"
    return _quoted(value) if isinstance(value, str) and " " in value else str(value)


def _quoted(value: Any) -> str:
    return f"“{_short(str(value))}”"


def _short(text: str) -> str:
    return text if len(text) <= _LONG else text[: _LONG - 1].rstrip() + "…"


def _path(section: Section, question: Question) -> str:
    return f"{section.title} › {question.id}"


def _weighs(section: Section) -> str:
    count = len(section.questions)
    return f"weight {section.weight:g}, {count} question{'s' * (count != 1)}"


def _worth(question: Question) -> str:
    return "a comment" if question.type == "text" else f"{question.possible:g} points"
