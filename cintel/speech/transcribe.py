"""Words with times from sound, by faster-whisper.

Speech is packed into clips that are decoded in batches beside each other. Then the result is
checked: invented text is dropped, and a clip that loops, or leaves speech without words, is
decoded again in smaller parts; what fits the speech better is kept, with words clipped to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from cintel.conversation import Span, Word
from cintel.speech.clips import RATE, Clip, pack
from cintel.speech.lanes import Lanes
from cintel.speech.spans import Home, shared
from cintel.speech.whisper import Encoded, Guess, Whisper

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

Hook = Callable[[str, int, int], None]
BATCH = 8
# Both must hold before a clip counts as invented: either alone also happens in real speech.
NO_SPEECH, LOW_LOGPROB = 0.6, -1.0
LOOP_RATIO = 2.4
# Speech this long without a word means that the decoder lost its way; a word is no longer than
# the other figure, whatever the alignment says.
MISSED_SECONDS, WORD_SECONDS = 1.5, 1.0
SECOND_TRY_SECONDS = 10.0
WORD_SLACK = 0.3


@dataclass(frozen=True, slots=True)
class Transcript:
    """Words in order of time, the language (ISO 639-1) and how sure the model is of it."""

    words: tuple[Word, ...]
    language: str
    language_probability: float


class Transcriber:
    """Loads a faster-whisper model once.

    Args:
        folder: a CTranslate2 model.
        lanes: where batches run; one lane of a GPU, a lane a core else.
        device: ``cpu`` or ``cuda``.
        hotwords: names and terms to expect.
    """

    def __init__(
        self, folder: Path, lanes: Lanes, device: str = "cpu", hotwords: str | None = None
    ) -> None:
        self._lanes = lanes
        self._whisper = Whisper(folder, device, lanes.count, hotwords)

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
            speech: where somebody speaks, in seconds, in order.
            language: ISO 639-1; None identifies it.
            hook: ``hook(step, completed, total)`` in clips.
        """
        clips = pack(speech, samples.size / RATE)
        if not clips:
            return Transcript((), language or "und", 0.0)
        batches = _batches(clips, self._lanes.count)
        first, probability = None, 1.0
        if language is None:
            first = self._encode(samples, batches[0])
            language, probability = self._whisper.language(first)
        heard = self._hear(samples, batches, language, first, hook)
        heard = self._again(samples, heard, language)
        words = sorted(_words(heard), key=lambda word: word.start)
        return Transcript(tuple(words), language, probability)

    def _encode(self, samples: Samples, clips: Sequence[Clip]) -> Encoded:
        return self._whisper.encode([clip.cut(samples) for clip in clips])

    def _hear(
        self,
        samples: Samples,
        batches: list[list[Clip]],
        language: str,
        first: Encoded | None = None,
        hook: Hook | None = None,
    ) -> list[tuple[Clip, Guess]]:
        def work(number: int) -> list[Guess]:
            encoded = first if first and number == 0 else self._encode(samples, batches[number])
            return self._whisper.decode(encoded, language)

        total = sum(map(len, batches))
        heard: list[tuple[Clip, Guess]] = []
        for batch, guesses in zip(batches, self._lanes.map(work, range(len(batches))), strict=True):
            heard += zip(batch, guesses, strict=True)
            if hook:
                hook("transcription", len(heard), total)
        return heard

    def _again(
        self, samples: Samples, heard: list[tuple[Clip, Guess]], language: str
    ) -> list[tuple[Clip, Guess]]:
        """Give clips that went wrong a second try in smaller parts."""
        kept: list[tuple[Clip, Guess]] = []
        parts: dict[int, list[Clip]] = {}
        for number, (clip, guess) in enumerate(heard):
            if _loops(guess) or _missed(clip, guess):
                parts[number] = pack(clip.speech, clip.kept[-1][1], SECOND_TRY_SECONDS)
        clips = [part for found in parts.values() for part in found]
        second = iter(self._hear(samples, _batches(clips, self._lanes.count), language))
        for number, (clip, guess) in enumerate(heard):
            found = [next(second) for _ in parts.get(number, ())]
            better = _loops(guess) or sum(len(g.words) for _, g in found) > len(guess.words)
            kept += found if found and better else [(clip, guess)]
        return kept


def _batches(clips: list[Clip], lanes: int) -> list[list[Clip]]:
    """At most ``BATCH`` clips each, about as many in one as in another, for all lanes if it can."""
    if not clips:
        return []
    count = min(len(clips), max(lanes, -(-len(clips) // BATCH)))
    edges = [round(len(clips) * number / count) for number in range(count + 1)]
    return [clips[first:last] for first, last in pairwise(edges)]


def _loops(guess: Guess) -> bool:
    return guess.repetition > LOOP_RATIO


def _invented(guess: Guess) -> bool:
    return guess.no_speech > NO_SPEECH and guess.logprob < LOW_LOGPROB


def _missed(clip: Clip, guess: Guess) -> bool:
    """Whether a stretch of speech has no words in it."""
    words = [clip.back(word) for word in guess.words]
    for start, end in clip.speech:
        reached = start
        for word in words:
            if word.end > start and word.start < end:
                if word.start - reached >= MISSED_SECONDS:
                    return True
                reached = max(reached, min(word.end, word.start + WORD_SECONDS))
        if end - reached >= MISSED_SECONDS:
            return True
    return False


def _words(heard: Iterable[tuple[Clip, Guess]]) -> Iterable[Word]:
    """Words cut to the speech they stand in; those in no speech at all are dropped."""
    for clip, guess in heard:
        if _invented(guess) or _loops(guess):
            continue
        homes = Home(clip.speech)
        for word in map(clip.back, guess.words):
            home = clip.speech[homes.of(word)]
            if shared(word, home) < -WORD_SLACK:
                continue
            start = max(word.start, round(home[0], 3))
            end = min(word.end, round(home[1], 3))
            yield word if end <= start else replace(word, start=start, end=end)
