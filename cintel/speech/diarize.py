"""Who speaks when in a mono recording, on pyannote.audio's blocks, with calls in mind.

``segmentation-3.0`` hears pauses, changes and overlaps in ten-second windows and so cuts speech
into pieces; CAM++ frame features are computed once over the file and pooled a piece; clustering
with a prior of two people gives every piece its speaker.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cintel.conversation import Span
from cintel.runtime import prepare
from cintel.speech.clustering import cluster
from cintel.speech.pieces import Pieces, cut, runs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pyannote.core import Annotation

    Floats = NDArray[np.float32]

Hook = Callable[[str, int, int], None]
STEP_RATIO = 0.25
CHUNK_SECONDS = 60
MIN_GAP = 0.1
# With fewer 20 ms frames that one person speaks alone, a piece's overlapped ones count too.
FEWEST_ALONE = 10
MIN_OVERLAP = 0.2
_RATE = 16_000


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

    def __init__(self, segmentation: Path, embedding: Path, device: str = "cpu") -> None:
        prepare()
        import torch

        from cintel.speech import campplus

        self._device = torch.device(device)
        with warnings.catch_warnings():
            # Sound is decoded by PyAV; pyannote warns that its own decoder is not there.
            warnings.simplefilter("ignore")
            from pyannote.audio import Inference, Model

            model = Model.from_pretrained(str(segmentation / "pytorch_model.bin"))
        assert model is not None
        duration = float(model.specifications.duration)  # type: ignore[union-attr]
        self._frames = model.receptive_field
        self._segment = Inference(
            model, duration=duration, step=STEP_RATIO * duration, skip_aggregation=True,
            batch_size=32, device=self._device,
        )  # fmt: skip
        self._embedding = campplus.load(embedding, device)

    def diarize(
        self, samples: Floats, speakers: int | None = None, hook: Hook | None = None
    ) -> Diarization:
        """Find the speakers of a mono recording.

        Args:
            samples: shape (time,), 16 kHz.
            speakers: how many people speak; None: two, unless one voice is all there is.
            hook: ``hook(step, completed, total)``.
        """
        import torch

        waveform = torch.from_numpy(samples).unsqueeze(0)
        if waveform.shape[1] < _RATE:
            waveform = torch.nn.functional.pad(waveform, (0, _RATE - waveform.shape[1]))
        with torch.inference_mode():
            windows = self._segment(
                {"waveform": waveform, "sample_rate": _RATE},
                hook=partial(_report, hook) if hook else None,
            )
            pieces = cut(windows, self._frames)
            vectors = self._voices(pieces, self._features(waveform[0], hook))
        labels, confidence = cluster(vectors, pieces.seconds, pieces.relation, speakers)
        return _rebuild(pieces, vectors, labels, confidence, len(samples) / _RATE)

    def _features(self, samples: Any, hook: Hook | None) -> Any:
        """CAM++ frame features of the whole recording, (512, frames at 20 ms)."""
        import torch

        from cintel.speech.campplus import mel_energies

        parts = []
        chunks = samples.split(CHUNK_SECONDS * _RATE)
        for number, chunk in enumerate(chunks, start=1):
            if len(chunk) >= _RATE // 10:
                mel = mel_energies(chunk).to(self._device)
                # The kaldi frames of a chunk end 15 ms early; pad to whole seconds of features.
                found = self._embedding(mel.unsqueeze(0))[0]
                wanted = round(len(chunk) / _RATE * 50)
                parts.append(torch.nn.functional.pad(found, (0, wanted - found.shape[1])))
            if hook:
                hook("embedding", number, len(chunks))
        return torch.cat(parts, dim=1)

    def _voices(self, pieces: Pieces, features: Any) -> Floats:
        """(pieces, 192) embeddings; overlapped frames count only where there are no others."""
        import numpy as np
        import torch

        from cintel.speech.campplus import DIMENSION, FRAME_SECONDS

        middles = (np.arange(features.shape[1]) + 0.5) * FRAME_SECONDS
        frame = np.minimum((middles / pieces.frame_seconds).astype(int), len(pieces.overlap) - 1)
        alone = torch.from_numpy(~pieces.overlap[frame]).float().to(self._device)
        pooled = [torch.zeros((0, DIMENSION), device=self._device)]
        for first, last in np.searchsorted(frame, pieces.frames).tolist():
            weights = alone[None, first:last]
            if weights.sum() < FEWEST_ALONE:
                weights = torch.ones_like(weights)
            pooled.append(self._embedding.pool(features[:, first:last], weights))
        voices: Floats = torch.cat(pooled).cpu().numpy()
        return voices


def _report(hook: Hook, completed: int, total: int) -> None:
    """Pyannote's hooks are called by keyword."""
    hook("segmentation", completed, total)


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
