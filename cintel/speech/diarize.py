"""Who speaks when in a mono recording, on pyannote.audio's blocks, with calls in mind.

``segmentation-3.0`` finds up to three local speakers in ten-second windows; CAM++ frame features
are computed once over the file and pooled by each local speaker's mask; constrained clustering
joins the local speakers to the two people of a call.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cintel.conversation import Span
from cintel.runtime import prepare
from cintel.speech.clustering import Locals, cluster

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pyannote.core import Annotation, SlidingWindowFeature

    Floats = NDArray[np.float32]

Hook = Callable[[str, int, int], None]
STEP_RATIO = 0.25
CHUNK_SECONDS = 60
MIN_GAP = 0.1
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
        duration = float(model.specifications.duration)
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
                hook=(lambda done, total: hook("segmentation", done, total)) if hook else None,
            )
            features = self._features(waveform[0], hook)
            locals_ = self._locals(windows, features)
        groups, confidence = cluster(locals_, speakers)
        return self._rebuild(windows, groups, confidence, len(samples) / _RATE)

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

    def _locals(self, windows: SlidingWindowFeature, features: Any) -> Locals:
        """Every window's speakers: their masks, embeddings and seconds of clean speech."""
        import numpy as np
        import torch

        masks = windows.data.astype(np.float32)  # (windows, frames, local speakers)
        clean = masks * (masks.sum(axis=2, keepdims=True) < 2)
        count, frames, width = masks.shape
        embeddings = np.zeros((count, width, 192), dtype=np.float32)
        for index in range(count):
            start = round(windows.sliding_window[index].start * 50)
            part = features[:, start : start + 500]
            if part.shape[1] == 0:
                continue
            at = np.minimum((np.arange(part.shape[1]) * frames) // 500, frames - 1)
            weights = torch.from_numpy(np.ascontiguousarray(clean[index, at].T)).to(self._device)
            embeddings[index] = self._embedding.pool(part, weights).cpu().numpy()
        frame_seconds = windows.sliding_window.duration / frames
        return Locals(masks, embeddings, clean.sum(axis=1) * frame_seconds, STEP_RATIO)

    def _rebuild(
        self,
        windows: SlidingWindowFeature,
        groups: NDArray[np.int64],
        confidence: float,
        duration: float,
    ) -> Diarization:
        """Windows overlapped and added, each local speaker under its group's name."""
        import numpy as np
        from pyannote.audio.pipelines.utils import SpeakerDiarizationMixin as Blocks
        from pyannote.core import SlidingWindowFeature

        found = int(groups.max()) + 1
        if found == 0:
            return Diarization({}, {}, confidence)
        activity = np.full((*windows.data.shape[:2], found), np.nan, dtype=np.float32)
        for index, row in enumerate(groups):
            for group in set(row[row >= 0]):
                activity[index, :, group] = windows.data[index][:, row == group].max(axis=1)
        named = SlidingWindowFeature(activity, windows.sliding_window)
        count = Blocks.speaker_count(windows, self._frames, warm_up=(0.0, 0.0))
        count.data = np.minimum(count.data, found).astype(np.int8)
        spans = _spans(Blocks, named, count, duration)
        count.data = np.minimum(count.data, 1).astype(np.int8)
        return Diarization(spans, _spans(Blocks, named, count, duration), confidence)


def _spans(
    blocks: Any, activity: SlidingWindowFeature, count: SlidingWindowFeature, duration: float
) -> dict[str, tuple[Span, ...]]:
    discrete = blocks.to_diarization(activity, count)
    annotation = blocks.to_annotation(discrete, min_duration_off=MIN_GAP)
    return {
        f"SPEAKER_{int(label):02d}": tuple(
            (round(segment.start, 3), round(min(segment.end, duration), 3))
            for segment in annotation.label_timeline(label).support()
            if segment.start < duration
        )
        for label in sorted(annotation.labels())
    }
