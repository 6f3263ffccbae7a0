"""Which files a call names: each once, with what cannot be looked into said up front."""

from __future__ import annotations

import glob
import os
import stat
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from cintel.errors import CintelError, InputError, UsageError
from cintel.ingest.metadata import content_hash
from cintel.ingest.transcripts import is_text_input

AUDIO_SUFFIXES = frozenset(
    {
        ".wav", ".mp3", ".m4a", ".m4b", ".aac", ".ogg", ".oga", ".opus", ".flac", ".mp4", ".mkv",
        ".mov", ".webm", ".wma", ".amr", ".aif", ".aiff", ".au", ".3gp", ".gsm", ".caf",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Job:
    """One file to analyse.

    Attributes:
        path: the file.
        name: of its JSON file, without the suffix; no other job of the call has it.
        size: bytes.
    """

    path: Path
    name: str
    size: int


def discover(places: Iterable[str]) -> tuple[list[Path], list[CintelError]]:
    """Files to analyse in files, folders (with all below them) and glob patterns.

    Returns:
        The files, sorted within each place, each once; and what could not be looked into, a
        :class:`UsageError` where a place does not exist.
    """
    found: dict[str, Path] = {}
    faults: list[CintelError] = []
    for place in places:
        for path in _look(place, faults):
            found.setdefault(os.path.abspath(path), path)
    return list(found.values()), faults


def _look(place: str, faults: list[CintelError]) -> list[Path]:
    try:
        mode = os.stat(place).st_mode
    except FileNotFoundError:
        matches = sorted(glob.glob(place, recursive=True))
        if not matches:
            faults.append(UsageError(shown(place), "does not exist", "Check the path"))
        return [path for match in matches for path in _look(match, faults)]
    except OSError as error:
        faults.append(_unreadable(place, error))
        return []
    return _below(place, faults) if stat.S_ISDIR(mode) else [Path(place)]


def _below(folder: str, faults: list[CintelError]) -> list[Path]:
    def note(error: OSError) -> None:
        faults.append(_unreadable(error.filename or folder, error))

    found = []
    for root, folders, names in os.walk(folder, onerror=note):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(root) / name for name in sorted(names) if not name.startswith(".")]
    return [path for path in found if path.suffix.lower() in AUDIO_SUFFIXES or is_text_input(path)]


def plan(paths: Sequence[Path]) -> tuple[list[Job], list[CintelError]]:
    """Jobs for the files that can be read and whose content no earlier one has.

    A file is only read here where another one has its size.

    Returns:
        The jobs, in the order of the paths, and an error for each file that gets none.
    """
    faults: list[CintelError] = []
    sizes: dict[Path, int] = {}
    for path in paths:
        try:
            sizes[path] = _size(path)
        except InputError as error:
            faults.append(error)
    copies = _copies(sizes, faults)
    names: set[str] = set()
    jobs = []
    for path in [path for path in sizes if path not in copies]:
        name = next(name for name in _names(path) if name not in names)
        names.add(name)
        jobs.append(Job(path, name, sizes[path]))
    return jobs, faults


def _size(path: Path) -> int:
    where = shown(path)
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise InputError(where, "has a name that is not UTF-8", "Rename it") from None
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise InputError(where, "is not a file", "Give a recording or a chat log")
        path.open("rb").close()
    except OSError as error:
        raise _unreadable(path, error) from error
    return found.st_size


def _copies(sizes: dict[Path, int], faults: list[CintelError]) -> set[Path]:
    """Files that get no job: they say what an earlier one says, or cannot be read."""
    alike: dict[int, list[Path]] = defaultdict(list)
    for path, size in sizes.items():
        alike[size].append(path)
    first: dict[str, Path] = {}
    copies: set[Path] = set()
    # Empty files say nothing of the same; each is named for being empty.
    suspects = [group for size, group in alike.items() if size and len(group) > 1]
    for path in chain.from_iterable(suspects):
        try:
            kept = first.setdefault(content_hash(path), path)
        except OSError as error:
            faults.append(_unreadable(path, error))
            copies.add(path)
            continue
        if kept != path:
            copies.add(path)
            fault = f"has the same content as {shown(kept)}"
            faults.append(InputError(shown(path), fault, "Remove one of them"))
    return copies


def _names(path: Path) -> Iterable[str]:
    """The stem; where another file has it, the whole name, then one with its folders."""
    yield path.stem
    yield path.name
    yield "-".join(path.parts).strip("/")
    number = 2
    while True:
        yield f"{path.name}.{number}"
        number += 1


def _unreadable(path: str | Path, error: OSError) -> InputError:
    denied = isinstance(error, PermissionError)
    remedy = "Check its access rights" if denied else "Check the path and the disk"
    return InputError(shown(path), f"cannot be read ({error.strerror})", remedy)


def shown(path: str | Path) -> str:
    """A path as text that can be printed and stored: bytes that are no UTF-8 as ``\\xNN``."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
