"""Words with times from sound, by faster-whisper.

Speech is found first and packed into clips of up to 28 s that are decoded in batches. Then the
result is checked: invented text and loops are dropped, words are clipped to speech, and speech
that got no words is decoded again, one clip at a time with a wider beam.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cintel.conversation import Span, Word
from cintel.runtime import flush_denormals, prepare
from cintel.speech.spans import Home, shared

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

Hook = Callable[[str, int, int], None]
RATE = 16_000
CLIP_SECONDS = 28.0
# A longer pause is cut out: Whisper invents text on long silence, and silence costs as much.
LONGEST_PAUSE = 2.0
PAD = 0.25
_UNPADDED_SECONDS = CLIP_SECONDS - 2 * PAD
BATCH = 8
# Both must hold before a segment counts as invented: either alone also happens in real speech.
NO_SPEECH, LOW_LOGPROB = 0.6, -1.0
LOOP_RATIO = 2.4
# Speech this long without a word is decoded again.
MISSED_SECONDS = 1.5
WORD_SLACK = 0.3


@dataclass(frozen=True, slots=True)
class Transcript:
    """Words in order of time, the language (ISO 639-1) and how sure the model is of it."""

    words: tuple[Word, ...]
    language: str
    language_probability: float


class Transcriber:
    """Loads a faster-whisper model once."""

    def __init__(self, folder: Path, device: str = "cpu", threads: int = 0) -> None:
        prepare()
        from faster_whisper import BatchedInferencePipeline, WhisperModel

        compute = "int8" if device == "cpu" else "float16"
        self._model = WhisperModel(
            str(folder), device=device, compute_type=compute, cpu_threads=threads
        )
        self._batched = BatchedInferencePipeline(self._model)

    def transcribe(
        self,
        samples: Samples,
        speech: Iterable[Span],
        language: str | None = None,
        hook: Hook | None = None,
    ) -> Transcript:
        """Transcribe one channel.

        Args:
            samples: shape (time,), 16 kHz.
            speech: where somebody speaks, in seconds, from :func:`speech_spans`.
            language: ISO 639-1; None identifies it.
            hook: ``hook(step, completed, total)`` in clips.
        """
        spans = tuple(speech)
        if not spans:
            return Transcript((), language or "und", 0.0)
        joined = Joined.of(spans, samples.size / RATE)
        clips = pack(joined.moved(spans), joined.duration)
        found, info = self._decode(joined.cut(samples), clips, language, hook)
        words = [
            joined.back(word)
            for segment in found
            if not _invented(segment)
            for word in _words(segment)
        ]
        missed = _without_words(spans, words)
        if missed:
            words += self._again(samples, missed, info.language)
        kept = sorted(_clipped(words, spans), key=lambda word: word.start)
        return Transcript(tuple(kept), info.language, float(info.language_probability))

    def _decode(
        self, samples: Samples, clips: list[Span], language: str | None, hook: Hook | None
    ) -> tuple[list[Any], Any]:
        segments, info = self._batched.transcribe(
            samples, language=language, beam_size=1, batch_size=BATCH, word_timestamps=True,
            clip_timestamps=[{"start": start, "end": end} for start, end in clips],
            without_timestamps=True, condition_on_previous_text=False,
        )  # fmt: skip
        found = []
        for segment in segments:
            found.append(segment)
            if hook:
                hook("transcription", min(len(found), len(clips)), len(clips))
        return found, info

    def _again(self, samples: Samples, missed: list[Span], language: str) -> list[Word]:
        words: list[Word] = []
        for start, end in missed:
            clip = samples[int(start * RATE) : int(end * RATE)]
            segments, _ = self._model.transcribe(
                clip, language=language, beam_size=5, word_timestamps=True,
                condition_on_previous_text=False,
            )  # fmt: skip
            for segment in segments:
                if not _invented(segment):
                    words += _words(segment, offset=start)
        return words


def speech_spans(samples: Samples) -> tuple[Span, ...]:
    """Where Silero's voice activity detector hears speech, in seconds."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(min_silence_duration_ms=300, speech_pad_ms=60)
    found = get_speech_timestamps(samples, options)
    flush_denormals()
    return tuple((hit["start"] / RATE, hit["end"] / RATE) for hit in found)


