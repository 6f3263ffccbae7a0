"""SRT and WebVTT captions."""

from __future__ import annotations

import html
import re
from typing import NamedTuple

from cintel.conversation import Word
from cintel.errors import TranscriptError
from cintel.ingest.columns import speaker_labels

_TIME = r"(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s|$)")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
_TAG = re.compile(r"<[^>]*>|\{\\[^}]*\}")
_PREFIX = re.compile(r"(?:-\s*)?\[?(?P<speaker>[^\W\d_][^:\[\]<>]{0,40}?)\]?\s?:\s+(?P<text>\S.*)")


class Piece(NamedTuple):
    """What one speaker says in one caption or segment; times in seconds."""

    start: float
    end: float
    speaker: str
    text: str
    words: tuple[Word, ...] = ()


def parse_captions(text: str, where: str) -> list[Piece]:
    """The cues of a caption file; speakers come from voice tags or ``Speaker:`` prefixes.

    Raises:
        TranscriptError: a cue has no usable times; names the line.
    """
    cues: list[tuple[float, float, list[str]]] = []
    lines = text.split("\n")
    inside = False
    for number, line in enumerate(lines, 1):
        if "-->" in line:
            cues.append((*_times(line, f"{where}, line {number}"), []))
            inside = True
        elif not line.strip():
            inside = False
        elif inside:
            cues[-1][2].append(line.strip())
    pieces = [piece for start, end, body in cues for piece in _pieces(start, end, body)]
    return _prefixed(pieces)


def _times(line: str, where: str) -> tuple[float, float]:
    match = _TIMES.match(line)
    if match is None:
        fault = f"{line.strip()!r} is not a pair of times"
        raise TranscriptError(where, fault, "Write it as 00:00:01,500 --> 00:00:03,000")
    start, end = (
        int(match[place] or 0) * 3600
        + int(match[place + 1]) * 60
        + int(match[place + 2])
        + int(match[place + 3].ljust(3, "0")) / 1000
        for place in (1, 5)
    )
    if end < start:
        raise TranscriptError(where, "the caption ends before it starts", "Correct its times")
    return start, end


def _pieces(start: float, end: float, body: list[str]) -> list[Piece]:
    """A cue's text, cut where the voice changes; a cue with several shares its time out."""
    parts = _VOICE.split("\n".join(body))
    voices = [("", parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]
    if len(parts) == 1:
        voices = [("", line) for line in _speakers_apart(body)]
    said = [(voice, html.unescape(_TAG.sub("", text))) for voice, text in voices]
    said = [(voice.strip(), " ".join(text.split())) for voice, text in said if text.strip()]
    step = (end - start) / max(1, len(said))
    return [
        Piece(start + place * step, start + (place + 1) * step, voice, text)
        for place, (voice, text) in enumerate(said)
    ]


def _speakers_apart(body: list[str]) -> list[str]:
    """Lines that open with a dash are two people in one cue; other lines are one sentence."""
    dashed = len(body) > 1 and all(line.startswith("-") for line in body)
    return body if dashed else [" ".join(body)]


def _prefixed(pieces: list[Piece]) -> list[Piece]:
    found = [None if piece.speaker else _PREFIX.fullmatch(piece.text) for piece in pieces]
    labels = speaker_labels(match["speaker"] for match in found if match)
    return [
        piece._replace(speaker=match["speaker"], text=match["text"])
        if match and match["speaker"] in labels
        else piece
        for piece, match in zip(pieces, found, strict=True)
    ]
