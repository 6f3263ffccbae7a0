"""Pyannote's default diarization pipeline, given the weights that cintel uses.

Its own embedding cannot be had without an account, so CAM++ stands in for it: every pair of
window and local speaker is embedded anew, a window begins every second, and clustering is
agglomerative with the parameters of `pyannote/speaker-diarization-3.1`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyannote.core import Annotation

from cintel.runtime import prepare

_PARAMETERS = {
    "segmentation": {"min_duration_off": 0.0},
    "clustering": {"method": "centroid", "min_cluster_size": 12, "threshold": 0.7045654963945799},
}
_BATCH = 32


class Embedding:
    """CAM++ with the face of pyannote's `PretrainedSpeakerEmbedding`."""

    sample_rate = 16_000
    metric = "cosine"
    min_num_samples = 1_600

    def __init__(self, folder: Path) -> None:
        from cintel.speech import campplus

        self.dimension = campplus.DIMENSION
        self._network = campplus.load(folder, "cpu")

    def __call__(self, waveforms: Any, masks: Any) -> NDArray[np.float32]:
        """Embed (batch, 1, samples) under (batch, frames) masks; (batch, dimension)."""
        import torch

        from cintel.speech.campplus import mel_energies

        with torch.inference_mode():
            mel = torch.stack([mel_energies(row[0]) for row in waveforms])
            features = self._network(mel - mel.mean(1, keepdim=True))
            weights = torch.nn.functional.interpolate(masks[:, None], size=features.shape[-1])
            pairs = zip(features, weights, strict=True)
            pooled = torch.cat([self._network.pool(frames, weight) for frames, weight in pairs])
        return np.asarray(pooled.numpy(), dtype=np.float32)


def default_pipeline(segmentation: Path, embedding: Path) -> Callable[[Any], Annotation]:
    """Build the pipeline; the function takes mono samples at 16 kHz in which two people speak."""
    prepare()
    import torch

    with warnings.catch_warnings():
        # Sound is decoded by PyAV; pyannote warns that its own decoder is not there.
        warnings.simplefilter("ignore")
        from pyannote.audio import Audio
        from pyannote.audio.core.plda import PLDA
        from pyannote.audio.pipelines import SpeakerDiarization
        from pyannote.audio.pipelines.clustering import AgglomerativeClustering

    # The oracle loads no embedding and the empty PLDA no file; the real parts are put in below.
    pipeline = SpeakerDiarization(
        legacy=True,
        segmentation=str(segmentation / "pytorch_model.bin"),
        embedding_exclude_overlap=True,
        plda=PLDA.__new__(PLDA),
        clustering="OracleClustering",
        embedding_batch_size=_BATCH,
        segmentation_batch_size=_BATCH,
    )
    pipeline.klustering = "AgglomerativeClustering"
    pipeline.clustering = AgglomerativeClustering(metric="cosine")
    pipeline._expects_num_speakers = False
    pipeline._embedding = Embedding(embedding)
    pipeline._audio = Audio(sample_rate=Embedding.sample_rate, mono="downmix")
    pipeline.instantiate(_PARAMETERS)

    def diarize(samples: Any) -> Annotation:
        sound = {"waveform": torch.from_numpy(samples)[None], "sample_rate": Embedding.sample_rate}
        return pipeline(sound, num_speakers=2)

    return diarize
