"""Stored conversations on a scorecard, many a second: what was said was encoded when it was read.

A conversation is done when the store holds its evaluation on that version of the scorecard, and
each is written whole or not at all, so a second run, or one after a kill, goes on where the first
one ended.
"""

from __future__ import annotations

import gc
import os
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from typing import Literal

from cintel.analyzer import Analyzer
from cintel.conversation import Analysis, Evaluation, UnitVectors
from cintel.errors import CintelError, InputError
from cintel.quality import Case, LlmJudge, Scorecard, TextEncoder, evaluate_case, read_case
from cintel.quality.meaning import kept_case
from cintel.quality.rules import Llm
from cintel.quality.verdicts import Lines
from cintel.settings import Settings
from cintel.store import Store
from cintel.store.rescoring import load_many, save_evaluations
from pipelines.batch import DEBUG, FATAL
from pipelines.workers import in_processes

State = Literal["done", "unread", "failed"]
CaseOf = Callable[[Analysis], Case | None]

BATCH = 32
"""Conversations a transaction, the most that a kill can undo."""

READ_BATCH = 4
"""The same where they have to be encoded, which takes seconds for each."""


@dataclass(frozen=True, slots=True)
class Card:
    """A scorecard, the vectors of its lines, and the fingerprint of the encoder they are from."""

    scorecard: Scorecard
    lines: Lines
    encoder: str


@dataclass(frozen=True, slots=True)
class Rescored:
    """What became of one conversation; ``unread``: its words have yet to be encoded."""

    key: str
    state: State
    score: float | None = None
    passed: bool = False
    unsure: int = 0
    error: CintelError | None = None


@dataclass(frozen=True, slots=True)
class Rescorer:
    """Scores stored conversations; ``llm`` answers questions of kind ``llm``."""

    store: Store
    card: Card
    llm: LlmJudge | None = None

    def close(self) -> None:
        """Give back the store's connections."""
        self.store.close()

    def score(self, ids: Sequence[str]) -> list[Rescored]:
        """Score conversations by their kept vectors; one that has none is ``unread``.

        Raises:
            StoreError: the store is locked, read-only, …
        """
        return self._score(ids, lambda found: kept_case(found, self.card.encoder))

    def read(self, ids: Sequence[str], encoder: TextEncoder) -> list[Rescored]:
        """Encode what was said, keep the vectors, and score.

        Raises:
            StoreError: the store is locked, read-only, …
        """
        mark = self.card.encoder
        return self._score(
            ids, lambda a: read_case(a.conversation, a.labels, a.metrics, encoder, mark)
        )

    def _score(self, ids: Sequence[str], case_of: CaseOf) -> list[Rescored]:
        if self.llm and len(ids) > 1:
            # Its answers cost money and time, so each conversation's are written at once.
            return self._singly(ids, case_of)
        try:
            loaded = load_many(self.store, ids)
        except FATAL:
            raise
        except Exception as error:
            # One that cannot be read must not cost the others.
            return self._singly(ids, case_of) if len(ids) > 1 else [_failed(ids[0], error)]
        told = {key: self._judge(analysis, case_of) for key, (_, analysis) in loaded.items()}
        made = {key: item for key, item in told.items() if isinstance(item, _Made)}
        kept = save_evaluations(
            self.store,
            {key: (loaded[key][0], item.evaluation) for key, item in made.items()},
            {key: item.vectors for key, item in made.items() if item.vectors is not None},
        )
        return [_outcome(key, told.get(key), key in kept) for key in ids]

    def _singly(self, ids: Sequence[str], case_of: CaseOf) -> list[Rescored]:
        return [item for key in ids for item in self._score([key], case_of)]

    def _judge(self, analysis: Analysis, case_of: CaseOf) -> _Made | Rescored:
        """The evaluation, or why there is none."""
        card, key = self.card, analysis.id
        try:
            case = case_of(analysis)
            if case is None:
                return Rescored(key, "unread")
            earlier = self.store.load(key).evaluations if self.llm else ()
            found = evaluate_case(card.scorecard, card.lines, case, self.llm, earlier)
        except FATAL:
            raise
        except Exception as error:
            return _failed(key, error)
        return _Made(found, None if case.vectors is analysis.vectors else case.vectors)


