"""Transcripts that other tools made: captions, WhisperX, Amazon Contact Lens, our own JSON.

To read another format, write one function from :class:`Source` to a :class:`Conversation` and
add its line to :data:`READERS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from cintel.conversation import Conversation, Turn, Word
from cintel.errors import InputError, TranscriptError
from cintel.ingest.captions import Piece, parse_captions
from cintel.ingest.columns import role_of
from cintel.ingest.metadata import SIDECAR_SUFFIX, TABLE_NAME, content_hash, conversation_id
from cintel.ingest.textfile import read_lines

T = TypeVar("T")
TEXT_SUFFIXES = frozenset({".csv", ".jsonl", ".txt", ".srt", ".vtt", ".json"})
TRUTH_SUFFIX = ".truth.json"  # what is known of a sample, beside it
_JOIN_GAP = 1.0  # seconds; captions cut a sentence with hardly a pause
_REMEDY = "Export it again"


class Source(NamedTuple):
    """A transcript file: its text and where it came from."""

    path: Path
    text: str
    warnings: list[str]


def is_text_input(path: Path) -> bool:
    """Whether a path looks like a chat log or transcript, and not a metadata or truth file."""
    sidecar = path.name == TABLE_NAME or path.name.endswith((SIDECAR_SUFFIX, TRUTH_SUFFIX))
    return path.suffix.casefold() in TEXT_SUFFIXES and not sidecar


def is_transcript(path: Path) -> bool:
    """Whether the content is one that :func:`read_transcript` knows; else it may be a chat log.

    Raises:
        TranscriptError: the file cannot be opened, is empty or is not text.
    """
    return _reader("\n".join(read_lines(path).lines)) is not None


def read_transcript(path: Path) -> Conversation:
    """The call in a transcript, whatever its extension says.

    Times are seconds. A caption or segment that stops in the middle of a sentence is joined to
    the next one of the same named speaker.

    Raises:
        TranscriptError: the file is broken or of no known kind.
    """
    lines, warnings = read_lines(path)
    text = "\n".join(lines)
    reader = _reader(text)
    if reader is None:
        known = "SRT, VTT, WhisperX, Contact Lens, Call Analytics or cintel JSON"
        raise TranscriptError(path, "is no transcript of a known kind", f"Give {known}")
    return reader(Source(path, text, warnings))


def _reader(text: str) -> Callable[[Source], Conversation] | None:
    return next((reader for pattern, reader in READERS if re.match(pattern, text)), None)


def _conversation(
    source: Source, pieces: Sequence[Piece], language: str | None = None
) -> Conversation:
    turns: list[Turn] = []
    for piece in sorted(_joined(pieces), key=lambda piece: piece.start):
        start, end = round(piece.start, 3), round(piece.end, 3)
        role = role_of(piece.speaker)
        turns.append(Turn(len(turns), role, piece.speaker, start, end, piece.text, piece.words))
    if not turns:
        raise TranscriptError(source.path, "holds no words", _REMEDY)
    return Conversation(
        conversation_id(content_hash(source.path)),
        "call",
        str(source.path),
        max(turn.end for turn in turns),
        tuple(turns),
        language=language,
        metadata={"warnings": source.warnings} if source.warnings else {},
    )


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    joined: list[Piece] = []
    for piece in pieces:
        if not piece.text:
            continue
        last = joined[-1] if joined else None
        if (
            last
            and last.speaker
            and last.speaker == piece.speaker
            and last.text[-1] not in ".?!"
            and piece.start - last.end < _JOIN_GAP
        ):
            text, words = f"{last.text} {piece.text}", (*last.words, *piece.words)
            joined[-1] = Piece(last.start, piece.end, last.speaker, text, words)
        else:
            joined.append(piece)
    return joined


def _read_captions(source: Source) -> Conversation:
    return _conversation(source, parse_captions(source.text, str(source.path)))


@dataclass(frozen=True)
class _XWord:
    word: str
    start: float | None = None
    end: float | None = None
    score: float | None = None


@dataclass(frozen=True)
class _XSegment:
    start: float
    end: float
    text: str
    speaker: str | None = None
    words: list[_XWord] = field(default_factory=list)


@dataclass(frozen=True)
class _WhisperX:
    segments: list[_XSegment]
    language: str | None = None


def _read_whisperx(source: Source) -> Conversation:
    value = _parsed(source, _WhisperX)
    pieces = [
        Piece(item.start, item.end, item.speaker or "", item.text.strip(), _timed(item))
        for item in value.segments
    ]
    return _conversation(source, pieces, value.language)


def _timed(segment: _XSegment) -> tuple[Word, ...]:
    """The words; those the aligner left without times share the room between their neighbours."""
    words: list[Word] = []
    for place, word in enumerate(segment.words):
        start, end = word.start, word.end
        if start is None:
            before = words[-1].end if words else segment.start
            later = enumerate(segment.words[place:])
            room, after = next(
                ((ahead, other.start) for ahead, other in later if other.start is not None),
                (len(segment.words) - place, segment.end),
            )
            start, end = before, before + max(0.0, after - before) / max(1, room)
        score = 1.0 if word.score is None else word.score
        end = start if end is None else end
        words.append(Word(word.word.strip(), round(start, 3), round(end, 3), score))
    return tuple(words)


@dataclass(frozen=True)
class _Participant:
    ParticipantRole: str
    ParticipantId: str = ""


@dataclass(frozen=True)
class _Item:
    Content: str
    Type: str = "pronunciation"
    BeginOffsetMillis: float | None = None
    EndOffsetMillis: float | None = None
    Confidence: float | None = None


@dataclass(frozen=True)
class _Line:
    Content: str
    BeginOffsetMillis: float
    EndOffsetMillis: float
    ParticipantId: str = ""
    ParticipantRole: str = ""
    Items: list[_Item] = field(default_factory=list)


@dataclass(frozen=True)
class _Amazon:
    Transcript: list[_Line]
    Participants: list[_Participant] = field(default_factory=list)
    LanguageCode: str | None = None


def _read_amazon(source: Source) -> Conversation:
    """Contact Lens names a participant by id, Call Analytics by role; the rest is the same."""
    value = _parsed(source, _Amazon)
    roles = {item.ParticipantId: item.ParticipantRole for item in value.Participants}
    pieces = [
        Piece(
            line.BeginOffsetMillis / 1000,
            line.EndOffsetMillis / 1000,
            line.ParticipantRole or roles.get(line.ParticipantId, line.ParticipantId),
            line.Content.strip(),
            _spoken(line.Items),
        )
        for line in value.Transcript
    ]
    language = value.LanguageCode and value.LanguageCode.split("-")[0]
    return _conversation(source, pieces, language)


def _spoken(items: Sequence[_Item]) -> tuple[Word, ...]:
    words: list[Word] = []
    for item in items:
        start, end = item.BeginOffsetMillis, item.EndOffsetMillis
        if item.Type.casefold() == "punctuation" or start is None or end is None:
            continue
        score = 1.0 if item.Confidence is None else item.Confidence
        words.append(Word(item.Content, round(start / 1000, 3), round(end / 1000, 3), score))
    return tuple(words)


def _read_cintel(source: Source) -> Conversation:
    from cintel import serial

    where = str(source.path)
    value: dict[str, Any] = _parsed(source, dict)
    turns = (value.get("conversation") or {}).get("turns")
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        raise TranscriptError(where, "field conversation.turns is not a list of turns", _REMEDY)
    try:
        return serial.from_dict(value, where).conversation
    except InputError as error:
        raise TranscriptError(where, error.fault, error.remedy) from error


def _parsed(source: Source, kind: type[T]) -> T:
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(kind).validate_json(source.text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        fault = f"field {place}: {first['msg']}" if place else first["msg"]
        raise TranscriptError(source.path, fault, _REMEDY) from error


# The first pattern that matches the start of the text chooses the reader.
READERS: tuple[tuple[str, Callable[[Source], Conversation]], ...] = (
    (r"\s*WEBVTT", _read_captions),
    (r"\s*(\d+\s*\n)?\s*[\d:]+[.,]\d+\s*-->", _read_captions),
    (r'(?s)\s*\{.*?"schema"\s*:\s*"cintel\.analysis/', _read_cintel),
    (r'(?s)\s*\{.*?"Transcript"\s*:\s*\[', _read_amazon),
    (r'(?s)\s*\{.*?"segments"\s*:\s*\[', _read_whisperx),
)
