"""Many files through one analyzer, safely: each is saved whole or not at all, and once.

A file is done when the store holds its content hash under the same settings hash, so a second
run, or one after a kill, goes on where the first one ended.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cintel.analyzer import Analyzer
from cintel.conversation import Analysis
from cintel.errors import CintelError, InputError, StoreError
from cintel.ingest import metadata
from cintel.ingest.transcripts import is_text_input
from cintel.quality import dumps as card_text
from cintel.serial import dumps

if TYPE_CHECKING:
    from cintel.store import Store

AUDIO_SUFFIXES = frozenset(
    {
        ".wav", ".mp3", ".m4a", ".m4b", ".aac", ".ogg", ".oga", ".opus", ".flac", ".mp4", ".mkv",
        ".mov", ".webm", ".wma", ".amr", ".aif", ".aiff", ".au", ".3gp", ".gsm", ".caf",
    }
)  # fmt: skip
State = Literal["done", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file."""

    path: Path
    state: State
    analyses: tuple[Analysis, ...] = ()
    error: CintelError | None = None

    @property
    def seconds(self) -> float:
        """Seconds of recorded sound that were analysed."""
        return sum(
            item.conversation.duration
            for item in self.analyses
            if item.conversation.channel == "call"
        )


@dataclass(slots=True)
class Batch:
    """Runs files and remembers which contents it has met.

    Attributes:
        analyzer: with its models, loaded once.
        store: where analyses go; None keeps them in memory only.
        json_folder: also write ``<file stem>.json`` there.
    """

    analyzer: Analyzer
    store: Store | None = None
    json_folder: Path | None = None
    _met: dict[str, Path] = field(default_factory=dict)
    _stems: dict[str, Path] = field(default_factory=dict)

    def run(
        self, paths: Iterable[Path], hook: Callable[[str, int, int], None] | None = None
    ) -> Iterator[Outcome]:
        """One outcome a file, as it ends; a store that cannot be written ends the batch.

        Raises:
            StoreError: the store is locked, read-only, …
        """
        if self.store is not None:
            card = self.analyzer.scorecard
            self.store.save_scorecard(card.name, card.version, card_text(card))
        for path in paths:
            try:
                yield self._one(path, hook)
            except StoreError:
                raise
            except CintelError as error:
                yield Outcome(path, "failed", error=error)

    def _one(self, path: Path, hook: Callable[[str, int, int], None] | None) -> Outcome:
        digest = _content_hash(path)
        first = self._met.setdefault(digest, path)
        if first != path:
            raise InputError(
                str(path), f"has the same content as {first}, which is kept", "Remove one of them"
            )
        if self.store is not None:
            facts = metadata.read_metadata(path, self.analyzer.settings.metadata_pattern)
            if self.store.done(digest, self.analyzer.digest(facts)):
                self._write_missing(path, digest)
                return Outcome(path, "skipped")
        analyses = tuple(self.analyzer.analyze_file(path, hook))
        if self.store is not None:
            self.store.save_all(analyses)
        self._write(path, analyses)
        return Outcome(path, "done", analyses)

    def _write_missing(self, path: Path, digest: str) -> None:
        if self.json_folder is None or self.store is None:
            return
        keys = self.store.ids_of(digest)
        for key, target in zip(keys, self._targets(self.json_folder, path, keys), strict=True):
            if not target.exists():
                write_atomically(target, dumps(self.store.load(key)))

    def _write(self, path: Path, analyses: Sequence[Analysis]) -> None:
        if self.json_folder is None:
            return
        targets = self._targets(self.json_folder, path, [item.id for item in analyses])
        for analysis, target in zip(analyses, targets, strict=True):
            write_atomically(target, dumps(analysis))

    def _targets(self, folder: Path, path: Path, keys: Sequence[str]) -> list[Path]:
        """``<stem>.json``; with the suffix where two files share a stem, the id where many."""
        stem = path.stem if self._stems.setdefault(path.stem, path) == path else path.name
        if len(keys) == 1:
            return [folder / f"{stem}.json"]
        return [folder / f"{stem}.{key}.json" for key in keys]


def _content_hash(path: Path) -> str:
    try:
        return metadata.content_hash(path)
    except PermissionError:
        raise InputError(
            str(path), "cannot be read (permission denied)", "Check its access rights"
        ) from None
    except OSError as error:
        raise InputError(
            str(path), f"cannot be read ({error.strerror})", "Check the path"
        ) from error


def write_atomically(path: Path, text: str) -> None:
    """Write a file so that a kill leaves the old one, the new one, or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def discover(places: Iterable[str]) -> tuple[list[Path], list[InputError]]:
    """Files to analyse in files, folders (with all below them) and glob patterns.

    Returns:
        The files, sorted within each place, each once; and what could not be looked into.
    """
    found: dict[Path, None] = {}
    faults: list[InputError] = []
    for place in places:
        path = Path(place)
        if path.is_dir():
            found |= dict.fromkeys(_below(path, faults))
        elif path.exists():
            found[path] = None
        elif matches := sorted(glob.glob(place, recursive=True)):
            more, deeper = discover(matches)
            found |= dict.fromkeys(more)
            faults += deeper
        else:
            faults.append(InputError(place, "does not exist", "Check the path"))
    return list(found), faults


def _below(folder: Path, faults: list[InputError]) -> list[Path]:
    def note(error: OSError) -> None:
        where = str(error.filename or folder)
        faults.append(
            InputError(
                where, f"cannot be looked into ({error.strerror})", "Check its access rights"
            )
        )

    found = []
    for root, folders, names in os.walk(folder, onerror=note):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(root) / name for name in sorted(names) if not name.startswith(".")]
    return [path for path in found if path.suffix.lower() in AUDIO_SUFFIXES or is_text_input(path)]
