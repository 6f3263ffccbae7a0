"""Text files as they come: any common encoding, or several of them in one file."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import NamedTuple

from cintel.errors import TranscriptError

_PROBE = 400  # bytes looked at to recognise UTF-16 without a byte order mark


class TextLines(NamedTuple):
    """The lines of a file without their ends, and what was odd about its bytes."""

    lines: list[str]
    warnings: list[str]


def read_lines(path: Path) -> TextLines:
    """Read UTF-8, UTF-16 or Windows-1252, line by line where encodings are mixed.

    Raises:
        TranscriptError: the file cannot be opened, is empty or is not text.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        fault = f"cannot be read: {error.strerror}"
        raise TranscriptError(path, fault, "Check the path and its permissions") from error
    if not data.strip():
        raise TranscriptError(path, "is empty", "Export it again")
    utf16 = _utf16(data)
    if utf16 is None and b"\0" in data:
        raise TranscriptError(path, "is not text", "Give a chat log or a transcript in text form")
    if utf16 is not None:
        text = data.decode(utf16, errors="replace").removeprefix("\ufeff")
        return TextLines([line.rstrip("\r") for line in text.split("\n")], [])
    return _mixed(data.removeprefix(codecs.BOM_UTF8))


def _utf16(data: bytes) -> str | None:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    probe = data[:_PROBE]
    # Western text in UTF-16 has a zero in every second byte.
    if probe[1::2].count(0) > 0.8 * len(probe[1::2]):
        return "utf-16-le"
    if probe[0::2].count(0) > 0.8 * len(probe[0::2]):
        return "utf-16-be"
    return None


def _mixed(data: bytes) -> TextLines:
    lines: list[str] = []
    other = 0
    for raw in data.split(b"\n"):
        try:
            line = raw.decode("utf-8")
        except UnicodeDecodeError:
            line = raw.decode("cp1252", errors="replace")
            other += 1
        lines.append(line.rstrip("\r"))
    warning = f"{other} lines are not UTF-8 and were read as Windows-1252"
    return TextLines(lines, [warning] if other else [])
