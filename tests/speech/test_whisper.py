"""The recogniser's own room, on the real weights, and where other weights are looked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.diarization import pyannote_sample
from cintel import models
from cintel.errors import ModelError
from cintel.ingest.audio import SAMPLE_RATE, read_audio
from cintel.speech.transcribe import MOST_CLIPS, gpu_batch
from cintel.speech.whisper import Whisper, find_model


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    return read_audio(pyannote_sample() / "sample.wav").mono[6 * SAMPLE_RATE : 16 * SAMPLE_RATE]


@pytest.mark.models
def test_clips_of_a_batch_are_heard_apart(sound: np.ndarray) -> None:
    whisper = Whisper(models.resolve("whisper-base"))
    half = sound[: sound.size // 2]
    encoded = whisper.encode([sound, half])
    assert encoded.frames == (1000, 500)
    language, probability = whisper.language(encoded)
    assert language == "en"
    assert probability > 0.9
    whole, first = whisper.decode(encoded, "en")
    assert len(whole.words) > len(first.words) > 3
    assert max(word.end for word in first.words) <= 5.0
    assert whole.no_speech < 0.5
    assert -1.0 < whole.logprob < 0.0


@pytest.mark.models
def test_hotwords_change_how_names_are_spelt() -> None:
    samples = read_audio(pyannote_sample() / "sample.wav").mono[: 30 * SAMPLE_RATE]
    folder = models.resolve("whisper-base")
    plain, told = (
        Whisper(folder, hotwords=words) for words in (None, "Lillehammer, Dyanne, Chicagoland")
    )
    heard = [whisper.decode(whisper.encode([samples]), "en")[0].words for whisper in (plain, told)]
    assert [word.text for word in heard[0]] != [word.text for word in heard[1]]


def test_a_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    assert find_model(str(tmp_path)) == tmp_path


def test_a_size_of_faster_whisper_is_found_in_the_hub_s_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    repo = tmp_path / "models--Systran--faster-whisper-tiny.en"
    (repo / "refs").mkdir(parents=True)
    (repo / "refs" / "main").write_text("abc")
    (repo / "snapshots" / "abc").mkdir(parents=True)
    assert find_model("tiny.en") == repo / "snapshots" / "abc"


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(ModelError, match="whisper-gigantic"):
        find_model("whisper-gigantic")


def test_the_batch_of_a_gpu_follows_its_memory(tmp_path: Path) -> None:
    with (tmp_path / "model.bin").open("wb") as file:
        file.truncate(3_000_000_000)
    assert gpu_batch(tmp_path, 4.0) == 1
    assert 1 < gpu_batch(tmp_path, 8.0) < gpu_batch(tmp_path, 12.0)
    assert gpu_batch(tmp_path, 80.0) == MOST_CLIPS
