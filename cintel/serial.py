"""``cintel.analysis/1``: an Analysis as JSON and back, without loss."""

from __future__ import annotations

import json
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cintel.conversation import Analysis, Labels
from cintel.errors import InputError

if TYPE_CHECKING:
    from pydantic import TypeAdapter

SCHEMA = "cintel.analysis/1"
_LABEL_FIELDS = tuple(item.name for item in fields(Labels))


@cache
def _adapter() -> TypeAdapter[Analysis]:
    from pydantic import TypeAdapter

    return TypeAdapter(Analysis)


def to_dict(analysis: Analysis) -> dict[str, Any]:
    """The JSON value of an analysis: labels stand inside their turns."""
    value: dict[str, Any] = _adapter().dump_python(analysis, mode="json")
    for turn, labels in zip(value["conversation"]["turns"], value.pop("labels"), strict=True):
        turn.update(labels)
    return {"schema": SCHEMA, **value}


def from_dict(value: Any, where: str = "analysis") -> Analysis:
    """Read what :func:`to_dict` wrote.

    Raises:
        InputError: the schema is another one, or a field is missing or of the wrong type.
    """
    from pydantic import ValidationError

    schema = value.get("schema") if isinstance(value, dict) else None
    if schema != SCHEMA:
        raise InputError(
            where,
            f"has schema {schema!r}, this version reads {SCHEMA!r}",
            "Analyse the recording again with this version",
        )
    match value:
        case {"conversation": {"turns": [*turns]}} if all(isinstance(t, dict) for t in turns):
            labels = [
                {name: turn[name] for name in _LABEL_FIELDS if name in turn} for turn in turns
            ]
        case _:
            raise InputError(where, "field conversation.turns: no list of turns", "Export it again")
    parts = {**value, "labels": labels, "summary": _summary(value.get("summary"))}
    try:
        return _adapter().validate_python(parts)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(where, f"field {place}: {first['msg']}", "Export it again") from error


def _summary(value: Any) -> Any:
    """Actions were bare sentences before they had owners."""
    match value:
        case {"actions": [*actions]}:
            told = [{"text": item} if isinstance(item, str) else item for item in actions]
            return {**value, "actions": told}
    return value


def dumps(analysis: Analysis) -> str:
    """Indented JSON text of an analysis."""
    return json.dumps(to_dict(analysis), ensure_ascii=False, indent=1)


def read(path: Path) -> Analysis:
    """The analysis in a JSON file.

    Raises:
        InputError: it is not JSON, or not an analysis.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(path, f"is not JSON ({error})", "Export it again") from error
    return from_dict(value, where=str(path))
