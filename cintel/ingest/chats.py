"""Chat logs: CSV, JSON lines, JSON, stamped text such as WhatsApp exports, and plain text.

To read another format, write one function from :class:`Log` to :class:`Message` values and
add its line to :data:`READERS`.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta, timezone
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

from cintel.conversation import Conversation, Role, Turn
from cintel.errors import TranscriptError
from cintel.ingest import timestamps
from cintel.ingest.columns import Columns, resolve, role_of, speaker_labels
from cintel.ingest.metadata import content_hash, conversation_id
from cintel.ingest.textfile import read_lines

_HEAD_LINES = 40
_NO_ZONE = timezone(timedelta(0), "no zone in the file")
_KEYS_FROM = 200  # JSON rows whose keys are taken for the columns
_INVISIBLE = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufeff"), "")
_SPACES = {**_INVISIBLE, 0x202F: " ", 0xA0: " "}
_ZONE = r"(?:Z|[+-]\d{2}:?\d{2})?"
_STAMP = (
    rf"(?:[\[(]?(?P<day>{timestamps.DATE}[,T ]\s*{timestamps.CLOCK}{_ZONE})[\])]?"
    rf"|[\[(]?(?P<clock>(?<=[\[(]){timestamps.CLOCK}(?=[\])])"
    rf"|{timestamps.CLOCK}(?=\s[^\W\d_][^:\n]{{0,50}}:\s))[\])]?)"
)
_STAMPED = re.compile(rf"{_STAMP}\s*(?:[-\u2013]\s+)?(?P<rest>.*)")
_SENDER = re.compile(r"(?P<speaker>[^:\n]{1,60}?)\s?:(?:\s+(?P<text>\S.*)|\s*)")
_LABEL = re.compile(r"(?P<speaker>[^\W\d_][^:\n]{0,50}?)\s?:\s+(?P<text>\S.*)")
_SYSTEM_TEXT = re.compile(r"(messages and calls|messages to this \w+ and calls) are ")


class Message(NamedTuple):
    """One message as the file has it; ``line`` counts from 1, unknown fields are empty."""

    line: int
    time: str
    role: str
    speaker: str
    text: str
    conversation: str = ""


class Log(NamedTuple):
    """A chat log's lines, the caller's column mapping and the warnings so far."""

    path: Path
    lines: list[str]
    columns: Columns
    warnings: list[str]


def read_chats(path: Path, columns: Columns | None = None) -> list[Conversation]:
    """The conversations of a chat log, in the order in which they first appear.

    Dates such as 03/11/2026 are read day first unless a date in the file shows the contrary.
    Message times are seconds since the conversation's first message; a log without times has
    all zeros and ``metadata["timed"]`` false.

    Raises:
        TranscriptError: the file, a column or a date cannot be read; names the line.
    """
    lines, warnings = read_lines(path)
    log = Log(path, lines, columns or Columns(), warnings)
    messages = [message for message in _reader(log)(log) if message.text]
    if not messages:
        raise TranscriptError(path, "has no messages", "Check that it is a chat log")
    digest = content_hash(path)
    groups: dict[str, list[tuple[Message, datetime | None]]] = {}
    for message, moment in zip(messages, _moments(path, messages), strict=True):
        groups.setdefault(message.conversation, []).append((message, moment))
    return [
        _conversation(log, conversation_id(digest, key), key, group)
        for key, group in groups.items()
    ]


def _reader(log: Log) -> Callable[[Log], Iterator[Message]]:
    head = "\n".join((log.path.suffix.casefold(), *log.lines[:_HEAD_LINES])).translate(_SPACES)
    return next(reader for pattern, reader in READERS if re.match(pattern, head))


def _moments(path: Path, messages: list[Message]) -> Iterator[datetime | None]:
    """Each message's time; clock times without a day roll over at midnight."""
    if not any(message.time for message in messages):
        yield from (None for _ in messages)
        return
    day_first = timestamps.day_first(message.time for message in messages)
    previous: datetime | None = None
    for message in messages:
        try:
            moment = timestamps.parse(message.time, day_first=day_first)
        except (ValueError, OverflowError) as error:
            fault = f"{message.time!r} is not a date and time"
            where = f"{path}, line {message.line}"
            raise TranscriptError(where, fault, timestamps.EXPECTED) from error
        moment = moment if moment.tzinfo else moment.replace(tzinfo=_NO_ZONE)
        if previous and not timestamps.has_date(moment):
            moment = moment.replace(day=previous.day)
            moment += timedelta(days=previous - moment > timedelta(hours=12))
        previous = moment
        yield moment


