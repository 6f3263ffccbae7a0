"""Any pyannote pipeline in the place of cintel's diarizer, for those who have one."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cintel.conversation import Span
from cintel.errors import ModelError
from cintel.ingest.audio import SAMPLE_RATE
from cintel.runtime import Hook
from cintel.speech.diarize import Diarization, Diarizer
from cintel.speech.segmentation import Windows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pyannote.core import Annotation


class PipelineDiarizer(Diarizer):
    """A pipeline as cintel's own :class:`Diarizer`; voices cannot be told again.

    Args:
        name: on the Hugging Face hub, or a folder that holds ``config.yaml``.
        device: ``cpu`` or ``cuda``.

    Raises:
        ModelError: there is none, or it needs an account.
    """

    def __init__(self, name: str, device: str = "cpu") -> None:
        from cintel.models.sources import gate

        with warnings.catch_warnings():
            # Sound is decoded by PyAV; pyannote warns that its own decoder is not there.
            warnings.simplefilter("ignore")
            import torch
            from pyannote.audio import Pipeline

        folder = Path(name).expanduser()
        if folder.is_dir() and not (folder / "config.yaml").is_file():
            raise ModelError(name, "holds no config.yaml of a pipeline", "Name another folder")
        with gate(name):
            found = Pipeline.from_pretrained(folder if folder.exists() else name)
        if found is None:
            raise ModelError(
                name, "is no pyannote pipeline that can be had",
                "Accept its terms on the Hugging Face hub and set HF_TOKEN, or name a folder",
            )  # fmt: skip
        self._pipeline: Any = found.to(torch.device(device))

    def diarize(
        self,
        samples: NDArray[np.float32],
        speakers: int | None = None,
        hook: Hook | None = None,
        windows: Windows | None = None,
    ) -> Diarization:
        """As the pipeline hears it; None speakers is for the pipeline to find out."""
        import torch

        sound = {"waveform": torch.from_numpy(samples)[None], "sample_rate": SAMPLE_RATE}
        found = self._pipeline(sound, **({"num_speakers": speakers} if speakers else {}))
        # Since pyannote.audio 4 a pipeline returns both forms; older ones an Annotation alone.
        whole = getattr(found, "speaker_diarization", found)
        exclusive = getattr(found, "exclusive_speaker_diarization", whole)
        return Diarization(_spans(whole), _spans(exclusive), 1.0)

    def voice(self, samples: NDArray[np.float32], spans: Any) -> NDArray[np.float32]:
        """A pipeline has no voices to give.

        Raises:
            ModelError: always.
        """
        raise ModelError("voices", "need cintel's own diarizer", "Leave the setting diarizer out")


def _spans(annotation: Annotation) -> dict[str, tuple[Span, ...]]:
    spans: dict[str, tuple[Span, ...]] = {}
    for segment, _, speaker in annotation.itertracks(yield_label=True):
        spans[str(speaker)] = (*spans.get(str(speaker), ()), (segment.start, segment.end))
    return spans
