"""Agents known by their voice: the stretches, the naming, and real sample calls end to end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cintel import Analyzer
from cintel.conversation import Conversation, Span, Turn, Word
from cintel.errors import SettingsError
from cintel.ingest.audio import SAMPLE_RATE, Recording, read_audio
from cintel.speech.diarize import Diarizer
from cintel.speech.voiceprints import Match, Voiceprint, Voiceprints, load, save
from cintel.speech.voices import LONGEST, name_agent, stretches, voices_of
from cintel.testing import conversation_of, scripted_analyzer

CALLS = Path(__file__).parents[2] / "sample_audio" / "calls"
LINES = ("agent: Hello, this is Kim.", "customer: My card is lost.", "agent: I will block it.")


def turn(speaker: str, *spans: Span) -> Turn:
    words = tuple(Word("word", *span) for span in spans)
    return Turn(0, "unknown", speaker, spans[0][0], spans[-1][1], "words", words)


def test_a_speaker_is_heard_where_words_follow_each_other() -> None:
    turns = [turn("A", (0.0, 0.4), (0.5, 1.0), (1.5, 2.0)), turn("B", (2.0, 9.0))]
    assert stretches(turns, "A", mixed=True) == ((0.0, 1.0), (1.5, 2.0))


def test_words_over_the_other_side_are_left_out_on_one_track_only() -> None:
    turns = [turn("A", (0.0, 0.5), (0.5, 1.0), (1.0, 1.5)), turn("B", (0.9, 3.0))]
    assert stretches(turns, "A", mixed=True) == ((0.0, 0.5),)
    assert stretches(turns, "A", mixed=False) == ((0.0, 1.5),)


def test_the_longest_turns_are_taken_and_no_more_than_enough() -> None:
    turns = [turn("A", (0.0, 1.0)), turn("A", (10.0, 35.0)), turn("A", (40.0, 50.0))]
    assert stretches(turns, "A", mixed=True) == ((10.0, 35.0), (40.0, 45.0))
    assert LONGEST == 30.0


class ToneDiarizer(Diarizer):
    """Hears the mean of the samples as the voice."""

    def __init__(self) -> None:
        self.asked: list[tuple[Span, ...]] = []

    def voice(self, samples: Any, spans: Sequence[Span]) -> Any:  # type: ignore[override]
        self.asked.append(tuple(spans))
        parts = [samples[round(a * SAMPLE_RATE) : round(b * SAMPLE_RATE)] for a, b in spans]
        mean = float(np.concatenate(parts).mean())
        return np.array([mean, 1.0, 0.0], dtype=np.float32)


def test_voices_come_from_the_speaker_s_own_channel() -> None:
    rows = np.stack([np.full(10 * SAMPLE_RATE, level, dtype=np.float32) for level in (1.0, -1.0)])
    turns = [turn("L", (0.0, 4.0)), turn("R", (3.0, 8.0)), turn("SYSTEM", (0.0, 9.0))]
    recording = Recording(rows, SAMPLE_RATE, "made", "0")
    found = voices_of(recording, turns, {"L": 0, "R": 1, "SYSTEM": 0}, ToneDiarizer())
    assert found == {"L": (0.707107, 0.707107, 0.0), "R": (-0.707107, 0.707107, 0.0)}
    mixed = voices_of(recording, turns, {}, ToneDiarizer())
    assert mixed == {}  # an announcement speaks all along


def test_who_says_too_little_is_not_looked_for() -> None:
    recording = Recording(np.zeros((1, 160000), dtype=np.float32), SAMPLE_RATE, "made", "0")
    diarizer = ToneDiarizer()
    turns = [turn("A", (0.0, 2.9)), turn("B", (3.0, 6.0))]
    assert set(voices_of(recording, turns, {}, diarizer)) == {"B"}
    assert diarizer.asked == [((3.0, 6.0),)]


def named(match: Match, *others: Match, **fields: Any) -> Conversation:
    return name_agent(conversation_of(*LINES, **fields), [match, *others])


def roles(conversation: Conversation) -> list[str]:
    return [turn.role for turn in conversation.turns]


AGENT, CUSTOMER = Match("agent", "kim", 0.83), Match("customer", "kim", 0.93)


def test_a_known_voice_names_the_agent() -> None:
    found = named(AGENT)
    assert roles(found) == ["agent", "customer", "agent"]
    assert found.agent_id == "kim"
    assert found.metadata == {"agent_voice": "kim", "agent_voice_similarity": 0.83}


def test_a_sure_voice_overrules_the_words() -> None:
    found = named(CUSTOMER)
    assert roles(found) == ["customer", "agent", "customer"]
    assert found.agent_id == "kim"


def test_with_a_customer_left_the_other_agents_stay() -> None:
    turns = conversation_of(*LINES, "customer: Hello?").turns
    other = (*turns[:3], replace(turns[3], speaker="other"))
    assert roles(named(CUSTOMER, turns=other)) == ["agent", "agent", "agent", "customer"]


def test_a_voice_less_sure_does_not_overrule_the_words() -> None:
    before = conversation_of(*LINES)
    assert name_agent(before, [replace(CUSTOMER, similarity=0.89)]) is before


def test_without_a_match_nothing_changes() -> None:
    conversation = conversation_of(*LINES, metadata={"queue": "cards"})
    assert name_agent(conversation, []) is conversation


def test_metadata_wins_over_a_voice() -> None:
    found = named(CUSTOMER, agent_id="lee", metadata={"warnings": ["quiet"]})
    assert (roles(found), found.agent_id) == (["agent", "customer", "agent"], "lee")
    warning = "customer sounds like kim (0.93), the metadata names lee"
    assert found.metadata["warnings"] == ["quiet", warning]
    assert found.metadata["agent_voice"] == "kim"


def test_of_two_agents_the_one_in_the_metadata_is_taken() -> None:
    found = named(CUSTOMER, Match("agent", "lee", 0.85), agent_id="lee")
    assert roles(found) == ["agent", "customer", "agent"]
    assert found.metadata == {"agent_voice": "lee", "agent_voice_similarity": 0.85}


def _prints(path: Path, *agents: str) -> Path:
    vector = (1.0, *[0.0] * 191)
    save(
        Voiceprints(tuple(Voiceprint(a, vector, 20.0, ("a",), "2026-11-03") for a in agents)), path
    )
    return path


def test_the_settings_hash_follows_the_content_of_the_file(tmp_path: Path) -> None:
    def digest(path: Path | None) -> str:
        from cintel.ingest.metadata import Metadata

        return Analyzer(device="cpu", voices=path).digest(Metadata())

    one = _prints(tmp_path / "one.json", "kim")
    assert digest(one) == digest(_prints(tmp_path / "copy.json", "kim"))
    before = digest(one)
    assert before != digest(None)
    assert before != digest(_prints(one, "kim", "lee"))


def test_a_missing_file_stops_an_analysis(tmp_path: Path) -> None:
    analyzer = scripted_analyzer(*LINES, voices=tmp_path / "none.json")
    with pytest.raises(SettingsError, match=r"none\.json: cannot be read"):
        analyzer.analyze(Recording(np.zeros((1, 160000), dtype=np.float32), SAMPLE_RATE, "m", "0"))


def _start(name: str, seconds: int = 30) -> Recording:
    """The first seconds of a sample call, without its metadata."""
    whole = read_audio(CALLS / name)
    return Recording(whole.samples[:, : seconds * SAMPLE_RATE], SAMPLE_RATE, name, name)


@pytest.mark.models
def test_an_enrolled_agent_is_known_in_other_calls_and_nobody_else_is(
    tmp_path: Path, clip: Callable[..., Path]
) -> None:
    from typer.testing import CliRunner

    from cintel.cli import app

    path, call = tmp_path / "voices.json", clip(tmp_path / "call.wav", 0, 40)
    arguments = ["tom.walker", str(call), "--voices", str(path)]
    run = CliRunner().invoke(app, ["voices", "enrol", *arguments])
    assert run.exit_code == 0, run.output
    (known,) = load(path).prints
    assert 10 <= known.seconds <= 20

    analyzer = Analyzer(device="cpu", voices=path)
    same = analyzer.analyze(_start("ecommerce-2-missing-parcel.wav")).conversation
    assert same.agent_id == "tom.walker"
    assert {(turn.speaker, turn.role) for turn in same.turns} == {
        ("CHANNEL_1", "agent"),
        ("CHANNEL_2", "customer"),
    }
    assert same.metadata["agent_voice_similarity"] >= 0.8

    other = analyzer.analyze(_start("health-1-check-up.wav")).conversation
    assert other.agent_id is None
    assert "agent_voice" not in other.metadata
    assert set(roles(other)) == {"agent", "customer"}
