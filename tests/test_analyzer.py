from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.samples import answers, roles, wer
from cintel import Analyzer
from cintel.conversation import Analysis, floor_reason
from cintel.errors import AudioError, CintelError, InputError, SettingsError
from cintel.ingest.audio import SAMPLE_RATE, Recording
from cintel.serial import dumps
from cintel.settings import load_settings
from cintel.testing import ScriptedListener, conversation_of, scripted_analyzer

SAMPLES = Path(__file__).parents[1] / "sample_audio"
MONO, STEREO, OPUS = (
    SAMPLES / "calls" / name
    for name in (
        "telecom-2-cancel-plan.wav",
        "ecommerce-2-missing-parcel.wav",
        "ecommerce-3-late-refund.ogg",
    )
)
CHATS = sorted((SAMPLES / "chats").glob("*.truth.json"))
SCRIPT = (
    "agent: Thank you for calling, this is Kim, how can I help?",
    "customer: I lost my card and I already told you twice!",
    "agent: I am sorry to hear that. I will block it now.",
)


def _truth(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.with_suffix(".truth.json").read_text())
    return value


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer(device="cpu")


@pytest.fixture(scope="module", params=[MONO, STEREO, OPUS], ids=["mono", "stereo", "opus"])
def call(request: pytest.FixtureRequest, analyzer: Analyzer) -> tuple[Analysis, dict[str, Any]]:
    """A sample call's analysis, and its truth."""
    path: Path = request.param
    return analyzer.analyze(path), _truth(path)


@pytest.mark.models
def test_words_of_a_call(call: tuple[Analysis, dict[str, Any]]) -> None:
    assert wer(*call) <= 0.12


@pytest.mark.models
def test_roles_of_a_call(call: tuple[Analysis, dict[str, Any]]) -> None:
    right, judged, wrong = roles(*call)
    assert judged >= 8
    assert right >= 0.9 * judged, wrong


@pytest.mark.models
def test_questions_of_a_call(call: tuple[Analysis, dict[str, Any]]) -> None:
    right, total, wrong = answers(*call)
    assert right >= 0.75 * total, wrong


@pytest.mark.models
def test_music_of_a_call(call: tuple[Analysis, dict[str, Any]]) -> None:
    analysis, truth = call
    expected = [(h["start"], h["end"]) for h in truth["holds"] if h["kind"] == "music"]
    assert len(analysis.acoustics.music) == len(expected)
    for found, true in zip(analysis.acoustics.music, expected, strict=True):
        assert found == pytest.approx(true, abs=1.0)


@pytest.mark.models
def test_holds_of_a_call(call: tuple[Analysis, dict[str, Any]]) -> None:
    analysis, truth = call
    expected = sum(hold["end"] - hold["start"] for hold in truth["holds"])
    assert analysis.metrics.hold.count == len(truth["holds"])
    assert analysis.metrics.hold.total == pytest.approx(expected, abs=2.0)


LOST = {
    "reason": {"text": "The customer lost a card.", "turns": [1]},
    "outcome": {"text": "The agent blocks it now.", "turns": [2], "resolved": None},
    "actions": [],
}


def test_with_a_language_model_the_summary_is_in_its_words(llm_server: Any) -> None:
    llm_server.script = [json.dumps(LOST)]
    analyzer = scripted_analyzer(*SCRIPT, llm_url=llm_server.url, llm_model="m", llm_key="k-42")
    analysis = analyzer.analyze(conversation_of(*SCRIPT))
    assert (analysis.summary.source, analysis.summary.note) == ("llm", None)
    assert (analysis.summary.reason, analysis.summary.reason_turns) == (
        "The customer lost a card.", (1,),
    )  # fmt: skip
    assert "k-42" not in dumps(analysis)


