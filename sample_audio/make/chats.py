"""Write a chat script as the log a messaging tool would export: CSV, JSON lines, text, WhatsApp."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sample_audio.make.dialogue import Line, Script

ENDINGS = {"csv": "csv", "jsonl": "jsonl", "text": "txt", "whatsapp": "txt"}
_WAIT = {"agent": (15, 60), "customer": (8, 50), "system": (1, 2)}


@dataclass(frozen=True)
class Message:
    """A line with the moment it was sent and the name that the log shows."""

    line: Line
    sender: str
    sent: datetime


def messages(script: Script) -> list[Message]:
    """Give every line its moment: `after` seconds after the one before, or a drawn wait.

    WhatsApp exports keep minutes only, so its moments are cut to the minute.
    """
    draw = random.Random(script.stem)
    moment = datetime.fromisoformat(script.about["started_at"])
    sent: list[Message] = []
    for index, line in enumerate(script.lines):
        wait = draw.randint(*_WAIT[line.role]) if line.after is None else line.after
        moment += timedelta(seconds=wait if index else 0)
        shown = moment.replace(second=0) if script.chat["format"] == "whatsapp" else moment
        sent.append(Message(line, script.chat["names"].get(line.role, "System"), shown))
    return sent


def export(script: Script) -> str:
    """Return the log as text, in the format that `script.chat` names."""
    return _FORMATS[script.chat["format"]](messages(script))


def _csv(log: list[Message]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("timestamp", "sender", "role", "message"))
    for message in log:
        moment = message.sent.isoformat()
        writer.writerow((moment, message.sender, message.line.role, message.line.text))
    return out.getvalue()


def _jsonl(log: list[Message]) -> str:
    rows = (
        {"ts": m.sent.isoformat(), "from": m.sender, "role": m.line.role, "text": m.line.text}
        for m in log
    )
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _text(log: list[Message]) -> str:
    return "".join(f"[{m.sent:%Y-%m-%d %H:%M:%S}] {m.sender}: {m.line.text}\n" for m in log)


def _whatsapp(log: list[Message]) -> str:
    lines = []
    for m in log:
        sender = "" if m.line.role == "system" else f"{m.sender}: "
        lines.append(f"{m.sent:%d/%m/%Y, %H:%M} - {sender}{m.line.text}\n")
    return "".join(lines)


_FORMATS: dict[str, Callable[[list[Message]], str]] = {
    "csv": _csv,
    "jsonl": _jsonl,
    "text": _text,
    "whatsapp": _whatsapp,
}
