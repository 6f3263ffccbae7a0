from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cintel import serial
from cintel.conversation import (
    Acoustics,
    Analysis,
    Conversation,
    Csat,
    Frustration,
    Labels,
    Metrics,
    Provenance,
    SideMetrics,
    Stretches,
    Summary,
    Turn,
    Word,
)
from cintel.errors import TranscriptError
from cintel.ingest.transcripts import is_text_input, is_transcript, read_transcript

SRT = """1
00:00:01,500 --> 00:00:03,000
[SPEAKER_00]: Thanks for calling,

2
00:00:03,200 --> 00:00:04,000
[SPEAKER_00]: how can I help?

3
00:00:05,000 --> 00:00:06,250
[SPEAKER_01]: <i>My card</i> is gone.
"""
VTT = """WEBVTT - a call

NOTE made by hand

one
00:01.500 --> 00:04.000 align:start
<v Agent Ana>Thanks for calling &amp; hello.</v>

01:00:05.000 --> 01:00:07.000
<v.loud Customer>My card is gone.</v>
<v Agent Ana>Oh no.</v>
"""


def save(tmp_path: Path, name: str, content: str | dict[str, Any]) -> Path:
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def rows(conversation: Conversation) -> list[tuple[str, str, float, float, str]]:
    return [
        (turn.role, turn.speaker, turn.start, turn.end, turn.text) for turn in conversation.turns
    ]


def test_srt_joins_a_cut_sentence(tmp_path: Path) -> None:
    call = read_transcript(save(tmp_path, "call.srt", SRT))
    assert rows(call) == [
        ("unknown", "SPEAKER_00", 1.5, 4.0, "Thanks for calling, how can I help?"),
        ("unknown", "SPEAKER_01", 5.0, 6.25, "My card is gone."),
    ]
    assert call.duration == 6.25
    assert call.channel == "call"


def test_srt_without_speakers_keeps_its_captions(tmp_path: Path) -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nhello\n\n2\n00:00:02,000 --> 00:00:03,000\nhi there\n"
    assert rows(read_transcript(save(tmp_path, "call.txt", text))) == [
        ("unknown", "", 1.0, 2.0, "hello"),
        ("unknown", "", 2.0, 3.0, "hi there"),
    ]


def test_vtt_voices(tmp_path: Path) -> None:
    call = read_transcript(save(tmp_path, "call.vtt", VTT))
    assert rows(call) == [
        ("agent", "Agent Ana", 1.5, 4.0, "Thanks for calling & hello."),
        ("customer", "Customer", 3605.0, 3606.0, "My card is gone."),
        ("agent", "Agent Ana", 3606.0, 3607.0, "Oh no."),
    ]


@pytest.mark.parametrize(
    ("times", "fault"),
    [
        ("00:00:xx,000 --> 00:00:02,000", "is not a pair of times"),
        ("00:00:03,000 --> 00:00:02,000", "ends before it starts"),
    ],
)
def test_bad_caption_times_name_the_line(tmp_path: Path, times: str, fault: str) -> None:
    path = save(tmp_path, "a.srt", f"{SRT}\n4\n{times}\nhello\n")
    with pytest.raises(TranscriptError, match=fault) as caught:
        read_transcript(path)
    assert caught.value.where == f"{path}, line 14"


def test_whisperx_words_without_times_share_the_gap(tmp_path: Path) -> None:
    value = {
        "language": "en",
        "segments": [
            {
                "start": 0.5,
                "end": 3.0,
                "text": " Since 2014 5 days.",
                "speaker": "SPEAKER_00",
                "words": [
                    {"word": "Since", "start": 0.5, "end": 1.0, "score": 0.9},
                    {"word": "2014"},
                    {"word": "5"},
                    {"word": "days.", "start": 2.0, "end": 2.6, "score": 0.8},
                ],
            }
        ],
        "word_segments": [],
    }
    call = read_transcript(save(tmp_path, "out.json", value))
    assert call.language == "en"
    assert rows(call) == [("unknown", "SPEAKER_00", 0.5, 3.0, "Since 2014 5 days.")]
    assert call.turns[0].words == (
        Word("Since", 0.5, 1.0, 0.9),
        Word("2014", 1.0, 1.5, 1.0),
        Word("5", 1.5, 2.0, 1.0),
        Word("days.", 2.0, 2.6, 0.8),
    )


