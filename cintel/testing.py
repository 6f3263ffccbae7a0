"""Stand-ins for the models and builders of values, for tests of programs that use cintel.

A script is a list of lines ``"agent: Hello, this is Kim."``. What stands before the colon is a
role, or any other name, whose role is then unknown. :func:`scripted_analyzer` analyses a script
without any weights. The stages of an Analyzer load on first use, so one may also be replaced
by assigning it:

>>> analyzer = cintel.Analyzer()
>>> analyzer.listener = ScriptedListener("agent: Hello, this is Kim.", "customer: Hi.")
>>> analyzer.reader.encoder = HashingEncoder()
>>> analyzer.tagger = SilentTagger()
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cintel import __version__
from cintel.analyzer import Analyzer
from cintel.conversation import (
    ROLES,
    Acoustics,
    Analysis,
    Conversation,
    Csat,
    Frustration,
    Labels,
    PiiSpan,
    Provenance,
    Role,
    Span,
    Summary,
    Turn,
    Word,
)
from cintel.errors import UsageError
from cintel.ingest.audio import Recording
from cintel.insight import measure
from cintel.language.encoder import Encoded, Encoder
from cintel.runtime import Hook
from cintel.speech.diarize import Diarization, Diarizer
from cintel.speech.listen import Heard, Listener
from cintel.speech.segmentation import Windows
from cintel.speech.transcribe import Track, Transcriber, Transcript

SECONDS_A_WORD = 0.4
SECONDS_BETWEEN = 0.5


def turns_of(*lines: str) -> tuple[Turn, ...]:
    """The turns of a script: 0.4 s a word, 0.5 s between turns, from 0.

    Raises:
        UsageError: a line has no speaker or no words.
    """
    turns: list[Turn] = []
    at = 0.0
    for index, line in enumerate(lines):
        speaker, _, text = (part.strip() for part in line.partition(":"))
        if not speaker or not text:
            raise UsageError(f"line {index + 1}", f"is {line!r}", 'Write "agent: Hello"')
        words = _words(text, at)
        role: Role = speaker if speaker in ROLES else "unknown"
        turns.append(Turn(index, role, speaker, words[0].start, words[-1].end, text, words))
        at = words[-1].end + SECONDS_BETWEEN
    return tuple(turns)


def _words(text: str, start: float) -> tuple[Word, ...]:
    edges = [round(start + n * SECONDS_A_WORD, 3) for n in range(len(text.split()) + 1)]
    return tuple(map(Word, text.split(), edges, edges[1:]))


def conversation_of(*lines: str, **fields: Any) -> Conversation:
    """A call with the turns of a script; ``fields`` are fields of the Conversation."""
    turns = turns_of(*lines)
    name = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]
    duration = turns[-1].end if turns else 0.0
    return replace(Conversation(name, "call", "script", duration, turns, language="en"), **fields)


def analysis_of(*lines: str, **fields: Any) -> Analysis:
    """An analysis of a script with its true metrics and no labels; ``fields`` are its fields."""
    conversation = conversation_of(*lines)
    labels = tuple(Labels() for _ in conversation.turns)
    plain = Analysis(
        conversation=conversation,
        labels=labels,
        intent=None,
        summary=Summary(),
        metrics=measure(conversation, labels, Acoustics()),
        acoustics=Acoustics(),
        frustration=Frustration(),
        csat=Csat(),
        evaluations=(),
        provenance=Provenance(__version__, {}, "cpu", conversation.id, "script"),
    )
    return replace(plain, **fields)


class ScriptedTranscriber(Transcriber):
    """Hears the words of a script, whatever the sound."""

    def __init__(self, *lines: str, language: str = "en") -> None:
        words = tuple(word for turn in turns_of(*lines) for word in turn.words)
        self._transcript = Transcript(words, language, 1.0)

    def transcribe(
        self, tracks: Sequence[Track], language: str | None = None, hook: Hook | None = None
    ) -> list[Transcript]:
        """The script for every track, in ``language`` where one is given."""
        found = replace(self._transcript, language=language or self._transcript.language)
        return [found for _ in tracks]


class ScriptedDiarizer(Diarizer):
    """Hears the speakers of a script, whatever the sound."""

    def __init__(self, *lines: str, confidence: float = 1.0) -> None:
        spans: dict[str, tuple[Span, ...]] = {}
        for turn in turns_of(*lines):
            spans[turn.speaker] = (*spans.get(turn.speaker, ()), (turn.start, turn.end))
        self._diarization = Diarization(spans, spans, confidence)

    def diarize(
        self,
        samples: NDArray[np.float32],
        speakers: int | None = None,
        hook: Hook | None = None,
        windows: Windows | None = None,
    ) -> Diarization:
        """The script."""
        return self._diarization


class ScriptedListener(Listener):
    """Hears the turns of a script, roles included, whatever the recording."""

    def __init__(self, *lines: str, language: str = "en") -> None:
        self._heard = Heard(turns_of(*lines), language)

    def listen(
        self,
        recording: Recording,
        language: str | None = None,
        speakers: int | None = None,
        hook: Hook | None = None,
    ) -> Heard:
        """The script."""
        return self._heard


class HashingEncoder(Encoder):
    """Texts to unit vectors of word counts: the same words, the same vector; no meaning."""

    def __init__(self, dimensions: int = 384) -> None:
        self.dimensions = dimensions
        self.device = "cpu"
        self.fingerprint = "hashing"

    def read(self, texts: Sequence[str]) -> Encoded:
        """Unit vectors of shape ``(len(texts), dimensions)``, and twice the same as states."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for word in text.lower().split() or [""]:
                number = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest())
                vector[number % self.dimensions] += 1.0
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return Encoded(vectors, np.hstack([vectors, vectors]))


class SilentTagger:
    """Marks nothing, so that only rules find personal data."""

    def tag(self, texts: Sequence[str]) -> list[tuple[PiiSpan, ...]]:
        """No spans for any text."""
        return [() for _ in texts]


def scripted_analyzer(*lines: str, **arguments: Any) -> Analyzer:
    """An Analyzer that hears a script in every recording and needs no weights.

    Labels follow from word counts alone: the same each time, but without meaning.
    ``arguments`` are settings.
    """
    analyzer = Analyzer(**{"device": "cpu", **arguments})
    analyzer.listener = ScriptedListener(*lines)
    analyzer.reader.encoder = HashingEncoder()
    analyzer.tagger = SilentTagger()
    analyzer.weights = {"script": hashlib.sha256("\n".join(lines).encode()).hexdigest()}
    return analyzer
