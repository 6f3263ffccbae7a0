"""Words with times from sound, by faster-whisper.

Speech is packed into clips that are decoded in batches beside each other. Then the result is
checked: invented text is dropped, and a clip that loops, or leaves speech without words, is
decoded again in smaller parts; what fits the speech better is kept, with words clipped to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cintel.conversation import Span, Word
from cintel.ingest.audio import SAMPLE_RATE
from cintel.runtime import Hook
from cintel.speech.clips import Clip, pack
from cintel.speech.lanes import Lanes
from cintel.speech.spans import Home, shared
from cintel.speech.whisper import Encoded, Guess, Whisper

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

# Attention over 1,500 frames takes 72 MB a clip in whisper-base, in every lane, and on a core of
# its own a clip is heard as fast alone as with others.
BATCH = 1
# Both must hold before a clip counts as invented: either alone also happens in real speech.
NO_SPEECH, LOW_LOGPROB = 0.6, -1.0
LOOP_RATIO = 2.4
# Speech this long without a word means that the decoder lost its way; a word is no longer than
# the other figure, whatever the alignment says.
MISSED_SECONDS, WORD_SECONDS = 1.5, 1.0
SECOND_TRY_SECONDS = 10.0
# On a GPU: what the other networks take, what a clip takes as a share of the weights (attention
# to its 1,500 frames in every layer, times the beam), and where more at once gains nothing.
OTHERS_GB, CLIP_SHARE, MOST_CLIPS = 1.5, 0.15, 32
WORD_SLACK = 0.3


@dataclass(frozen=True, slots=True)
class Transcript:
    """Words in order of time, the language (ISO 639-1) and how sure the model is of it."""

    words: tuple[Word, ...]
    language: str
    language_probability: float


@dataclass(frozen=True, slots=True)
class Track:
    """One channel to transcribe.

    Attributes:
        samples: shape (time,), 16 kHz.
        speech: where somebody speaks, in seconds, in order.
    """

    samples: Samples
    speech: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class _Job:
    track: int
    clip: Clip


_Heard = tuple[_Job, Guess]


class Transcriber:
    """Loads a faster-whisper model once.

    Args:
        folder: a CTranslate2 model.
        lanes: where batches run; one lane of a GPU, a lane a core else.
        device: ``cpu`` or ``cuda``.
        hotwords: names and terms to expect.
        batch: the most clips decoded together.
    """

    def __init__(
        self,
        folder: Path,
        lanes: Lanes,
        device: str = "cpu",
        hotwords: str | None = None,
        batch: int = BATCH,
    ) -> None:
        self._lanes = lanes
        self._batch = batch
        self._whisper = Whisper(folder, device, lanes.count, hotwords)

    def transcribe(
        self, tracks: Sequence[Track], language: str | None = None, hook: Hook | None = None
    ) -> list[Transcript]:
        """Transcribe the channels of one call, which is in one language.

        Args:
            tracks: one or more; their clips share batches.
            language: ISO 639-1; None identifies it.
            hook: ``hook(step, completed, total)`` in clips.

        Returns:
            A transcript a track.
        """
        jobs = [
            _Job(number, clip)
            for number, track in enumerate(tracks)
            for clip in pack(track.speech, track.samples.size / SAMPLE_RATE)
        ]
        if not jobs:
            return [Transcript((), language or "und", 0.0) for _ in tracks]
        batches = self._lanes.shares(jobs, self._batch)
        begun: list[Encoded] = []
        probability = 1.0
        if language is None:
            encode = partial(self._encode, tracks)
            begun = list(self._lanes.map(encode, batches[: self._lanes.count]))
            language, probability = self._whisper.language(begun[0])
        heard = self._hear(tracks, batches, language, begun, hook)
        heard = self._again(tracks, heard, language)
        words: list[list[Word]] = [[] for _ in tracks]
        for job, guess in heard:
            words[job.track] += _words(job.clip, guess)
        return [
            Transcript(tuple(sorted(found, key=lambda word: word.start)), language, probability)
            for found in words
        ]

    def _encode(self, tracks: Sequence[Track], jobs: Sequence[_Job]) -> Encoded:
        return self._whisper.encode([job.clip.cut(tracks[job.track].samples) for job in jobs])

    def _hear(
        self,
        tracks: Sequence[Track],
        batches: list[list[_Job]],
        language: str,
        begun: Sequence[Encoded] = (),
        hook: Hook | None = None,
    ) -> list[_Heard]:
        def work(number: int) -> list[Guess]:
            known = number < len(begun)
            encoded = begun[number] if known else self._encode(tracks, batches[number])
            return self._whisper.decode(encoded, language)

        total = sum(map(len, batches))
        heard: list[_Heard] = []
        for batch, guesses in zip(batches, self._lanes.map(work, range(len(batches))), strict=True):
            heard += zip(batch, guesses, strict=True)
            if hook:
                hook("transcription", len(heard), total)
        return heard

    def _again(self, tracks: Sequence[Track], heard: list[_Heard], language: str) -> list[_Heard]:
        """Give clips that went wrong a second try in smaller parts."""
        parts: dict[int, list[_Job]] = {}
        for number, (job, guess) in enumerate(heard):
            if _loops(guess) or _missed(job.clip, guess):
                clips = pack(job.clip.speech, job.clip.kept[-1][1], SECOND_TRY_SECONDS)
                parts[number] = [_Job(job.track, clip) for clip in clips]
        smaller = [job for found in parts.values() for job in found]
        batches = self._lanes.shares(smaller, self._batch)
        second = iter(self._hear(tracks, batches, language))
        kept: list[_Heard] = []
        for number, (job, guess) in enumerate(heard):
            found = [next(second) for _ in parts.get(number, ())]
            better = _loops(guess) or sum(len(g.words) for _, g in found) > len(guess.words)
            kept += found if found and better else [(job, guess)]
        return kept


def gpu_batch(folder: Path, vram: float) -> int:
    """How many clips of a model fit into a GPU's memory at once.

    Args:
        folder: the model; its weights are half precision.
        vram: GB to stay within; the other networks take ``OTHERS_GB`` of them.
    """
    weights = sum(path.stat().st_size for path in folder.glob("model.bin")) / 1e9
    return max(
        1, min(MOST_CLIPS, int((vram - OTHERS_GB - weights) / (CLIP_SHARE * weights + 0.02)))
    )


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


def _words(clip: Clip, guess: Guess) -> Iterable[Word]:
    """Words cut to the speech they stand in; those in no speech at all are dropped."""
    if _invented(guess) or _loops(guess):
        return
    homes = Home(clip.speech)
    for word in map(clip.back, guess.words):
        home = clip.speech[homes.of(word)]
        if shared(word, home) < -WORD_SLACK:
            continue
        start = max(word.start, round(home[0], 3))
        end = min(word.end, round(home[1], 3))
        yield word if end <= start else replace(word, start=start, end=end)