def test_contact_lens(tmp_path: Path) -> None:
    value = {
        "Version": "1.1.0",
        "Channel": "VOICE",
        "LanguageCode": "en-US",
        "Participants": [
            {"ParticipantId": "c-1", "ParticipantRole": "CUSTOMER"},
            {"ParticipantId": "a-1", "ParticipantRole": "AGENT"},
        ],
        "Transcript": [
            {
                "ParticipantId": "a-1",
                "Id": "t1",
                "Content": "Good morning.",
                "BeginOffsetMillis": 0,
                "EndOffsetMillis": 1250,
                "Sentiment": "POSITIVE",
                "LoudnessScore": [70.1],
            },
            {
                "ParticipantId": "c-1",
                "Id": "t2",
                "Content": "I want to cancel.",
                "BeginOffsetMillis": 1400,
                "EndOffsetMillis": 2901,
                "Sentiment": "NEGATIVE",
                "LoudnessScore": [71.4],
            },
        ],
    }
    call = read_transcript(save(tmp_path, "lens.json", value))
    assert rows(call) == [
        ("agent", "AGENT", 0.0, 1.25, "Good morning."),
        ("customer", "CUSTOMER", 1.4, 2.901, "I want to cancel."),
    ]
    assert call.language == "en"


def test_call_analytics_words(tmp_path: Path) -> None:
    value = {
        "JobName": "j",
        "LanguageCode": "en-GB",
        "Participants": [{"ParticipantRole": "AGENT"}, {"ParticipantRole": "CUSTOMER"}],
        "Transcript": [
            {
                "LoudnessScores": [60.0],
                "Content": "Hello.",
                "Id": "x",
                "BeginOffsetMillis": 440,
                "EndOffsetMillis": 900,
                "ParticipantRole": "AGENT",
                "Items": [
                    {
                        "Type": "pronunciation",
                        "Content": "Hello",
                        "BeginOffsetMillis": 440,
                        "EndOffsetMillis": 900,
                        "Confidence": "0.98",
                    },
                    {"Type": "punctuation", "Content": ".", "Confidence": "0.0"},
                ],
            }
        ],
    }
    call = read_transcript(save(tmp_path, "tca.json", value))
    assert rows(call) == [("agent", "AGENT", 0.44, 0.9, "Hello.")]
    assert call.turns[0].words == (Word("Hello", 0.44, 0.9, 0.98),)


def own_analysis() -> Analysis:
    turn = Turn(0, "agent", "A", 0.0, 1.0, "Hello there", (Word("Hello", 0.0, 0.5, 0.9),))
    none = Stretches()
    metrics = Metrics(
        1.0, None, None, None, None, none, none, none, none, SideMetrics(), SideMetrics()
    )
    return Analysis(
        Conversation("abc", "call", "x.wav", 1.0, (turn,), queue="billing"),
        (Labels(),),
        None,
        Summary(),
        metrics,
        Acoustics(),
        Frustration(),
        Csat(),
        (),
        Provenance("0", {}, "cpu", "h", "s"),
    )


def test_our_own_json_comes_back_whole(tmp_path: Path) -> None:
    analysis = own_analysis()
    path = save(tmp_path, "abc.json", serial.dumps(analysis))
    assert read_transcript(path) == analysis.conversation


def test_our_own_json_of_another_version_or_broken(tmp_path: Path) -> None:
    value = serial.to_dict(own_analysis())
    with pytest.raises(TranscriptError, match=r"has schema 'cintel\.analysis/9'"):
        read_transcript(save(tmp_path, "a.json", {**value, "schema": "cintel.analysis/9"}))
    with pytest.raises(TranscriptError, match=r"conversation\.turns"):
        read_transcript(save(tmp_path, "b.json", {"schema": "cintel.analysis/1"}))
    with pytest.raises(TranscriptError, match="field metrics"):
        read_transcript(save(tmp_path, "c.json", {**value, "metrics": None}))


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ('{"segments": [{"start": 0.0, "end"', "JSON"),
        ('{"segments": [{"start": 0.0, "text": "hi"}]}', r"field segments\.0\.end"),
        ('{"segments": []}', "holds no words"),
        ('{"Transcript": [{"Content": "x"}]}', r"field Transcript\.0\.BeginOffsetMillis"),
        ('{"results": {}}', "no transcript of a known kind"),
        ("WEBVTT\n", "holds no words"),
        ("", "is empty"),
    ],
)
def test_broken_files_are_one_error(tmp_path: Path, content: str, fault: str) -> None:
    path = save(tmp_path, "broken.json", content)
    with pytest.raises(TranscriptError, match=fault) as caught:
        read_transcript(path)
    assert caught.value.where == str(path)


def test_chats_are_no_transcripts(tmp_path: Path) -> None:
    assert is_transcript(save(tmp_path, "a.txt", VTT))
    assert not is_transcript(save(tmp_path, "b.txt", "Agent: hi\n"))
    assert not is_transcript(save(tmp_path, "c.json", '[{"role": "user", "content": "hi"}]'))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.CSV", True),
        ("a.srt", True),
        ("a.json", True),
        ("a.wav", False),
        ("a.meta.json", False),
        ("a.truth.json", False),
        ("metadata.csv", False),
    ],
)
def test_text_inputs_by_name(name: str, expected: bool) -> None:
    assert is_text_input(Path("folder") / name) is expected
