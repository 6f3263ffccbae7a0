"""Speech packed into clips for the recogniser, and the way back to the recording's own times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from cintel.conversation import Span, Word
from cintel.ingest.audio import SAMPLE_RATE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

CLIP_SECONDS = 29.0
# A longer pause is cut out: Whisper invents text on long silence, and silence costs as much.
LONGEST_PAUSE = 1.0
PAD = 0.25
_FINER = 0.25


@dataclass(frozen=True, slots=True)
class Clip:
    """Stretches of a recording that are heard as one.

    Attributes:
        speech: where somebody speaks, in seconds of the recording, in order.
        kept: the stretches, padded, pauses up to ``LONGEST_PAUSE`` among them.
    """

    speech: tuple[Span, ...]
    kept: tuple[Span, ...]

    @property
    def seconds(self) -> float:
        """How long it is."""
        return sum(end - start for start, end in self.kept)

    def cut(self, samples: Samples) -> Samples:
        """Its samples, one stretch after the other."""
        import numpy as np

        return np.concatenate(
            [samples[int(a * SAMPLE_RATE) : int(b * SAMPLE_RATE)] for a, b in self.kept]
        )

    def back(self, word: Word) -> Word:
        """A word in the clip's time, in the recording's."""
        middle = (word.start + word.end) / 2
        reached = 0.0
        for start, end in self.kept:
            offset = start - reached
            reached += end - start
            if middle < reached:
                break
        return replace(word, start=round(word.start + offset, 3), end=round(word.end + offset, 3))


def pack(speech: Iterable[Span], duration: float, longest: float = CLIP_SECONDS) -> list[Clip]:
    """As few clips as can be, of about the same length; none overlaps another.

    Args:
        speech: in seconds, in order.
        duration: of the recording.
        longest: seconds a clip may have.
    """
    spans = list(_bounded(speech, longest - 2 * PAD))
    padded = _padded(spans, duration)
    clips = _filled(spans, padded, longest)
    if len(clips) < 2:
        return clips
    # The batch takes as long as its longest clip.
    limit = sum(clip.seconds for clip in clips) / len(clips)
    while limit < longest:
        even = _filled(spans, padded, limit)
        if len(even) == len(clips):
            return even
        limit += _FINER
    return clips


def _bounded(speech: Iterable[Span], longest: float) -> Iterator[Span]:
    """Speech without a pause for longer than a clip is cut into equal parts."""
    for start, end in speech:
        parts = int((end - start) // longest) + 1
        size = (end - start) / parts
        for part in range(parts):
            yield start + part * size, start + (part + 1) * size


def _padded(spans: Sequence[Span], duration: float) -> list[Span]:
    """Each span with ``PAD`` around it; pads that would meet share the pause."""
    if not spans:
        return []
    halves = [(after[0] - before[1]) / 2 for before, after in pairwise(spans)]
    befores = [spans[0][0], *halves]
    afters = [*halves, max(duration - spans[-1][1], 0.0)]
    return [
        (start - min(PAD, before), end + min(PAD, after))
        for (start, end), before, after in zip(spans, befores, afters, strict=True)
    ]


def _filled(spans: Sequence[Span], padded: Sequence[Span], limit: float) -> list[Clip]:
    clips: list[Clip] = []
    for span, (start, end) in zip(spans, padded, strict=True):
        last = clips[-1] if clips else None
        joined = _joined(last, span, start, end) if last else None
        if joined and joined.seconds <= limit:
            clips[-1] = joined
        else:
            clips.append(Clip((span,), ((start, end),)))
    return clips


def _joined(clip: Clip, span: Span, start: float, end: float) -> Clip:
    speech = (*clip.speech, span)
    if span[0] - clip.speech[-1][1] <= LONGEST_PAUSE:
        return Clip(speech, (*clip.kept[:-1], (clip.kept[-1][0], end)))
    return Clip(speech, (*clip.kept, (start, end)))
