from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cintel import Analyzer, Store
from cintel.conversation import Analysis
from cintel.ingest.audio import SAMPLE_RATE, read_audio
from cintel.language.spoken import normalise
from cintel.serial import dumps
from cintel.testing import conversation_of, scripted_analyzer
from pipelines.batch import Batch
from pipelines.discover import plan

BANKING = Path(__file__).parents[1] / "sample_audio" / "calls" / "banking-1-lost-card.wav"
SCRIPT = (
    "agent: Thank you for calling, this is Quillon speaking, how can I help?",
    "customer: My name is Zebadiah Ostrander and I already told you my card is lost!",
    "agent: What is the card number?",
    "customer: four two six three, nine eight two six",
    "agent: Thank you Zebadiah, go on.",
    "customer: four zero two six, nine two nine nine",
    "agent: So 4263 9826 4026 9299. Your date of birth?",
    "customer: It's 14/03/1988, and mail zeb.ostrander@example.com please.",
    "agent: Thanks. I will block it now, a new one comes in 5 days.",
)
SECRETS = (
    *("Quillon", "Zebadiah", "Ostrander", "ostrander", "4263", "9826", "4026", "9299", "14/03"),
    *("two six three", "nine eight two six", "zero two six", "nine two nine nine", "1988"),
)


