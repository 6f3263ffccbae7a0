from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cintel import serial
from cintel.conversation import (
    Acoustics,
    Action,
    Analysis,
    Answer,
    Csat,
    Evaluation,
    Evidence,
    Frustration,
    Intent,
    Labels,
    PiiSpan,
    Pull,
    RecordingQuality,
    Scored,
    Summary,
)
from cintel.errors import InputError
from cintel.testing import analysis_of

TURN_KEYS = {
    "index",
    "role",
    "speaker",
    "start",
    "end",
    "text",
    "words",
    "sentiment",
    "emotion",
    "act",
    "intents",
    "moves",
    "frustration",
    "pii",
}
CONVERSATION_KEYS = {
    "id",
    "channel",
    "source",
    "started_at",
    "duration",
    "language",
    "agent_id",
    "customer_id",
    "queue",
    "metadata",
    "turns",
}


@pytest.fixture
def full() -> Analysis:
    """Something in every field."""
    plain = analysis_of("agent: Grüß Gott, hier ist Kim.", "customer: My card is lost.")
    labels = Labels(
        Scored("negative", -0.5),
        Scored("anger", 0.7),
        Scored("inform", 0.9),
        (Intent("card.lost_or_stolen", 0.8, 1),),
        0.4,
        (PiiSpan("name", 3, 8),),
    )
    answer = Answer("greeting", "yes", 1, 1, 0.9, "said so", (Evidence(0, "Grüß", 0.0, 0.4),))
    return replace(
        plain,
        conversation=replace(
            plain.conversation,
            started_at="2026-03-01T10:00:00+01:00",
            agent_id="a",
            customer_id="c",
            queue="q",
            metadata={"nested": {"list": [1, 2.5, None, "ü"]}},
        ),
        labels=(Labels(), labels),
        intent=Intent("card.lost_or_stolen", 0.8, 1),
        summary=Summary(
            "lost card", "blocked", (Action("send a card", "agent", "by Friday", (1,)),),
            "A card was lost.", (1,), (0, 1), True, "llm", "action 2 cites 0 turns",
        ),
        acoustics=Acoustics(
            {"agent": (-20.0, None)}, {"agent": (210.0, 2.0)}, ((1.0, 5.0),), ("w",),
            RecordingQuality(-20.0, 12.5, 0.001, 0.62, False),
        ),
        frustration=Frustration(0.4, 0.5, 1, 0.3, 0.1),
        csat=Csat(3.5, 0.6, None, 0.8, (Pull(0, -0.4), Pull(1, 0.12))),
        evaluations=(Evaluation("card", "v1", 100.0, True, False, (answer,)),),
    )  # fmt: skip


def test_an_analysis_comes_back_as_it_went(full: Analysis) -> None:
    assert serial.from_dict(json.loads(serial.dumps(full))) == full


def test_the_keys_are_those_that_other_programs_hold_on_to(full: Analysis) -> None:
    value = serial.to_dict(full)
    assert value["schema"] == "cintel.analysis/1"
    assert set(value) == {
        "schema", "conversation", "intent", "summary", "metrics", "acoustics", "frustration",
        "csat", "evaluations", "provenance",
    }  # fmt: skip
    turn = value["conversation"]["turns"][1]
    assert set(value["conversation"]) == CONVERSATION_KEYS
    assert set(turn) == TURN_KEYS
    assert set(turn["words"][0]) == {"text", "start", "end", "probability"}
    assert set(turn["sentiment"]) == set(turn["emotion"]) == set(turn["act"]) == {"label", "score"}
    assert set(turn["intents"][0]) == {"name", "score", "turn", "example"}
    assert set(turn["pii"][0]) == {"type", "start", "end"}
    assert set(value["intent"]) == {"name", "score", "turn", "example"}
    assert set(value["summary"]) == {
        "reason", "outcome", "actions", "text", "reason_turns", "outcome_turns", "resolved",
        "source", "note",
    }  # fmt: skip
    assert value["summary"]["actions"] == [
        {"text": "send a card", "owner": "agent", "when": "by Friday", "turns": [1]}
    ]
    assert {"score", "peak", "peak_turn", "end", "trend"} <= set(value["frustration"])
    assert set(value["csat"]) == {"predicted", "confidence", "reason", "resolved", "pulls"}
    assert {"cintel", "models", "device", "seconds"} <= set(value["provenance"])


