"""YAML nodes into dataclasses: types are checked and every mistake is named with its line.

The dataclass is the format: a key is a field name, a required field is a required key.
"""

from __future__ import annotations

import math
import types
from dataclasses import MISSING, fields, is_dataclass
from difflib import get_close_matches
from typing import Any, Literal, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from cintel.errors import ScorecardError
from cintel.quality.rules import ASKED, CONDITIONS, JUDGES, AllOf, AnyOf, InOrder, Judge

Read = TypeVar("Read")
Keys = dict[str, tuple[Node, Node]]

_NULL, _BOOL = "tag:yaml.org,2002:null", "tag:yaml.org,2002:bool"
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_RULES = JUDGES | ASKED | CONDITIONS
_GROUPS: dict[str, type[AnyOf | AllOf | InOrder]] = {
    "any_of": AnyOf,
    "all_of": AllOf,
    "in_order": InOrder,
}


class Place(NamedTuple):
    """A dataclass that was read, with the node of each key."""

    value: Any
    node: Node
    keys: dict[str, Node]


class NodeReader:
    """Reads one file's nodes and remembers where each dataclass stood.

    ``faults`` are the mistakes of all items of its lists, of which reading raises the first.
    """

    def __init__(self, where: str) -> None:
        """Errors begin with ``where``, the file."""
        self.where = where
        self.places: list[Place] = []
        self.faults: list[ScorecardError] = []
        self._open: set[int] = set()

    def error(self, node: Node, field: str, fault: str, remedy: str) -> ScorecardError:
        """An error at a node's line."""
        line = node.start_mark.line + 1
        return ScorecardError(f"{self.where}, line {line}", f"{field}: {fault}", remedy)

    def place(self, value: object) -> Place:
        """Where a dataclass stood."""
        return next(place for place in self.places if place.value is value)

    def fault(self, value: object, key: str, fault: str, remedy: str) -> ScorecardError:
        """An error at the line of a dataclass's key, or where the dataclass begins."""
        place = self.place(value)
        return self.error(place.keys.get(key, place.node), key, fault, remedy)

    def read(self, node: Node, kind: type[Read]) -> Read:
        """The dataclass ``kind`` from a mapping.

        Raises:
            ScorecardError: an unknown or missing key, or a value of the wrong type.
        """
        if id(node) in self._open:
            raise self.error(node, "alias", "the mapping contains itself", "Write it out")
        self._open.add(id(node))
        try:
            return self._read(node, kind)
        finally:
            self._open.remove(id(node))

    def _read(self, node: Node, kind: type[Read]) -> Read:
        keys = self._mapping(node, kind.__name__.lower())
        if hasattr(kind, "kind"):
            del keys["kind"]
        hints = get_type_hints(kind)
        names = [item.name for item in fields(kind)]  # type: ignore[arg-type]
        for name, (key, _) in keys.items():
            if name not in names:
                raise self.error(key, name, "unknown key", suggest(name, names))
        self._require(node, kind, keys)
        value = kind(
            **{name: self._value(child, hints[name], name) for name, (_, child) in keys.items()}
        )
        self.places.append(Place(value, node, {name: key for name, (key, _) in keys.items()}))
        return value

    def _require(self, node: Node, kind: type, keys: Keys) -> None:
        for item in fields(kind):
            if item.default is MISSING and item.name not in keys:
                raise self.error(node, item.name, "is missing", f"Add `{item.name}:` here")

    def _mapping(self, node: Node, field: str) -> Keys:
        if not isinstance(node, MappingNode):
            raise self.error(node, field, "must be a mapping", "Write `key: value` lines")
        keys: Keys = {}
        for key, child in node.value:
            name = str(key.value)
            if name in keys:
                raise self.error(key, name, "is given twice", "Keep one of them")
            keys[name] = (key, child)
        return keys

    def _value(self, node: Node, hint: Any, field: str) -> Any:
        origin, inner = get_origin(hint), get_args(hint)
        if type(None) in inner:
            if node.tag == _NULL:
                return None
            rest = [part for part in inner if part is not type(None)]
            return self.rule(node, field) if len(rest) > 1 else self._value(node, rest[0], field)
        if origin is tuple:
            return self._sequence(node, inner[0], field)
        if origin is types.UnionType:
            return self.rule(node, field)
        if is_dataclass(hint) and isinstance(hint, type):
            return self.read(node, hint)
        return self._scalar(node, hint, field)

    def _sequence(self, node: Node, hint: Any, field: str) -> tuple[Any, ...]:
        if not isinstance(node, SequenceNode) or not node.value:
            raise self.error(
                node, field, "must be a list of at least one", "Write `- ` lines or [a, b]"
            )
        items, before = [], len(self.faults)
        for child in node.value:
            try:
                items.append(self._value(child, hint, field))
            except ScorecardError as error:
                if error not in self.faults:
                    self.faults.append(error)
        if len(self.faults) > before:
            raise self.faults[before]
        return tuple(items)

    def rule(self, node: Node, field: str) -> Judge:
        """A judge or condition from a mapping, told apart by its ``kind``.

        Raises:
            ScorecardError: as :meth:`read`.
        """
        keys = self._mapping(node, field)
        for name, group in _GROUPS.items():
            if name in keys:
                return self.read(node, group)
        if "kind" not in keys:
            raise self.error(
                node, field, "has no `kind`", f"Add `kind:`, one of {', '.join(_RULES)}"
            )
        key, child = keys["kind"]
        kind = str(child.value)
        if kind not in _RULES:
            remedy = suggest(kind, list(_RULES))
            raise self.error(key, f"{field}.kind", f"unknown kind {kind!r}", remedy)
        return self.read(node, _RULES[kind])

    def _scalar(self, node: Node, hint: Any, field: str) -> Any:
        if not isinstance(node, ScalarNode) or node.tag == _NULL:
            raise self.error(node, field, "must be one value", "Write it after the colon")
        text: str = node.value
        if get_origin(hint) is Literal:
            choices = [str(choice) for choice in get_args(hint)]
            if text not in choices:
                raise self.error(node, field, f"unknown value {text!r}", suggest(text, choices))
        elif hint is bool:
            if node.tag != _BOOL:
                raise self.error(node, field, f"{text!r} is not true or false", "Write one")
            return text.lower() in ("true", "yes", "on")
        elif hint in (int, float):
            return self._number(node, hint, field)
        elif not text.strip():
            raise self.error(node, field, "is empty", "Write a text")
        return text

    def _number(self, node: ScalarNode, hint: type[int | float], field: str) -> int | float:
        fault = self.error(node, field, f"{node.value!r} is not a number", "Write one, such as 10")
        if node.tag not in _NUMBERS:
            raise fault
        try:
            number = hint(node.value)
        except ValueError:
            raise fault from None
        if not math.isfinite(number):
            raise fault
        return number


def suggest(name: str, known: list[str]) -> str:
    """A remedy for a name that is not known."""
    close = get_close_matches(name, known, n=1)
    return f"Did you mean {close[0]!r}?" if close else f"Use one of: {', '.join(known)}"
