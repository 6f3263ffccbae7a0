"""Who took a call, in which queue and when: what the recording itself does not say."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

from cintel.conversation import Conversation
from cintel.errors import InputError, SettingsError

SIDECAR_SUFFIX = ".meta.json"
TABLE_NAME = "metadata.csv"
SKIP = "_"

_DIRECTIVES = {"Y": r"\d{4}", "y": r"\d{2}"} | dict.fromkeys("mdHMS", r"\d{2}")


@dataclass(frozen=True, slots=True)
class Metadata:
    """Facts about one file; ``started_at`` is ISO 8601, ``extra`` holds all free fields."""

    agent_id: str | None = None
    customer_id: str | None = None
    queue: str | None = None
    started_at: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


KNOWN = tuple(item.name for item in fields(Metadata) if item.name not in ("extra", "warnings"))


def content_hash(path: Path) -> str:
    """The sha256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def conversation_id(content_hash: str, key: str = "") -> str:
    """Sixteen hex characters that name a conversation by its content.

    Args:
        content_hash: sha256 of the file's bytes, in hexadecimal.
        key: which conversation of a file that holds several.
    """
    return hashlib.sha256(f"{content_hash}{key}".encode()).hexdigest()[:16]


def read_metadata(path: Path, pattern: str | None = None) -> Metadata:
    """What is known of a file; each field from the first source that has it.

    The sources, in order: ``call.wav.meta.json`` or ``call.meta.json`` beside the file, its row
    in ``metadata.csv`` (column ``file``) in the same folder, and its name read by ``pattern``,
    such as ``{agent_id}_{_}_{started_at:%Y%m%d-%H%M%S}_{queue}`` (``{_}`` skips a part).

    Raises:
        InputError: a sidecar or table cannot be used.
        SettingsError: the pattern cannot be used.
    """
    warnings: list[str] = []
    merged: dict[str, Any] = {}
    for source in (_sidecar(path), _row(path), _named(path, pattern, warnings)):
        merged = {**source, **merged}
    known = {name: merged.pop(name) for name in KNOWN if name in merged}
    return Metadata(**known, extra=merged, warnings=tuple(warnings))


def apply(conversation: Conversation, metadata: Metadata) -> Conversation:
    """The conversation with the metadata's fields over its own."""
    known = {name: value for name in KNOWN if (value := getattr(metadata, name)) is not None}
    merged = {**conversation.metadata, **metadata.extra}
    if metadata.warnings:
        before = conversation.metadata.get("warnings", [])
        merged["warnings"] = [*before, *metadata.warnings]
    return replace(conversation, **known, metadata=merged)


def _sidecar(path: Path) -> dict[str, Any]:
    for beside in (Path(f"{path}{SIDECAR_SUFFIX}"), path.with_suffix(SIDECAR_SUFFIX)):
        if beside.is_file():
            try:
                value = json.loads(beside.read_text(encoding="utf-8-sig"))
            except ValueError as error:
                raise InputError(beside, f"is not JSON: {error}", "Correct it") from error
            if not isinstance(value, dict):
                raise InputError(beside, "is not a JSON object", 'Write {"agent_id": "…"}')
            return _checked(value, str(beside))
    return {}


def _row(path: Path) -> dict[str, Any]:
    table = path.with_name(TABLE_NAME)
    if not table.is_file():
        return {}
    return _table(table, table.stat().st_mtime_ns).get(path.name, {})


@lru_cache(maxsize=64)
def _table(table: Path, mtime_ns: int) -> dict[str, dict[str, Any]]:
    """Rows by file name; ``mtime_ns`` is there so that a changed table is read anew."""
    rows: dict[str, dict[str, Any]] = {}
    try:
        with table.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            if "file" not in (reader.fieldnames or ()):
                raise InputError(table, "has no column 'file'", "Add one with the file names")
            for row in reader:
                name = row.pop("file")
                where = f"{table}, line {reader.line_num}"
                if name in rows:
                    raise InputError(where, f"names {name} a second time", "Keep one row a file")
                filled = {key: item for key, item in row.items() if key is not None and item}
                rows[name] = _checked(filled, where)
    except (csv.Error, UnicodeDecodeError) as error:
        raise InputError(table, f"is not CSV in UTF-8: {error}", "Save it again") from error
    return rows


def _checked(values: dict[str, Any], where: str) -> dict[str, Any]:
    for name in KNOWN:
        value = values.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            values[name] = value = str(value)
        if value is not None and not isinstance(value, str):
            raise InputError(where, f"field {name}: {value!r} is not text", "Quote it")
    started = values.get("started_at")
    if started is not None:
        try:
            values["started_at"] = datetime.fromisoformat(started).isoformat()
        except ValueError as error:
            fault = f"field started_at: {started!r} is not a date"
            raise InputError(where, fault, "Write it as 2026-11-03T10:15:02") from error
    return {name: value for name, value in values.items() if value is not None}


def _named(path: Path, pattern: str | None, warnings: list[str]) -> dict[str, Any]:
    if pattern is None:
        return {}
    expression, form = compile_pattern(pattern)
    match = expression.fullmatch(path.stem)
    try:
        found: dict[str, Any] = match.groupdict() if match else {}
        if form and found:
            found["started_at"] = datetime.strptime(found["started_at"], form).isoformat()
    except ValueError:
        found = {}
    if not found:
        warnings.append(f"the file name does not fit the pattern {pattern}")
    return _checked(found, str(path))


@lru_cache(maxsize=16)
def compile_pattern(pattern: str) -> tuple[re.Pattern[str], str]:
    """A file name pattern as a regular expression, and the date format inside it.

    Raises:
        SettingsError: a field is unknown or named twice, or a date directive is unknown.
    """
    expression, form, seen, open_end = "", "", set[str](), False
    try:
        parts = list(Formatter().parse(pattern))
    except ValueError as error:
        raise _bad_pattern(str(error)) from error
    for literal, name, spec, _ in parts:
        expression += re.escape(literal)
        if name is None:
            continue
        if name not in (*KNOWN, SKIP) or name in seen:
            raise _bad_pattern(f"field {{{name}}} is {'doubled' if name in seen else 'unknown'}")
        if open_end and not literal:
            raise _bad_pattern(f"nothing stands between {{{name}}} and the field before it")
        seen |= {name} - {SKIP}
        form = spec if name == "started_at" and spec else form
        open_end = not spec
        expression += f"(?P<{name}>{_date(spec)})" if name != SKIP else ".+?"
    return re.compile(expression), form


def _date(spec: str | None) -> str:
    if not spec:
        return ".+?"
    pieces = re.split(r"%(.)", spec)
    unknown = set(pieces[1::2]) - set(_DIRECTIVES)
    if unknown or len(pieces) == 1:
        raise _bad_pattern(f"{spec!r} is not made of {' '.join('%' + key for key in _DIRECTIVES)}")
    return "".join(
        _DIRECTIVES[piece] if place % 2 else re.escape(piece) for place, piece in enumerate(pieces)
    )


def _bad_pattern(fault: str) -> SettingsError:
    known = ", ".join(f"{{{name}}}" for name in (*KNOWN, SKIP))
    return SettingsError("file name pattern", fault, f"Use the fields {known}")