def leaks(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


@pytest.fixture
def recording(clip: Callable[..., Path], tmp_path: Path) -> Path:
    return clip(tmp_path / "call.wav", 0.0, 60.0)


def analyzed(recording: Path, folder: Path, redact: str) -> Analysis:
    analyzer = scripted_analyzer(*SCRIPT, redact=redact, redacted=folder)
    return analyzer.analyze(recording)


def test_a_redacted_store_and_its_json_hold_none_of_it(recording: Path, tmp_path: Path) -> None:
    analyzer = scripted_analyzer(*SCRIPT, redact="both", redacted=tmp_path / "toned")
    with Store(tmp_path / "s.db") as store:
        jobs, _ = plan([recording])
        (outcome,) = Batch(analyzer, store, tmp_path / "json").run(jobs)
    assert outcome.error is None
    kept = [tmp_path / "s.db", tmp_path / "json" / "call.json"]
    for path in (*kept, *tmp_path.glob("s.db-*")):
        assert leaks(path.read_bytes().decode("utf-8", "ignore")) == []
    told = json.loads(kept[1].read_text())["conversation"]["turns"]
    assert told[1]["text"] == "My name is [NAME] and I already told you my card is lost!"
    assert told[3]["text"] == "[CARD]"
    assert told[6]["text"] == "So [CARD]. Your date of birth?"
    assert told[7]["text"] == "It's [DOB], and mail [EMAIL] please."
    for turn in told:
        assert "".join(w["text"] for w in turn["words"]) == turn["text"].replace(" ", "")
        for span in turn["pii"]:
            marked = turn["text"][span["start"] : span["end"]]
            assert marked == f"[{span['type'].upper()}]"


def test_what_was_kept_before_is_overwritten(recording: Path, tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with Store(path) as store:
        store.save(analyzed(recording, tmp_path, "none"))
    assert len(leaks(path.read_bytes().decode("utf-8", "ignore"))) > 5
    with Store(path) as store:
        redacted = analyzed(recording, tmp_path, "text")
        store.save(redacted)
        assert store.load(redacted.id) == redacted
    assert leaks(path.read_bytes().decode("utf-8", "ignore")) == []


def test_redacted_is_another_analysis_of_the_same_conversation(
    recording: Path, tmp_path: Path
) -> None:
    plain, text = (analyzed(recording, tmp_path, how) for how in ("none", "text"))
    assert plain.id == text.id
    assert plain.provenance.content_hash == text.provenance.content_hash
    assert plain.provenance.settings_hash != text.provenance.settings_hash
    assert plain.metrics.customer.words == text.metrics.customer.words
    assert plain.metrics.talk_ratio == text.metrics.talk_ratio
    assert leaks(dumps(plain)) == list(SECRETS)
    assert text.conversation.source == str(recording)


def test_the_copy_has_a_tone_where_the_card_is_said(recording: Path, tmp_path: Path) -> None:
    before = recording.read_bytes()
    analysis = analyzed(recording, tmp_path / "toned", "audio")
    assert recording.read_bytes() == before
    assert leaks(dumps(analysis)) == list(SECRETS)  # the text stays
    copy = Path(analysis.conversation.source)
    assert copy == tmp_path / "toned" / f"{analysis.id}.mp3"
    sound = read_audio(copy).mono
    turn = analysis.conversation.turns[3]
    assert tone_share(sound, turn.start, turn.end) > 0.99
    last = analysis.conversation.turns[-1]
    assert tone_share(sound, last.start + 1, last.end) < 0.5


def tone_share(
    sound: np.ndarray[tuple[int, ...], np.dtype[np.float32]], a: float, b: float
) -> float:
    """The share of the power between ``a`` and ``b`` seconds that is near 1 kHz."""
    part = sound[int(a * SAMPLE_RATE) : int(b * SAMPLE_RATE)]
    power = np.abs(np.fft.rfft(part)) ** 2
    hertz = np.fft.rfftfreq(part.size, 1 / SAMPLE_RATE)
    return float(power[np.abs(hertz - 1000) < 30].sum() / power.sum())


def test_text_has_no_copy(tmp_path: Path) -> None:
    analyzer = scripted_analyzer(redact="both", redacted=tmp_path / "toned")
    talk = conversation_of(*SCRIPT)
    talk = replace(
        talk,
        channel="chat",
        turns=tuple(replace(t, speaker="Zebadiah O", words=()) for t in talk.turns),
    )
    analysis = analyzer.analyze(talk)
    assert leaks(dumps(analysis)) == []
    assert {turn.speaker for turn in analysis.conversation.turns} == {"SPEAKER_00"}
    assert not (tmp_path / "toned").exists()


def test_the_command_says_where_copies_go(cintel: Callable[..., object], tmp_path: Path) -> None:
    told = cintel("analyze", "--help", cwd=tmp_path, COLUMNS="200")
    text = re.sub(r"[\s│]+", " ", told.stdout)  # type: ignore[attr-defined]
    assert "none|text|audio|both" in text
    assert "Folder of the toned copies; originals stay. [default: redacted]" in text
    bad = cintel("analyze", str(BANKING), cwd=tmp_path, CINTEL_REDACT="all")
    assert bad.returncode == 2  # type: ignore[attr-defined]
    assert "setting redact" in bad.stderr  # type: ignore[attr-defined]


@pytest.mark.models
def test_no_digit_of_a_planted_card_is_heard_again(tmp_path: Path) -> None:
    analyzer = Analyzer(device="cpu", redact="both", redacted=tmp_path)
    analysis = analyzer.analyze(BANKING)
    truth = json.loads(BANKING.with_suffix(".truth.json").read_text())
    kept = " ".join(re.findall(r'"(?:text|quote|reason|outcome)": "(.*)"', dumps(analysis)))
    assert kept.count("[CARD]") >= 2  # the text and the words
    assert not re.search(r"Daniel|Foster|Maria|4263|9826|4026|9299|60614|1988", kept)
    heard = analyzer.listener.listen(read_audio(Path(analysis.conversation.source)), "en").turns
    assert sum(len(turn.words) for turn in heard) > 200  # the rest of the call is there
    for item in truth["pii"]:
        if item["type"] in ("card", "postcode"):
            turn = truth["turns"][item["turn"]]
            words = " ".join(
                word.text
                for other in heard
                for word in other.words
                if turn["start"] - 0.3 <= (word.start + word.end) / 2 <= turn["end"] + 0.3
            )
            assert not re.search(r"\d", normalise(words).text), words
