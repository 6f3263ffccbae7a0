"""A recording to turns with speakers: the speech models behind one door, loaded once."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from cintel import models
from cintel.conversation import Turn
from cintel.ingest.audio import Recording
from cintel.runtime import prepare, use_threads
from cintel.speech.attribute import (
    Spoken,
    build_turns,
    give_words,
    mark_announcement,
    merge_channels,
    overlap_edges,
)
from cintel.speech.transcribe import Transcriber, speech_spans

if TYPE_CHECKING:
    from cintel.speech.diarize import Diarizer

Hook = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said.

    Attributes:
        turns: with speakers, in order; roles are still unknown.
        language: ISO 639-1.
        channels: the row of the recording of each speaker; empty for a mono call.
        speaker_confidence: how far the voices are apart, 0…1; 1 for a channel a side.
        seconds: time spent, by stage.
    """

    turns: tuple[Turn, ...]
    language: str
    channels: dict[str, int] = field(default_factory=dict)
    speaker_confidence: float = 1.0
    seconds: dict[str, float] = field(default_factory=dict)


class Listener:
    """Transcribes and diarizes; models load on first use."""

    def __init__(self, asr: str, device: str, threads: int = 0) -> None:
        prepare()
        self._asr = asr
        self._device = device
        self._threads = use_threads(threads)

    @cached_property
    def transcriber(self) -> Transcriber:
        """The recogniser."""
        return Transcriber(models.resolve(self._asr), self._device, self._threads)

    @cached_property
    def diarizer(self) -> Diarizer:
        """The diarizer."""
        from cintel.speech.diarize import Diarizer

        return Diarizer(
            models.resolve("segmentation-3.0"), models.resolve("campplus"), self._device
        )

    def listen(
        self,
        recording: Recording,
        language: str | None = None,
        speakers: int | None = None,
        hook: Hook | None = None,
    ) -> Heard:
        """Turn a recording into turns.

        Args:
            recording: mono, or two rows that carry a party each.
            language: ISO 639-1; None identifies it.
            speakers: people on a mono call, if known.
            hook: ``hook(step, completed, total)``.
        """
        if recording.channels == 2:
            return self._by_channel(recording, language, hook)
        return self._by_voice(recording, language, speakers, hook)

    def _by_voice(
        self,
        recording: Recording,
        language: str | None,
        speakers: int | None,
        hook: Hook | None,
    ) -> Heard:
        started = time.perf_counter()
        samples = recording.mono
        found = self.transcriber.transcribe(samples, speech_spans(samples), language, hook)
        heard = time.perf_counter()
        if not found.words:
            return Heard((), found.language, seconds={"transcribe": heard - started})
        who = self.diarizer.diarize(samples, speakers, hook)
        spoken = mark_announcement(give_words(found.words, who.exclusive))
        seconds = {"transcribe": heard - started, "diarize": time.perf_counter() - heard}
        turns = tuple(overlap_edges(build_turns(spoken), who.overlaps))
        return Heard(turns, found.language, {}, round(who.confidence, 3), seconds)

    def _by_channel(self, recording: Recording, language: str | None, hook: Hook | None) -> Heard:
        started = time.perf_counter()
        sides: list[list[Spoken]] = []
        channels: dict[str, int] = {}
        for row, samples in enumerate(recording.samples):
            name = f"CHANNEL_{row + 1}"
            found = self.transcriber.transcribe(samples, speech_spans(samples), language, hook)
            # Both sides of a call speak one language; the first side that speaks decides.
            language = language or (found.language if found.words else None)
            spoken = mark_announcement([Spoken(word, name) for word in found.words])
            sides.append(spoken)
            channels |= {item.speaker: row for item in spoken} | {name: row}
        turns = tuple(merge_channels(sides))
        seconds = {"transcribe": time.perf_counter() - started}
        return Heard(turns, language or "und", channels, 1.0, seconds)
