"""The truth that stands beside each sample: what was said, when, and the right answers."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sample_audio.make.chats import messages
from sample_audio.make.dialogue import Line, Script
from sample_audio.make.timeline import Span, Timeline

METADATA = ("file", "agent_id", "customer_id", "queue", "started_at")


def of_call(script: Script, timeline: Timeline, file: str) -> dict[str, Any]:
    """Truth of a call; times are seconds in the recording, to the millisecond."""
    turns = [
        {"role": t.line.role, "start": t.start, "end": t.end, "text": t.line.text}
        for t in timeline.turns
    ]
    return {
        **_head(script, file),
        "seconds": timeline.seconds,
        "voices": script.voices,
        "turns": turns,
        "qa": script.qa,
        "pii": _pii(script.lines),
        "holds": [{"start": s, "end": e, "kind": kind} for kind, s, e in timeline.holds],
        "overtalk": _spans(timeline.overtalk),
        "silences": _spans(timeline.silences),
    }


def of_chat(script: Script, file: str) -> dict[str, Any]:
    """Truth of a chat; `start` is seconds after the first message, as the log's times say."""
    log = messages(script)
    turns = [
        {
            "role": message.line.role,
            "sender": message.sender,
            "start": round((message.sent - log[0].sent).total_seconds(), 3),
            "text": message.line.text,
        }
        for message in log
    ]
    return {**_head(script, file), "turns": turns, "qa": script.qa, "pii": _pii(script.lines)}


def write(path: Path, truth: dict[str, Any]) -> None:
    """Write `truth` as readable JSON."""
    path.write_text(json.dumps(truth, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def write_metadata(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Write `metadata.csv`: one row a file, what a telephone system would know about it."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, METADATA, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _head(script: Script, file: str) -> dict[str, Any]:
    about = script.about
    return {
        "file": file,
        "industry": about["industry"],
        "scenario": about["scenario"],
        "channel": script.channel,
        "language": "en",
        **{key: about[key] for key in ("intent", "agent_id", "customer_id", "queue")},
        **{key: about[key] for key in ("started_at", "outcome", "mood")},
    }


def _pii(lines: Sequence[Line]) -> list[dict[str, Any]]:
    return [
        {"turn": index, "type": kind, "text": words}
        for index, line in enumerate(lines)
        for kind, words in line.pii
    ]


def _spans(spans: Sequence[Span]) -> list[dict[str, float]]:
    return [{"start": start, "end": end} for start, end in spans]