def test_the_keys_of_an_evaluation(full: Analysis) -> None:
    (evaluation,) = serial.to_dict(full)["evaluations"]
    assert {"scorecard", "version", "score", "passed", "auto_failed", "answers"} <= set(evaluation)
    (answer,) = evaluation["answers"]
    assert set(answer) == {
        "question", "answer", "points", "possible", "confidence", "reason", "evidence", "source",
        "unsure", "suggested", "fingerprint",
    }  # fmt: skip
    assert (answer["unsure"], answer["suggested"], answer["fingerprint"]) == (False, None, None)
    assert evaluation["tokens"] == [0, 0]
    assert answer["evidence"] == [{"turn": 0, "quote": "Grüß", "start": 0.0, "end": 0.4}]


def test_an_evaluation_from_before_answers_could_be_unsure(full: Analysis) -> None:
    value = serial.to_dict(full)
    (evaluation,) = value["evaluations"]
    del evaluation["tokens"]
    for name in ("unsure", "suggested", "fingerprint"):
        del evaluation["answers"][0][name]
    assert serial.from_dict(value) == full


def test_labels_stand_in_their_own_turn(full: Analysis) -> None:
    first, second = serial.to_dict(full)["conversation"]["turns"]
    assert first["sentiment"] is None
    assert second["sentiment"] == {"label": "negative", "score": -0.5}
    assert second["frustration"] == 0.4


def test_text_is_written_as_it_is_said(full: Analysis) -> None:
    assert "Grüß Gott" in serial.dumps(full)


def test_reading_from_a_file(full: Analysis, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(serial.dumps(full), encoding="utf-8")
    assert serial.read(path) == full


@pytest.mark.parametrize("value", [{}, {"schema": "cintel.analysis/2"}, [], None, "text"])
def test_another_schema_is_named(value: Any) -> None:
    with pytest.raises(InputError, match=r"^a\.json: has schema .*, this version reads"):
        serial.from_dict(value, "a.json")


@pytest.mark.parametrize("conversation", [None, {}, [], {"turns": None}, {"turns": ["text"]}])
def test_a_conversation_without_turns_is_named(full: Analysis, conversation: Any) -> None:
    value = serial.to_dict(full) | {"conversation": conversation}
    with pytest.raises(InputError, match=r"^a\.json: field conversation\.turns"):
        serial.from_dict(value, "a.json")


def test_a_missing_field_is_named(full: Analysis) -> None:
    value = serial.to_dict(full)
    del value["conversation"]["turns"][1]["start"]
    with pytest.raises(InputError, match=r"field conversation\.turns\.1\.start: Field required"):
        serial.from_dict(value)


def test_a_field_of_the_wrong_type_is_named(full: Analysis) -> None:
    value = serial.to_dict(full)
    value["conversation"]["turns"][0]["role"] = "manager"
    with pytest.raises(InputError, match=r"field conversation\.turns\.0\.role"):
        serial.from_dict(value)


def test_a_missing_part_is_named(full: Analysis) -> None:
    value = serial.to_dict(full)
    del value["metrics"]
    with pytest.raises(InputError, match="field metrics"):
        serial.from_dict(value)


@pytest.mark.parametrize("content", [b"", b'{"schema": ', b"\xff\xfe\x00"])
def test_a_file_that_is_not_json_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"broken\.json: is not JSON"):
        serial.read(path)


def test_a_document_from_before_the_recording_quality(full: Analysis) -> None:
    value = serial.to_dict(full)
    assert set(value["acoustics"].pop("quality")) == {
        "level_dbfs", "snr_db", "clipped_share", "score", "poor",
    }  # fmt: skip
    assert serial.from_dict(value) == replace(full, acoustics=replace(full.acoustics, quality=None))


def test_a_document_from_before_actions_had_owners(full: Analysis) -> None:
    value = serial.to_dict(full)
    value["summary"] = {
        "reason": "lost card", "outcome": None, "actions": ["send a card"], "text": "Lost.",
    }  # fmt: skip
    assert serial.from_dict(value).summary == Summary(
        "lost card", None, (Action("send a card"),), "Lost."
    )


@pytest.mark.parametrize("summary", [None, [], {"actions": [3]}, {"actions": "send"}])
def test_a_summary_of_another_form_is_named(full: Analysis, summary: Any) -> None:
    with pytest.raises(InputError, match="field summary"):
        serial.from_dict(serial.to_dict(full) | {"summary": summary})


def test_reading_does_not_change_the_value(full: Analysis) -> None:
    value = serial.to_dict(full)
    before = json.dumps(value)
    serial.from_dict(value)
    assert json.dumps(value) == before
