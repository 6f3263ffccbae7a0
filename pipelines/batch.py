"""Many files through one analyzer, safely: each is saved whole or not at all, and once.

A file is done when the store holds its content hash under the same settings hash, so a second
run, or one after a kill, goes on where the first one ended.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cintel.analyzer import Analyzer
from cintel.conversation import Analysis
from cintel.errors import CintelError, InputError, ModelError, StoreError, UsageError
from cintel.ingest import metadata
from cintel.quality import dumps as card_text
from cintel.serial import dumps
from pipelines.discover import Job, shown

if TYPE_CHECKING:
    from cintel.store import Store
from cintel.store.rescoring import with_others

State = Literal["done", "skipped", "failed"]
# These are not about one file: every other one would fail in the same way.
FATAL = (StoreError, UsageError, ModelError)
DEBUG = "CINTEL_DEBUG"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one job."""

    job: Job
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
    """Runs jobs one after the other.

    Attributes:
        analyzer: with its models, loaded once.
        store: where analyses go; None keeps them in memory only.
        json_folder: also write ``<job name>.json`` there.
    """

    analyzer: Analyzer
    store: Store | None = None
    json_folder: Path | None = None

    def __post_init__(self) -> None:
        if self.store is not None:
            card = self.analyzer.scorecard
            self.store.save_scorecard(card.name, card.version, card_text(card))

    def run(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """One outcome a job, as it ends.

        Raises:
            StoreError: the store is locked, read-only, …
            UsageError: a setting cannot work.
            ModelError: weights cannot be had.
        """
        for job in jobs:
            yield self.attempt(job)

    def attempt(self, job: Job) -> Outcome:
        """Run one job; only what concerns every job is raised, see :meth:`run`."""
        try:
            return self._attempt(job)
        except FATAL:
            raise
        except CintelError as error:
            return Outcome(job, "failed", error=error)
        except Exception as error:
            if os.environ.get(DEBUG):
                traceback.print_exc()
            return Outcome(job, "failed", error=_bug(job, error))

    def _attempt(self, job: Job) -> Outcome:
        facts = metadata.read_metadata(job.path, self.analyzer.settings.metadata_pattern)
        settings = self.analyzer.digest(facts)
        if self.store is not None:
            digest = _content_hash(job.path)
            if self.store.done(digest, settings):
                self._write_missing(job, self.store, digest, settings)
                return Outcome(job, "skipped")
        analyses = tuple(self.analyzer.analyze_file(job.path))
        if self.store is not None:
            self.store.save_all(with_others(self.store, analyses))
        if self.json_folder is not None:
            keys = [item.id for item in analyses]
            for analysis, target in zip(analyses, self._targets(job, keys), strict=True):
                write_atomically(target, dumps(analysis))
        return Outcome(job, "done", analyses)

    def _write_missing(self, job: Job, store: Store, digest: str, settings: str) -> None:
        """Write what a run without JSON, with other settings, or a killed one left undone."""
        if self.json_folder is None:
            return
        keys = store.ids_of(digest)
        for key, target in zip(keys, self._targets(job, keys), strict=True):
            if not (target.is_file() and f'"{settings}"' in target.read_text(encoding="utf-8")):
                write_atomically(target, dumps(store.load(key)))

    def _targets(self, job: Job, keys: Sequence[str]) -> list[Path]:
        """``<job name>.json``; with the conversation's id where the file holds many."""
        assert self.json_folder is not None
        names = [job.name] if len(keys) == 1 else [f"{job.name}.{key}" for key in keys]
        return [self.json_folder / f"{name}.json" for name in names]


def _bug(job: Job, error: Exception) -> InputError:
    text = " ".join(str(error).split())
    fault = f"could not be analysed: {type(error).__name__}{f': {text}' if text else ''}"
    return InputError(
        str(job.path), fault, f"This is a fault of cintel: run it with {DEBUG}=1 and report it"
    )


def _content_hash(path: Path) -> str:
    try:
        return metadata.content_hash(path)
    except OSError as error:
        raise InputError(
            str(path), f"cannot be read ({error.strerror})", "Check the path and the disk"
        ) from error


def write_atomically(path: Path, text: str) -> None:
    """Write a file so that a kill leaves the old one, the new one, or none.

    Raises:
        InputError: it cannot be written.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink()
        remedy = "Make room and rights to write there, then run this again"
        raise InputError(shown(path), f"cannot be written ({error.strerror})", remedy) from error
