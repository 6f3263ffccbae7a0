"""Who speaks when in a mono recording, on pyannote.audio's blocks, with calls in mind.

``segmentation-3.0`` hears pauses, changes and overlaps in ten-second windows and so cuts speech
into pieces; CAM++ frame features are computed once over the file and pooled a piece; clustering
with a prior of two people gives every piece its speaker.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from itertools import combinations, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cintel.conversation import Span
from cintel.ingest.audio import SAMPLE_RATE
from cintel.runtime import Hook, prepare
from cintel.speech.clustering import cluster
from cintel.speech.lanes import Lanes
from cintel.speech.pieces import Pieces, cut
from cintel.speech.segmentation import Segmentation, Windows, runs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pyannote.core import Annotation

    Floats = NDArray[np.float32]

# Seconds of speech in a pass of the voice network.
CHUNK_SECONDS = 30
MARGIN = 0.5
MIN_GAP = 0.1
# With fewer 20 ms frames that one person speaks alone, a piece's overlapped ones count too.
FEWEST_ALONE = 10
MIN_OVERLAP = 0.2


@dataclass(frozen=True, slots=True)
class Diarization:
    """Speech by speaker.

    Attributes:
        spans: (start, end) stretches by speaker name; speakers may overlap.
        exclusive: the same with one speaker at a time, for giving words to speakers.
        confidence: how well the voices stand apart, 0…1.
    """

    spans: dict[str, tuple[Span, ...]]
    exclusive: dict[str, tuple[Span, ...]]
    confidence: float

    @property
    def overlaps(self) -> tuple[Span, ...]:
        """Where two or more speak at once, for at least ``MIN_OVERLAP`` seconds."""
        return tuple(
            (max(first[0], second[0]), min(first[1], second[1]))
            for one, other in combinations(self.spans.values(), 2)
            for first in one
            for second in other
            if min(first[1], second[1]) - max(first[0], second[0]) >= MIN_OVERLAP
        )

    def annotation(self) -> Annotation:
        """As a pyannote ``Annotation``, for RTTM and metrics."""
        from pyannote.core import Annotation, Segment

        annotation = Annotation()
        for speaker, spans in self.spans.items():
            for track, (start, end) in enumerate(spans):
                annotation[Segment(start, end), f"{speaker}{track}"] = speaker
        return annotation


class Diarizer:
    """Loads both networks once; :meth:`diarize` is then called per recording."""

    def __init__(
        self, segmentation: Segmentation, embedding: Path, lanes: Lanes, device: str = "cpu"
    ) -> None:
        prepare()
        import torch

        from cintel.speech import campplus

        self._device = torch.device(device)
        self._lanes = lanes
        self._segmentation = segmentation
        self._embedding = campplus.load(embedding, device)

    def diarize(
        self,
        samples: Floats,
        speakers: int | None = None,
        hook: Hook | None = None,
        windows: Windows | None = None,
    ) -> Diarization:
        """Find the speakers of a mono recording.

        Args:
            samples: shape (time,), 16 kHz.
            speakers: how many people speak; None: two, unless one voice is all there is.
            hook: ``hook(step, completed, total)``.
            windows: what the segmentation heard, where that is known already.
        """
        pieces = cut(windows or self._segmentation.hear(samples, hook=hook))
        vectors = self._voices(samples, pieces, hook)
        labels, confidence = cluster(vectors, pieces.seconds, pieces.relation, speakers)
        return _rebuild(pieces, vectors, labels, confidence, len(samples) / SAMPLE_RATE)

    def voice(self, samples: Floats, spans: Iterable[Span]) -> Floats:
        """The voice of one person, for telling it again.

        Args:
            samples: shape (time,), 16 kHz.
            spans: where that person speaks alone, in seconds; half a second in all at least.

        Returns:
            (192,), of length one.
        """
        import numpy as np
        import torch

        from cintel.speech.campplus import mel_energies

        parts = [
            samples[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)] for start, end in spans
        ]
        with torch.inference_mode():
            mel = mel_energies(torch.from_numpy(np.concatenate(parts)))
            features = self._features(mel - mel.mean(0))
            pooled = self._embedding.pool(features, torch.ones(1, features.shape[1]).to(features))
        vector: Floats = pooled[0].cpu().numpy()
        return vector

    def _voices(self, samples: Floats, pieces: Pieces, hook: Hook | None) -> Floats:
        """(pieces, 192) embeddings, from features that many neighbours share."""
        import numpy as np

        from cintel.speech.campplus import DIMENSION

        chunks = _chunks(pieces)
        parts = [np.zeros((0, DIMENSION), dtype=np.float32)]
        # The line's own sound is taken off: one mean for all chunks, or they do not compare.
        totals = list(self._lanes.map(partial(_mel_total, samples, pieces), chunks))
        mean = sum(total for total, _ in totals) / max(sum(count for _, count in totals), 1)
        for found in self._lanes.map(partial(self._chunk_voices, samples, pieces, mean), chunks):
            parts.append(found)
            if hook:
                hook("embedding", len(parts) - 1, len(chunks))
        return np.concatenate(parts)

    def _chunk_voices(self, samples: Floats, pieces: Pieces, mean: Any, chunk: slice) -> Floats:
        """Overlapped frames count only where there are no others."""
        import numpy as np
        import torch

        from cintel.speech.campplus import FRAME_SECONDS

        step, frames = pieces.frame_seconds, pieces.frames[chunk]
        start, mel = _mel(samples, pieces, chunk)
        with torch.inference_mode():
            features = self._features(mel - mean)
            middles = start + (np.arange(features.shape[1]) + 0.5) * FRAME_SECONDS
            frame = np.minimum((middles / step).astype(int), len(pieces.overlap) - 1)
            alone = torch.from_numpy(~pieces.overlap[frame]).float().to(self._device)
            pooled = []
            for first, last in np.searchsorted(frame, frames).tolist():
                weights = alone[None, first:last]
                if weights.sum() < FEWEST_ALONE:
                    weights = torch.ones_like(weights)
                pooled.append(self._embedding.pool(features[:, first:last], weights))
            found: Floats = torch.cat(pooled).cpu().numpy()
        return found

    def _features(self, mel: Any) -> Any:
        """CAM++ frame features, (512, frames at 20 ms)."""
        return self._embedding(mel.to(self._device).unsqueeze(0))[0]


def _mel(samples: Floats, pieces: Pieces, chunk: slice) -> tuple[float, Any]:
    """Where a chunk of pieces starts, in seconds, and its mel energies."""
    import torch

    from cintel.speech.campplus import mel_energies

    frames = pieces.frames[chunk]
    start = max(float(frames[0, 0]) * pieces.frame_seconds - MARGIN, 0.0)
    # Kaldi's last frames end early; the margin also covers them.
    end = float(frames[-1, 1]) * pieces.frame_seconds + MARGIN
    return start, mel_energies(
        torch.from_numpy(samples[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)])
    )


def _mel_total(samples: Floats, pieces: Pieces, chunk: slice) -> tuple[Any, int]:
    _, mel = _mel(samples, pieces, chunk)
    return mel.sum(0), len(mel)


def _chunks(pieces: Pieces) -> list[slice]:
    """Runs of pieces that span about ``CHUNK_SECONDS``, one as long as another."""
    import numpy as np

    if not len(pieces.frames):
        return []
    reached = np.cumsum(pieces.seconds)
    count = max(1, round(float(reached[-1]) / CHUNK_SECONDS))
    edges = np.searchsorted(reached, reached[-1] * np.arange(1, count) / count).tolist()
    marks = sorted({0, *edges, len(reached)})
    return [slice(first, last) for first, last in pairwise(marks)]


def _rebuild(
    pieces: Pieces, vectors: Floats, labels: NDArray[np.int64], confidence: float, duration: float
) -> Diarization:
    """Pieces under their speakers' names; where two people speak, the next likeliest speaks too."""
    import numpy as np

    found = int(labels.max()) + 1 if len(labels) else 0
    floor = np.zeros((len(pieces.overlap), found), dtype=bool)
    both = np.zeros_like(floor)
    centroids = [vectors[labels == k].mean(axis=0) for k in range(found)]
    for (first, last), vector, label in zip(pieces.frames, vectors, labels, strict=True):
        floor[first:last, label] = True
        if found > 1:
            others = [k for k in range(found) if k != label]
            second = others[int(np.argmax([vector @ centroids[k] for k in others]))]
            both[first:last, second] = pieces.overlap[first:last]
    step = pieces.frame_seconds
    return Diarization(
        _spans(floor | both, step, duration), _spans(floor, step, duration), confidence
    )


def _spans(
    activity: NDArray[np.bool_], step: float, duration: float
) -> dict[str, tuple[Span, ...]]:
    """(frames, speakers) activity as stretches, pauses under ``MIN_GAP`` closed."""
    result: dict[str, tuple[Span, ...]] = {}
    for speaker in range(activity.shape[1]):
        spans: list[Span] = []
        for first, last in runs(activity[:, speaker]):
            start, end = first * step, min(last * step, duration)
            if spans and start - spans[-1][1] < MIN_GAP:
                start = spans.pop()[0]
            spans.append((round(start, 3), round(end, 3)))
        if spans:
            result[f"SPEAKER_{speaker:02d}"] = tuple(spans)
    return result
