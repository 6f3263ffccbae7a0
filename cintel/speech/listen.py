"""A recording to turns with speakers: the speech models behind one door, loaded once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from cintel import models
from cintel.conversation import Turn
from cintel.ingest.audio import Recording
from cintel.runtime import Hook, prepare, use_threads
from cintel.speech.attribute import (
    Spoken,
    build_turns,
    give_words,
    mark_announcement,
    merge_channels,
    overlap_edges,
)
from cintel.speech.crosstalk import remove_crosstalk
from cintel.speech.foreground import foreground
from cintel.speech.lanes import Lanes
from cintel.speech.segmentation import SPEECH_STEP
from cintel.speech.transcribe import BATCH, Track, Transcriber, gpu_batch

if TYPE_CHECKING:
    from cintel.speech.diarize import Diarizer
    from cintel.speech.segmentation import Segmentation


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
    """Transcribes and diarizes; models load on first use.

    Args:
        asr: the recogniser: registry name, faster-whisper size, Hugging Face name or folder.
        device: ``cpu`` or ``cuda``.
        threads: jobs at once on a CPU; 0 takes every core.
        hotwords: names and terms to expect.
        diarizer: a pyannote pipeline by name or folder; None takes cintel's own.
        vram: GB of GPU memory to stay within.
    """

    def __init__(
        self,
        asr: str,
        device: str,
        threads: int = 0,
        hotwords: str | None = None,
        diarizer: str | None = None,
        vram: float = 8.0,
    ) -> None:
        prepare()
        self._asr = asr
        self._device = device
        self._hotwords = hotwords
        self._pipeline = diarizer
        self._vram = vram
        # A GPU runs one batch at a time faster than two.
        self._lanes = Lanes(use_threads(threads) if device == "cpu" else 1)

    @cached_property
    def transcriber(self) -> Transcriber:
        """The recogniser."""
        from cintel.speech.whisper import find_model

        folder = find_model(self._asr)
        batch = BATCH if self._device == "cpu" else gpu_batch(folder, self._vram)
        return Transcriber(folder, self._lanes, self._device, self._hotwords, batch)

    @cached_property
    def segmentation(self) -> Segmentation:
        """Hears whether somebody speaks, and changes of speaker."""
        from cintel.speech.segmentation import Segmentation

        return Segmentation(models.resolve("segmentation-3.0"), self._lanes, self._device)

    @cached_property
    def diarizer(self) -> Diarizer:
        """The diarizer."""
        from cintel.speech.diarize import Diarizer

        if self._pipeline:
            from cintel.speech.pipeline import PipelineDiarizer

            return PipelineDiarizer(self._pipeline, self._device)
        return Diarizer(self.segmentation, models.resolve("campplus"), self._lanes, self._device)

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
        samples, clock = recording.mono, _Clock()
        windows = self.segmentation.hear(samples, hook=hook)
        clock.lap("segment")
        with ThreadPoolExecutor(1) as beside:
            who = beside.submit(self.diarizer.diarize, samples, speakers, hook, windows)
            track = Track(samples, windows.speech())
            (found,) = self.transcriber.transcribe([track], language, hook)
            clock.lap("transcribe")
            people = who.result()
        clock.lap("diarize")
        if not found.words:
            return Heard((), found.language, seconds=clock.seconds)
        spoken = mark_announcement(give_words(found.words, people.exclusive))
        turns = tuple(overlap_edges(build_turns(spoken), people.overlaps))
        return Heard(turns, found.language, {}, round(people.confidence, 3), clock.seconds)

    def _by_channel(self, recording: Recording, language: str | None, hook: Hook | None) -> Heard:
        clock = _Clock()
        tracks = []
        for samples in remove_crosstalk(recording.samples):
            speech = self.segmentation.hear(samples, SPEECH_STEP, hook).speech()
            tracks.append(Track(samples, foreground(samples, speech)))
        clock.lap("segment")
        found = self.transcriber.transcribe(tracks, language, hook)
        clock.lap("transcribe")
        names = [f"CHANNEL_{number}" for number in range(1, len(found) + 1)]
        sides = [
            mark_announcement([Spoken(word, name) for word in transcript.words])
            for name, transcript in zip(names, found, strict=True)
        ]
        channels = {name: row for row, name in enumerate(names)}
        channels |= {item.speaker: row for row, side in enumerate(sides) for item in side}
        turns = tuple(merge_channels(sides))
        return Heard(turns, found[0].language, channels, 1.0, clock.seconds)


class _Clock:
    """Seconds by stage, from one lap to the next."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._last
        self._last = now