@dataclass(frozen=True, slots=True)
class _Made:
    """An evaluation to be written, with vectors where they are new."""

    evaluation: Evaluation
    vectors: UnitVectors | None


def rescore(
    ids: Sequence[str],
    settings: Settings,
    card: Card,
    encoder: Callable[[], TextEncoder],
    workers: int,
) -> Iterator[Rescored]:
    """One outcome a conversation, as it ends; those that have to be encoded come last.

    Args:
        ids: of stored conversations.
        settings: name the store and, for questions of kind ``llm``, the language model.
        card: what they are scored on.
        encoder: loads what encodes; not called where all are encoded.
        workers: processes that share the work.

    Raises:
        StoreError: the store is locked, read-only, …
        InputError: a process died.
    """
    unread = []
    for item in _scored(ids, settings, card, workers):
        if item.state == "unread":
            unread.append(item.key)
        else:
            yield item
    if unread:
        found = encoder()
        with closing(_open(settings, card)) as rescorer:
            for part in _parts(unread, READ_BATCH):
                yield from rescorer.read(part, found)


def _scored(ids: Sequence[str], settings: Settings, card: Card, workers: int) -> Iterator[Rescored]:
    parts = _parts(ids, BATCH)
    if min(workers, len(parts)) <= 1:
        with closing(_open(settings, card)) as rescorer:
            for part in parts:
                yield from rescorer.score(part)
        return
    # BLAS would let threads of its own wait beside the processes; it reads this when it loads.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        for told in in_processes(_work, parts, workers, _begin, (settings, card)):
            yield from told
    except BrokenProcessPool as error:
        fault = "ended, for want of memory perhaps"
        remedy = "Run this again: what is scored is kept"
        raise InputError("a process that scores", fault, remedy) from error


def _open(settings: Settings, card: Card) -> Rescorer:
    asks = any(isinstance(question.judge, Llm) for question in card.scorecard.questions)
    llm = Analyzer(settings).llm_judge if asks else None
    return Rescorer(Store(settings.store), card, llm)


_start: tuple[Settings, Card]
_rescorer: Rescorer | None = None


def _begin(settings: Settings, card: Card) -> None:
    global _start
    _start = (settings, card)
    # It would look for circles among words by the hundred thousand, again and again; _work does
    # so once a batch, and not among what was there before.
    gc.disable()


def _work(ids: Sequence[str]) -> list[Rescored]:
    global _rescorer
    if _rescorer is None:
        # Here and not in _begin, as a pool hides why its workers could not begin.
        _rescorer = _open(*_start)
        gc.freeze()
    told = _rescorer.score(ids)
    gc.collect()
    return told


def _parts(ids: Sequence[str], size: int) -> list[Sequence[str]]:
    return [ids[first : first + size] for first in range(0, len(ids), size)]


def _outcome(key: str, found: _Made | Rescored | None, written: bool) -> Rescored:
    if isinstance(found, Rescored):
        return found
    if found is None or not written:
        fault = "was analysed anew or deleted meanwhile"
        return Rescored(key, "failed", error=InputError(key, fault, "Run this again"))
    made = found.evaluation
    unsure = sum(answer.unsure for answer in made.answers)
    return Rescored(key, "done", made.score, bool(made.passed), unsure)


def _failed(key: str, error: Exception) -> Rescored:
    if os.environ.get(DEBUG):
        traceback.print_exception(error)
    if not isinstance(error, CintelError):
        text = " ".join(str(error).split())
        fault = f"could not be scored: {type(error).__name__}{f': {text}' if text else ''}"
        error = InputError(key, fault, f"Run it with {DEBUG}=1 and report it")
    return Rescored(key, "failed", error=error)