@dataclass(frozen=True, slots=True)
class Joined:
    """A recording with its long pauses cut out, and the way back to its own times.

    Attributes:
        kept: the stretches that are kept, in seconds of the recording, in order.
    """

    kept: tuple[Span, ...]

    @classmethod
    def of(cls, spans: Iterable[Span], duration: float) -> Joined:
        """Keep speech, the pauses up to ``LONGEST_PAUSE``, and ``PAD`` around them."""
        kept: list[Span] = []
        for start, end in spans:
            if kept and start - kept[-1][1] <= LONGEST_PAUSE:
                kept[-1] = (kept[-1][0], end)
            else:
                kept.append((start, end))
        return cls(tuple((max(a - PAD, 0.0), min(b + PAD, duration)) for a, b in kept))

    @property
    def duration(self) -> float:
        """Seconds that are kept."""
        return sum(end - start for start, end in self.kept)

    def cut(self, samples: Samples) -> Samples:
        """The kept samples, one after the other."""
        import numpy as np

        return np.concatenate([samples[int(a * RATE) : int(b * RATE)] for a, b in self.kept])

    def _offsets(self) -> list[tuple[float, float, float]]:
        """Start and end of each kept stretch in the joined time, and what to add to go back."""
        rows, reached = [], 0.0
        for start, end in self.kept:
            rows.append((reached, reached + end - start, start - reached))
            reached += end - start
        return rows

    def moved(self, spans: Iterable[Span]) -> list[Span]:
        """Spans of the recording, each within one kept stretch, in the joined time."""
        rows = self._offsets()
        moved = []
        for start, end in spans:
            offset = next(add for first, _, add in reversed(rows) if start >= first + add)
            moved.append((start - offset, end - offset))
        return moved

    def back(self, word: Word) -> Word:
        """A word of the joined time in the recording's time."""
        middle = (word.start + word.end) / 2
        rows = self._offsets()
        offset = next((o for _, end, o in rows if middle < end), rows[-1][2])
        return replace(word, start=round(word.start + offset, 3), end=round(word.end + offset, 3))


def pack(spans: Iterable[Span], duration: float) -> list[Span]:
    """Join speech into clips of at most ``CLIP_SECONDS``, padded at the cuts, never overlapping."""
    clips: list[Span] = []
    for start, end in _bounded(spans):
        if clips and end - clips[-1][0] <= _UNPADDED_SECONDS:
            clips[-1] = (clips[-1][0], end)
        else:
            clips.append((start, end))
    return [
        (
            max(start - PAD, (clips[i - 1][1] + start) / 2 if i else 0.0),
            min(end + PAD, (end + clips[i + 1][0]) / 2 if i + 1 < len(clips) else duration),
        )
        for i, (start, end) in enumerate(clips)
    ]


def _bounded(spans: Iterable[Span]) -> Iterable[Span]:
    """Speech without a pause for longer than a clip is cut into equal parts."""
    for start, end in spans:
        parts = int((end - start) // _UNPADDED_SECONDS) + 1
        size = (end - start) / parts
        for part in range(parts):
            yield start + part * size, start + (part + 1) * size


def _invented(segment: Any) -> bool:
    unlikely = segment.no_speech_prob > NO_SPEECH and segment.avg_logprob < LOW_LOGPROB
    return bool(unlikely or segment.compression_ratio > LOOP_RATIO)


def _words(segment: Any, offset: float = 0.0) -> list[Word]:
    return [
        Word(
            word.word.strip(),
            round(float(word.start) + offset, 3),
            round(float(word.end) + offset, 3),
            round(float(word.probability), 3),
        )
        for word in segment.words or ()
        if word.word.strip()
    ]


def _without_words(spans: tuple[Span, ...], words: list[Word]) -> list[Span]:
    middles = [(word.start + word.end) / 2 for word in words]
    return [
        (max(start - PAD, 0.0), end + PAD)
        for start, end in spans
        if end - start >= MISSED_SECONDS
        and not any(start - WORD_SLACK <= middle <= end + WORD_SLACK for middle in middles)
    ]


def _clipped(words: Iterable[Word], spans: tuple[Span, ...]) -> Iterable[Word]:
    """Words cut to the speech they stand in; those in no speech at all are dropped."""
    homes = Home(spans)
    for word in words:
        home = spans[homes.of(word)]
        if shared(word, home) < -WORD_SLACK:
            continue
        start = max(word.start, round(home[0], 3))
        end = min(word.end, round(home[1], 3))
        yield word if end <= start else Word(word.text, start, end, word.probability)