def test_a_dead_language_model_costs_no_conversation(llm_server: Any) -> None:
    llm_server.script = [404]
    analyzer = scripted_analyzer(*SCRIPT, llm_url=llm_server.url, llm_model="m")
    plain = scripted_analyzer(*SCRIPT).analyze(conversation_of(*SCRIPT)).summary
    for number in range(6):
        found = analyzer.analyze(conversation_of(*SCRIPT)).summary
        assert found == replace(plain, note=found.note)
        assert ("is left alone" in str(found.note)) == (number >= 3)
    assert len(llm_server.bodies) == 3


def test_what_is_not_summarised_is_not_sent(llm_server: Any) -> None:
    llm_server.script = [json.dumps(LOST)]
    analyzer = scripted_analyzer(*SCRIPT, llm_url=llm_server.url, llm_model="m")
    analyzer.analyze(conversation_of("agent: Hello.", "customer: Hi."))
    analyzer.analyze(conversation_of(*SCRIPT, language="de"))
    assert llm_server.bodies == []


def test_a_language_model_without_a_name_ends_the_call() -> None:
    with pytest.raises(SettingsError, match="setting llm_model"):
        _ = scripted_analyzer(*SCRIPT, llm_url="http://localhost:1/v1").reader


@pytest.mark.models
def test_an_analysis_of_a_call_is_whole(call: tuple[Analysis, dict[str, Any]]) -> None:
    analysis, truth = call
    conversation = analysis.conversation
    assert floor_reason(conversation) is None
    assert conversation.duration == pytest.approx(truth["seconds"], abs=0.2)
    assert (conversation.language, conversation.channel) == ("en", "call")
    assert (conversation.agent_id, conversation.queue) == (truth["agent_id"], truth["queue"])
    assert [turn.index for turn in conversation.turns] == list(range(len(conversation.turns)))
    assert len(analysis.labels) == len(conversation.turns)
    assert {"agent", "customer"} <= set(analysis.acoustics.loudness)
    assert {"agent", "customer"} <= set(analysis.acoustics.pitch)
    assert 1 <= (analysis.csat.predicted or 0) <= 5
    assert 0 <= (analysis.frustration.score or -1) <= 1
    assert analysis.summary.text
    assert len(analysis.provenance.models["whisper-base"]) == 64


@pytest.mark.models
@pytest.mark.parametrize("path", CHATS, ids=lambda path: path.name.removesuffix(".truth.json"))
def test_a_chat_s_roles_and_intent(path: Path, analyzer: Analyzer) -> None:
    truth = json.loads(path.read_text())
    analysis = analyzer.analyze(path.parent / Path(truth["file"]).name)
    found = [(turn.role, turn.text) for turn in analysis.conversation.turns]
    assert found == [(turn["role"], turn["text"]) for turn in truth["turns"]]
    assert analysis.intent is not None
    assert analysis.intent.name == truth["intent"]


@pytest.mark.models
def test_labels_of_single_lines(analyzer: Analyzer) -> None:
    angry, procedural = analyzer.label(
        ["this is ridiculous, i already told you twice", "Can I have your date of birth?"],
        role="customer",
    )
    assert angry.sentiment is not None
    assert procedural.sentiment is not None
    assert angry.sentiment.label == "negative"
    assert procedural.sentiment.label == "neutral"


def _files(tmp_path: Path) -> tuple[Path, Path]:
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"RIFF nothing")
    return MONO, bad


def test_a_bad_file_costs_only_itself(tmp_path: Path) -> None:
    good, bad = _files(tmp_path)
    failed: list[tuple[Path, CintelError]] = []
    steps: list[tuple[str, int, int]] = []
    done = scripted_analyzer(*SCRIPT).analyze_many(
        [bad, good],
        on_progress=lambda *step: steps.append(step),
        on_error=lambda path, error: failed.append((path, error)),
    )
    assert [analysis.conversation.source for analysis in done] == [str(good)]
    assert [(path, type(error)) for path, error in failed] == [(bad, AudioError)]
    assert steps == [("bad.wav", 1, 2), (good.name, 2, 2)]


