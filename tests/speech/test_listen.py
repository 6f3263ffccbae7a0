"""The speech models on the real call that pyannote.audio ships, and the parts put together."""

from __future__ import annotations

from itertools import pairwise

import jiwer
import numpy as np
import pytest

from benchmarks.diarization import pyannote_sample, rttm, score
from benchmarks.samples import normal
from cintel.ingest.audio import SAMPLE_RATE, Recording, read_audio
from cintel.speech.diarize import Diarization
from cintel.speech.listen import Heard, Listener
from cintel.testing import ScriptedDiarizer, ScriptedTranscriber

SAMPLE = pyannote_sample()


@pytest.fixture(scope="module")
def recording() -> Recording:
    return read_audio(SAMPLE / "sample.wav")


@pytest.fixture(scope="module")
def listener() -> Listener:
    return Listener("whisper-base", "cpu")


@pytest.fixture(scope="module")
def heard(listener: Listener, recording: Recording) -> Heard:
    return listener.listen(recording)


@pytest.mark.models
def test_a_real_call_s_speakers(listener: Listener, recording: Recording) -> None:
    steps: set[str] = set()
    found = listener.diarizer.diarize(recording.mono, hook=lambda step, *_: steps.add(step))
    errors = score(rttm(SAMPLE / "sample.rttm"), found.annotation(), recording.duration)
    assert (errors.found, errors.true) == (2, 2)
    assert errors.rate <= 0.08
    assert 0.1 < found.confidence <= 1.0
    assert steps == {"segmentation", "embedding"}
    assert max(end for spans in found.spans.values() for _, end in spans) <= recording.duration


@pytest.mark.models
def test_the_number_of_speakers_is_taken_at_its_word(
    listener: Listener, recording: Recording
) -> None:
    assert len(listener.diarizer.diarize(recording.mono, 1).spans) == 1


@pytest.mark.models
def test_one_speaker_at_a_time_is_exclusive(listener: Listener, recording: Recording) -> None:
    found = listener.diarizer.diarize(recording.mono)
    spans = sorted(span for spans in found.exclusive.values() for span in spans)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    assert found.overlaps


@pytest.mark.models
@pytest.mark.parametrize("seconds", [0.0, 0.05, 1.0])
def test_silence_has_no_speakers(listener: Listener, seconds: float) -> None:
    silence = np.zeros(round(seconds * SAMPLE_RATE), dtype=np.float32)
    assert listener.diarizer.diarize(silence).spans == {}


@pytest.mark.models
def test_a_real_call_s_words(heard: Heard) -> None:
    lines = (SAMPLE / "sample.stm").read_text().splitlines()
    said = " ".join(line.split(maxsplit=5)[5] for line in lines)
    found = " ".join(turn.text for turn in heard.turns)
    assert heard.language == "en"
    assert jiwer.wer(normal(said), normal(found)) <= 0.25


@pytest.mark.models
def test_a_real_call_s_turns(heard: Heard, recording: Recording) -> None:
    assert {turn.speaker for turn in heard.turns} == {"SPEAKER_00", "SPEAKER_01"}
    assert {turn.role for turn in heard.turns} == {"unknown"}
    assert set(heard.seconds) == {"segment", "transcribe", "diarize"}
    assert heard.channels == {}
    for turn in heard.turns:
        assert turn.text == " ".join(word.text for word in turn.words)
        assert 0 <= turn.start <= turn.end <= recording.duration
    chicago = next(turn for turn in heard.turns if "Texas" in turn.text)
    jersey = next(turn for turn in heard.turns if "New Jersey" in turn.text)
    assert chicago.speaker != jersey.speaker


@pytest.mark.models
def test_two_channels_need_no_diarization(listener: Listener, recording: Recording) -> None:
    speech = recording.samples[0, 6 * SAMPLE_RATE : 16 * SAMPLE_RATE]
    rows = np.stack([np.zeros_like(speech), speech])
    heard = listener.listen(Recording(rows, SAMPLE_RATE, "made", "0"))
    assert {turn.speaker for turn in heard.turns} == {"CHANNEL_2"}
    assert heard.channels == {"CHANNEL_1": 0, "CHANNEL_2": 1}
    assert heard.speaker_confidence == 1.0


def test_words_and_speakers_come_together() -> None:
    listener = Listener("whisper-base", "cpu")
    listener.transcriber = ScriptedTranscriber("X: My card is lost.", "Y: Let me see.")
    listener.diarizer = ScriptedDiarizer("X: My card is lost.", "Y: Let me see.", confidence=0.7)
    heard = listener.listen(read_audio(SAMPLE / "sample.wav"))
    assert [(turn.speaker, turn.text) for turn in heard.turns] == [
        ("X", "My card is lost."),
        ("Y", "Let me see."),
    ]
    assert heard.speaker_confidence == 0.7


def test_without_words_there_are_no_turns() -> None:
    listener = Listener("whisper-base", "cpu")
    listener.transcriber = ScriptedTranscriber()
    heard = listener.listen(read_audio(SAMPLE / "sample.wav"))
    assert heard.turns == ()


def test_overlaps_are_where_two_speak_for_long_enough() -> None:
    spans = {"A": ((0.0, 3.0), (8.0, 9.0)), "B": ((2.5, 5.0), (8.9, 10.0))}
    assert Diarization(spans, spans, 1.0).overlaps == ((2.5, 3.0),)


def test_a_diarization_is_a_pyannote_annotation() -> None:
    spans = {"A": ((0.0, 3.0),), "B": ((2.5, 5.0), (6.0, 7.0))}
    annotation = Diarization(spans, spans, 1.0).annotation()
    assert annotation.uri is None
    assert {name: annotation.label_duration(name) for name in annotation.labels()} == {
        "A": 3.0,
        "B": 3.5,
    }
