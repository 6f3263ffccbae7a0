"""Pyannote's own pipelines in the diarizer's place; a voice activity pipeline needs no account."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.diarization import pyannote_sample
from cintel import models
from cintel.errors import ModelError
from cintel.ingest.audio import read_audio
from cintel.speech.listen import Listener

CONFIG = """
pipeline:
  name: pyannote.audio.pipelines.VoiceActivityDetection
  params:
    segmentation: {segmentation}
params:
  min_duration_on: 0.0
  min_duration_off: 0.0
"""


@pytest.mark.models
def test_a_pipeline_takes_the_diarizer_s_place(tmp_path: Path) -> None:
    segmentation = models.resolve("segmentation-3.0") / "pytorch_model.bin"
    (tmp_path / "config.yaml").write_text(CONFIG.format(segmentation=segmentation))
    diarizer = Listener("whisper-base", "cpu", diarizer=str(tmp_path)).diarizer
    samples = read_audio(pyannote_sample() / "sample.wav").mono
    found = diarizer.diarize(samples)
    assert set(found.spans) == {"SPEECH"}
    assert found.spans["SPEECH"][0][0] == pytest.approx(6.7, abs=0.3)
    assert found.exclusive == found.spans
    with pytest.raises(ModelError, match="cintel's own diarizer"):
        diarizer.voice(samples, [(7.0, 8.0)])


def test_a_folder_without_a_pipeline_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=str(tmp_path)):
        _ = Listener("whisper-base", "cpu", diarizer=str(tmp_path)).diarizer
