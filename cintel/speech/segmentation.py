"""pyannote's segmentation network over a recording, windows beside each other."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cintel.conversation import Span
from cintel.ingest.audio import SAMPLE_RATE
from cintel.runtime import Hook
from cintel.speech.lanes import Lanes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pyannote.core import SlidingWindow, SlidingWindowFeature

    Floats = NDArray[np.float32]

# Shares of a window from one window to the next: who speaks needs more opinions than whether.
SPEAKER_STEP, SPEECH_STEP = 0.25, 0.5
BATCH = 12
# Around speech. Every pause longer than two pads is told: clips are best cut at one.
SPEECH_PAD = 0.05


@dataclass(frozen=True)
class Windows:
    """What the network heard.

    Attributes:
        activity: (windows, frames, local speakers), 0 or 1.
        frames: the times of the frames in the whole recording.
        seconds: the recording's length.
    """

    activity: SlidingWindowFeature
    frames: SlidingWindow
    seconds: float

    @cached_property
    def count(self) -> NDArray[np.int64]:
        """(frames,) how many people speak, by most windows."""
        import numpy as np
        from pyannote.audio.pipelines.utils import SpeakerDiarizationMixin as Blocks

        found = Blocks.speaker_count(self.activity, self.frames, warm_up=(0.0, 0.0))
        return np.asarray(found.data[:, 0], dtype=np.int64)

    def speech(self) -> tuple[Span, ...]:
        """Where somebody speaks, in seconds, in order."""
        found: list[Span] = []
        for first, last in runs(self.count > 0):
            start = max(first * self.frames.step - SPEECH_PAD, 0.0)
            end = min(last * self.frames.step + SPEECH_PAD, self.seconds)
            if found and start <= found[-1][1]:
                start = found.pop()[0]
            if start < end:
                found.append((start, end))
        return tuple(found)


class Segmentation:
    """Loads the network once.

    Args:
        folder: holds ``pytorch_model.bin``.
        lanes: where batches of windows run.
        device: a torch device.
    """

    def __init__(self, folder: Path, lanes: Lanes, device: Any) -> None:
        with warnings.catch_warnings():
            # Sound is decoded by PyAV; pyannote warns that its own decoder is not there.
            warnings.simplefilter("ignore")
            from pyannote.audio import Model
            from pyannote.audio.utils.powerset import Powerset

            model = Model.from_pretrained(str(folder / "pytorch_model.bin"))
        assert model is not None
        self._lanes = lanes
        self._device = device
        self._model: Any = model.eval().to(device)
        specification: Any = model.specifications
        self._seconds = float(specification.duration)
        self._speakers = Powerset(
            len(specification.classes), specification.powerset_max_classes
        ).to(device)

    def hear(
        self, samples: Floats, step_ratio: float = SPEAKER_STEP, hook: Hook | None = None
    ) -> Windows:
        """Who of up to three local speakers is heard in each frame of each window.

        Args:
            samples: shape (time,), 16 kHz.
            step_ratio: from one window to the next, as a share of a window.
            hook: ``hook("segmentation", completed, total)`` in windows.
        """
        import numpy as np
        from pyannote.core import SlidingWindow, SlidingWindowFeature

        step = step_ratio * self._seconds
        starts = _starts(len(samples), step, self._seconds)
        batches, total = self._lanes.shares(starts, BATCH), len(starts)
        found: list[Floats] = []
        for heard in self._lanes.map(lambda starts: self._run(samples, starts), batches):
            found.append(heard)
            if hook:
                hook("segmentation", sum(map(len, found)), total)
        windows = SlidingWindow(start=0.0, duration=self._seconds, step=step)
        frames: SlidingWindow = self._model.receptive_field
        activity = SlidingWindowFeature(np.concatenate(found), windows)
        return Windows(activity, frames, len(samples) / SAMPLE_RATE)

    def _run(self, samples: Floats, starts: list[int]) -> Floats:
        import numpy as np
        import torch

        length = round(self._seconds * SAMPLE_RATE)
        batch = np.zeros((len(starts), 1, length), dtype=np.float32)
        for row, start in zip(batch, starts, strict=True):
            cut = samples[start : start + length]
            row[0, : len(cut)] = cut
        with torch.inference_mode():
            scores = self._model(torch.from_numpy(batch).to(self._device))
            activity: Floats = self._speakers.to_multilabel(scores).cpu().numpy()
        return activity


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and one-past-last index of each run of True."""
    import numpy as np

    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _starts(length: int, step: float, seconds: float) -> list[int]:
    """First samples of windows that cover a recording; the last one reaches over its end."""
    count = max(0, -(-(length - round(seconds * SAMPLE_RATE)) // round(step * SAMPLE_RATE))) + 1
    return [number * round(step * SAMPLE_RATE) for number in range(count)]