def test_without_a_callback_failures_are_told_at_the_end(tmp_path: Path) -> None:
    good, bad = _files(tmp_path)
    found: list[Analysis] = []
    with pytest.raises(InputError, match=r"^1 of 2 files: .*bad\.wav"):
        found.extend(scripted_analyzer(*SCRIPT).analyze_many([str(bad), str(good)]))


def test_every_kind_of_source_gives_the_same_words() -> None:
    analyzer = scripted_analyzer(*SCRIPT)
    samples = np.full((1, 10 * SAMPLE_RATE), 0.01, dtype=np.float32)
    sources = (str(MONO), MONO.read_bytes(), Recording(samples, SAMPLE_RATE, "made", "0" * 64))
    for source in (MONO, *sources, conversation_of(*SCRIPT)):
        turns = analyzer.analyze(source).conversation.turns
        assert [f"{turn.role}: {turn.text}" for turn in turns] == list(SCRIPT)


def test_one_file_s_id_is_that_of_its_bytes() -> None:
    analyzer = scripted_analyzer(*SCRIPT)
    assert analyzer.analyze(MONO).id == analyzer.analyze(MONO.read_bytes()).id
    assert analyzer.analyze(MONO).id != analyzer.analyze(STEREO).id


def test_a_file_of_several_conversations_asks_for_analyze_many(tmp_path: Path) -> None:
    path = tmp_path / "chats.csv"
    rows = ["conversation_id,timestamp,sender,text"]
    rows += [f"{name},2026-03-01T10:00:0{i},{who},{text}" for name in "ab" for i, (who, text) in
             enumerate((("agent", "Hello there"), ("customer", "Where is my parcel")))]  # fmt: skip
    path.write_text("\n".join(rows) + "\n")
    analyzer = scripted_analyzer(*SCRIPT)
    with pytest.raises(InputError, match=r"chats\.csv: holds 2 conversations\. Use analyze_many"):
        analyzer.analyze(path)
    assert len(list(analyzer.analyze_many([path]))) == 2


def test_a_recording_without_words_is_an_error() -> None:
    analyzer = scripted_analyzer()
    with pytest.raises(AudioError, match="holds no speech that can be transcribed"):
        analyzer.analyze(MONO)


def test_roles_that_are_known_are_not_guessed() -> None:
    analyzer = scripted_analyzer(*SCRIPT)
    analyzer.listener = ScriptedListener("X: I will block it now.", "Y: Thank you so much.")
    found = analyzer.analyze(MONO).conversation
    assert {turn.role for turn in found.turns} == {"agent", "customer"}
    assert 0.5 <= found.metadata["role_confidence"] <= 1.0
    assert "role_confidence" not in scripted_analyzer(*SCRIPT).analyze(MONO).conversation.metadata


def test_below_the_evidence_floor_there_is_a_reason_and_no_score() -> None:
    analysis = scripted_analyzer("agent: Hello?").analyze(MONO)
    assert analysis.evaluations[0].score is None
    assert analysis.evaluations[0].reason == "no customer turn"
    assert analysis.frustration.score is None
    assert analysis.csat.predicted is None


def test_an_analysis_can_be_scored_again() -> None:
    analyzer = scripted_analyzer(*SCRIPT)
    analysis = analyzer.analyze(MONO)
    assert analyzer.evaluate(replace(analysis, evaluations=())) == analysis.evaluations[0]


def test_the_settings_hash_follows_the_settings() -> None:
    def settings_hash(**settings: Any) -> str:
        return scripted_analyzer(*SCRIPT, **settings).analyze(MONO).provenance.settings_hash

    assert settings_hash() == settings_hash(threads=1)
    assert settings_hash() != settings_hash(speakers=2)


def test_settings_and_arguments_are_not_mixed() -> None:
    with pytest.raises(SettingsError, match="device: is given beside settings"):
        Analyzer(load_settings(), device="cpu")
