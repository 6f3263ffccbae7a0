from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import cintel
from cintel.conversation import Word
from cintel.errors import UsageError
from cintel.quality import load_scorecard
from cintel.quality.judge import evaluate
from cintel.testing import (
    HashingEncoder,
    ScriptedListener,
    SilentTagger,
    analysis_of,
    conversation_of,
    scripted_analyzer,
    turns_of,
)

CALL = Path(__file__).parents[1] / "sample_audio" / "calls" / "telecom-2-cancel-plan.wav"
SCRIPT = (
    "agent: Thank you for calling, this is Kim, how can I help?",
    "customer: I lost my card and I already told you twice!",
    "agent: I am sorry to hear that. I will block it now.",
    "customer: Thank you.",
)


def test_a_script_s_turns() -> None:
    first, second = turns_of("agent: Hello there.", "Bob: Hi: it is me")
    assert (first.index, first.role, first.speaker, first.text) == (
        0,
        "agent",
        "agent",
        "Hello there.",
    )
    assert first.words == (Word("Hello", 0.0, 0.4), Word("there.", 0.4, 0.8))
    assert (second.index, second.role, second.speaker) == (1, "unknown", "Bob")
    assert (second.text, second.start, second.end) == ("Hi: it is me", 1.3, 2.9)


@pytest.mark.parametrize("line", ["Hello", "agent:", ": Hello", ""])
def test_a_line_that_is_no_turn_is_named(line: str) -> None:
    with pytest.raises(UsageError, match=r"^line 2: is .*Write"):
        turns_of("agent: Hello", line)


def test_a_conversation_takes_fields() -> None:
    talk = conversation_of(*SCRIPT, channel="chat", agent_id="kim")
    assert (talk.channel, talk.agent_id, len(talk.turns)) == ("chat", "kim", 4)
    assert talk.id == conversation_of(*SCRIPT).id != conversation_of(SCRIPT[0]).id
    assert conversation_of().duration == 0.0


def test_an_analysis_has_the_metrics_of_its_words() -> None:
    analysis = analysis_of("agent: one two three", "customer: four")
    assert (analysis.metrics.agent.words, analysis.metrics.customer.words) == (3, 1)
    assert analysis.metrics.talk_ratio == pytest.approx(0.75)
    assert len(analysis.labels) == 2
    assert analysis_of("agent: one", intent=None).intent is None


def test_the_encoder_gives_the_same_words_the_same_unit_vector() -> None:
    encoder = HashingEncoder(64)
    first, same, other, empty = encoder.encode(["My card", "card my", "a parcel", ""])
    assert np.linalg.norm([first, same, other, empty], axis=1) == pytest.approx([1.0] * 4)
    assert (first == same).all()
    assert first @ other < 0.99
    assert encoder.encode([]).shape == (0, 64)


def test_the_encoder_serves_a_scorecard() -> None:
    analysis = analysis_of(*SCRIPT)
    card = load_scorecard("general-service")
    found = evaluate(
        card, analysis.conversation, analysis.labels, analysis.metrics, HashingEncoder()
    )
    assert {answer.question for answer in found.answers} == {q.id for q in card.questions}


@pytest.fixture
def _no_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CINTEL_CACHE", str(tmp_path))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("PIP_NO_INDEX", "1")


@pytest.mark.usefixtures("_no_weights")
def test_a_scripted_analyzer_needs_no_weights() -> None:
    analysis = scripted_analyzer(*SCRIPT).analyze(CALL)
    said = [f"{turn.role}: {turn.text}" for turn in analysis.conversation.turns]
    assert said == list(SCRIPT)
    assert analysis.conversation.duration == pytest.approx(71.5, abs=0.1)
    assert set(analysis.provenance.models) == {"script"}
    assert analysis == _but_seconds(analysis, scripted_analyzer(*SCRIPT).analyze(CALL))


def _but_seconds(first: cintel.Analysis, second: cintel.Analysis) -> cintel.Analysis:
    seconds = first.provenance.seconds
    return replace(second, provenance=replace(second.provenance, seconds=seconds))


@pytest.mark.usefixtures("_no_weights")
def test_a_stage_may_be_assigned_by_hand() -> None:
    analyzer = cintel.Analyzer(device="cpu")
    analyzer.listener = ScriptedListener(*SCRIPT, language="de")
    analyzer.reader.encoder = HashingEncoder()
    analyzer.tagger = SilentTagger()
    analysis = analyzer.analyze(CALL.read_bytes())
    assert analysis.conversation.language == "de"
    assert analysis.intent is None
    assert analysis.frustration.reason == "labels are for English, this is 'de'"
    assert analysis.evaluations[0].score is None
