"""A recording as bytes that every browser plays: MP3 and AAC as they are, the rest as MP3.

Telephone recordings are often µ-law or A-law in WAV, which browsers refuse, and plain PCM is
ten times the size a page should carry.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cintel.errors import AudioError
from cintel.ingest.mp3 import encode

if TYPE_CHECKING:
    from av.container import InputContainer

_AS_IT_IS = {"mp3": "audio/mpeg", "mov,mp4,m4a,3gp,3g2,mj2": "audio/mp4"}
_BROWSER_CODECS = frozenset({"mp3", "mp3float", "aac"})


@dataclass(frozen=True, slots=True)
class Clip:
    """Sound for a browser's audio element."""

    data: bytes
    mime: str


def find(source: str, folders: Iterable[Path]) -> Path | None:
    """The recording a conversation was read from; a relative path is tried in each folder."""
    path = Path(source)
    places = [path] if path.is_absolute() else [folder / path for folder in folders]
    return next((place for place in places if place.is_file()), None)


def clip(path: Path) -> Clip:
    """The sound of a file.

    Raises:
        AudioError: it cannot be read or decoded.
    """
    import av

    try:
        with av.open(str(path), metadata_errors="ignore") as container:
            if mime := _plain(container):
                return Clip(path.read_bytes(), mime)
            source: Any = container.streams.audio[0]
            data = encode(container.decode(source), source.codec_context.channels)
            return Clip(data, "audio/mpeg")
    except (av.FFmpegError, OSError, IndexError) as error:
        reason = getattr(error, "strerror", None) or "no audio in it"
        raise AudioError(
            path, f"cannot be played ({reason})", "Check the file, or restore it from a copy"
        ) from error


def _plain(container: InputContainer) -> str | None:
    """The media type of a file that a browser plays as it is."""
    streams = container.streams
    codec = streams.audio[0].codec_context.name
    whole = len(streams) == len(streams.audio) == 1 and codec in _BROWSER_CODECS
    return _AS_IT_IS.get(container.format.name) if whole else None