def _conversation(
    log: Log, name: str, key: str, group: list[tuple[Message, datetime | None]]
) -> Conversation:
    moments = [moment for _, moment in group if moment is not None]
    if moments:
        newest_first = moments[0] > moments[-1] and moments == sorted(moments, reverse=True)
        ordered = list(reversed(group)) if newest_first else group
        group = sorted(ordered, key=lambda pair: pair[1] or moments[0])
    first = min(moments, default=None)
    sides = _sides([message for message, _ in group])
    turns = []
    for index, (message, moment) in enumerate(group):
        start = round((moment - first).total_seconds(), 3) if moment and first else 0.0
        speaker = message.speaker or message.role
        role = sides[message.role, message.speaker]
        turns.append(Turn(index, role, speaker, start, start, message.text))
    metadata: dict[str, Any] = {"timed": bool(moments)}
    if key:
        metadata["conversation"] = key
    if log.warnings:
        metadata["warnings"] = list(log.warnings)
    return Conversation(
        name,
        "chat",
        str(log.path),
        duration=turns[-1].end,
        turns=tuple(turns),
        started_at=_started(first),
        metadata=metadata,
    )


def _started(first: datetime | None) -> str | None:
    if first is None or not timestamps.has_date(first):
        return None
    return (first.replace(tzinfo=None) if first.tzinfo is _NO_ZONE else first).isoformat()


def _sides(messages: list[Message]) -> dict[tuple[str, str], Role]:
    """The role of each (role word, speaker); the one unknown beside a known side is the other."""
    pairs = dict.fromkeys((message.role, message.speaker) for message in messages)
    sides: dict[tuple[str, str], Role] = {}
    for role, speaker in pairs:
        named = role_of(role)
        sides[role, speaker] = named if named != "unknown" else role_of(speaker)
    known = set(sides.values()) & {"agent", "customer"}
    unknown = [pair for pair, side in sides.items() if side == "unknown"]
    if len(known) == 1 and len(unknown) == 1:
        sides[unknown[0]] = "customer" if known == {"agent"} else "agent"
    return sides


def _read_csv(log: Log) -> Iterator[Message]:
    delimiter = max(",;\t|", key=log.lines[0].count)
    rows = csv.reader((line + "\n" for line in log.lines), delimiter=delimiter)
    try:
        header = [name.strip() for name in next(rows)]
        numbered = ((rows.line_num, dict(zip(header, row, strict=False))) for row in rows)
        yield from _from_rows(numbered, resolve(header, log.columns, str(log.path)))
    except csv.Error as error:
        where = f"{log.path}, line {rows.line_num}"
        raise TranscriptError(where, f"is not CSV: {error}", "Export it again") from error


def _read_jsonl(log: Log) -> Iterator[Message]:
    def rows() -> Iterator[tuple[int, Any]]:
        for number, line in enumerate(log.lines, 1):
            if line.strip():
                yield number, _loads(line, f"{log.path}, line {number}")

    return _from_objects(log, rows())


def _read_json(log: Log) -> Iterator[Message]:
    value = _loads("\n".join(log.lines), str(log.path))
    return _from_objects(log, enumerate(value if isinstance(value, list) else [value], 1))


def _loads(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        fault = f"is not JSON at line {error.lineno}, column {error.colno}: {error.msg}"
        raise TranscriptError(where, fault, "Export it again") from error


def _from_objects(log: Log, objects: Iterable[tuple[int, Any]]) -> Iterator[Message]:
    """Messages from JSON objects: one each, or a list of them under ``messages``."""

    def rows() -> Iterator[tuple[int, dict[str, Any]]]:
        for number, value in objects:
            if not isinstance(value, dict):
                where = f"{log.path}, line {number}"
                raise TranscriptError(where, "is not a JSON object", 'Write {"text": "…", …}')
            inner = value.get("messages")
            if not isinstance(inner, list):
                yield number, value
                continue
            key = value.get("conversation_id") or value.get("id") or number
            for item in inner:
                fields = item if isinstance(item, dict) else {}
                yield number, {"conversation_id": key, **fields}

    every = rows()
    first = list(islice(every, _KEYS_FROM))
    keys = list(dict.fromkeys(key for _, row in first for key in row))
    return _from_rows(chain(first, every), resolve(keys, log.columns, str(log.path)))


def _from_rows(rows: Iterable[tuple[int, dict[str, Any]]], columns: Columns) -> Iterator[Message]:
    names = (columns.time, columns.role, columns.speaker, columns.text, columns.conversation)
    for number, row in rows:
        cells = ("" if (value := row.get(name or "")) is None else str(value) for name in names)
        yield Message(number, *(cell.translate(_SPACES).strip() for cell in cells))


def _read_stamped(log: Log) -> Iterator[Message]:
    """Lines that begin with a time, WhatsApp exports among them; others continue a message."""
    current: Message | None = None
    before = 0
    for number, raw in enumerate(log.lines, 1):
        line = raw.translate(_SPACES).strip()
        match = _STAMPED.match(line)
        if match:
            if current:
                yield current
            current = _stamped(number, match["day"] or match["clock"], match["rest"])
        elif current:
            current = current._replace(text=f"{current.text}\n{line}".strip())
        elif line:
            before += 1
    if before:
        log.warnings.append(f"{before} lines before the first message were left out")
    if current:
        yield current


def _stamped(number: int, time: str, rest: str) -> Message:
    sender = _SENDER.fullmatch(rest)
    text = (sender["text"] or "") if sender else rest
    if sender is None or _SYSTEM_TEXT.match(text.casefold()):
        return Message(number, time, "system", "", text)
    return Message(number, time, "", sender["speaker"], text)


def _read_labelled(log: Log) -> Iterator[Message]:
    """Lines that begin with a speaker and a colon; others continue a message."""
    lines = [line.translate(_SPACES).strip() for line in log.lines]
    found = [_LABEL.fullmatch(line) for line in lines]
    labels = speaker_labels(match["speaker"] for match in found if match)
    current: Message | None = None
    for number, (line, match) in enumerate(zip(lines, found, strict=True), 1):
        if match and match["speaker"] in labels:
            if current:
                yield current
            current = Message(number, "", "", match["speaker"], match["text"])
        elif current:
            current = current._replace(text=f"{current.text}\n{line}".strip())
    if current:
        yield current


# The first pattern that matches "<suffix>\n<first lines>" chooses the reader.
READERS: tuple[tuple[str, Callable[[Log], Iterator[Message]]], ...] = (
    (r"\.jsonl\n|.*\n\s*\{.*\}\s*\n\s*\{", _read_jsonl),
    (r".*\n\s*(\[\s*)?\{", _read_json),
    (rf"(?s)(?!\.[ct]sv\n).*\n{_STAMP}", _read_stamped),
    (
        r"\.[ct]sv\n|.*\n(?=[^\n:]*[,;\t|])[^\n:]*\b(text|message|body|content)\b[^\n:]*\n",
        _read_csv,
    ),
    (r"", _read_labelled),
)
