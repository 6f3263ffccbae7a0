"""``cintel voices`` without models: what it lists, forgets and refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import numpy as np
import pytest

from cintel.analyzer import Analyzer
from cintel.commands import voices
from cintel.conversation import Span
from cintel.errors import InputError
from cintel.ingest.audio import SAMPLE_RATE, Recording
from cintel.speech.listen import Heard
from cintel.speech.voiceprints import Voiceprint, Voiceprints, load, save
from cintel.testing import ScriptedDiarizer, scripted_analyzer, turns_of

Cintel = Callable[..., CompletedProcess[str]]
VECTOR = (1.0, *[0.0] * 191)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with the voices of two agents in ``v.json``."""
    agents = [Voiceprint(name, VECTOR, 21.4, ("a", "b"), "2026-11-03") for name in ("kim", "lee")]
    save(Voiceprints(tuple(agents)), tmp_path / "v.json")
    return tmp_path


def test_list_and_forget(home: Path, cintel: Cintel) -> None:
    listed = cintel("voices", "list", cwd=home, CINTEL_VOICES="v.json")
    assert listed.returncode == 0
    rows = [line.replace("│", " ").split() for line in listed.stdout.splitlines()]
    assert ["kim", "21", "2", "2026-11-03"] in rows
    gone = cintel("voices", "forget", "kim", "--voices", "v.json", cwd=home)
    assert (gone.returncode, gone.stdout) == (0, "kim: forgotten\n")
    assert [item.agent_id for item in load(home / "v.json").prints] == ["lee"]
    again = cintel("voices", "forget", "kim", "--voices", "v.json", cwd=home)
    assert again.returncode == 1
    assert again.stderr.startswith("error v.json: holds no voice of kim. See whose voices")


WRONG: dict[str, tuple[tuple[str, ...], int, str]] = {
    "unset": (("enrol", "kim", "a.wav"), 2, "error voices: is not set: there is no file of voice"),
    "unset list": (("list",), 2, "error voices: is not set"),
    "missing": (("list", "--voices", "x.json"), 2, "error x.json: cannot be read (No such file"),
    "folder": (("enrol", "kim", "a.wav", "--voices", "no/v"), 2, "error no/v: is in no folder"),
    "channel": (("enrol", "kim", "a.wav", "--channel", "3"), 2, "Invalid value for '--channel'"),
    "not voices": (("enrol", "kim", "a.wav", "--voices", "a.wav"), 2, "error a.wav: is not JSON"),
    "no call": (("enrol", "kim", "b.wav", "--voices", "n.json"), 1, "error b.wav: cannot be read"),
}  # fmt: skip


@pytest.mark.models
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_call_is_told_and_writes_nothing(home: Path, cintel: Cintel, name: str) -> None:
    (home / "a.wav").write_text("no sound")
    arguments, status, fault = WRONG[name]
    run = cintel("voices", *arguments, cwd=home)
    assert (run.returncode, run.stdout) == (status, "")
    assert fault in run.stderr
    assert "Traceback" not in run.stderr
    assert sorted(path.name for path in home.iterdir()) == ["a.wav", "v.json"]
    if name == "no call":
        assert "error kim: 0.0 s of speech were found, 10 are needed" in run.stderr


class ListedVoices(ScriptedDiarizer):
    """Hears one listed voice after the other."""

    def __init__(self, *first_numbers: float) -> None:
        self._left = list(first_numbers)

    def voice(self, samples: Any, spans: Iterable[Span]) -> Any:
        first = self._left.pop(0)
        return np.array([first, (1 - first**2) ** 0.5, *[0.0] * 190], dtype=np.float32)


def test_recordings_add_up_and_another_voice_is_refused(
    tmp_path: Path, clip: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    analyzer = scripted_analyzer(f"agent: {'word ' * 10}", "customer: Thank you so much.")
    analyzer.listener.diarizer = ListedVoices(1.0, 0.8, 0.2)
    first, second, third = (clip(tmp_path / f"{n}.wav", n, n + 1) for n in range(3))
    found, failed = voices.learn(analyzer, "kim", [first, second, first, third], None, None)
    assert found is not None
    assert (found.agent_id, found.seconds, len(found.recordings), failed) == ("kim", 8.0, 2, 1)
    assert found.vector[:3] == (0.948683, 0.316228, 0.0)  # half way between (1, 0) and (0.8, 0.6)
    told = capsys.readouterr().err
    assert "0.wav: is in the print of kim already" in told
    assert "2.wav: does not sound like what is known of kim (similarity 0.50)" in told


def test_too_little_speech_is_named(
    tmp_path: Path, clip: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    analyzer = scripted_analyzer("agent: One two three.", "customer: Thank you so much.")
    analyzer.listener.diarizer = ListedVoices()
    found = voices.learn(analyzer, "kim", [clip(tmp_path / "c.wav", 0, 1)], None, None)
    assert found == (None, 1)
    assert "c.wav: holds less than 3 s of the agent speaking alone" in capsys.readouterr().err


def _agent(analyzer: Analyzer, heard: Heard, channel: int | None = None) -> str:
    rows = max(len(set(heard.channels.values())), 1)
    recording = Recording(np.zeros((rows, 10), dtype=np.float32), SAMPLE_RATE, "c.wav", "0")
    return voices.find_agent(analyzer, Path("c.wav"), recording, heard, channel)


LINES = ("X: I will block it now.", "Y: Thank you so much.")
STEREO = Heard(turns_of(*LINES), "en", {"X": 0, "Y": 1})


def test_the_agent_is_the_only_speaker_or_the_one_on_the_channel() -> None:
    analyzer = scripted_analyzer(*LINES)
    assert _agent(analyzer, Heard(turns_of("X: Hello.", "SYSTEM: Hold the line."), "en")) == "X"
    assert _agent(analyzer, STEREO, channel=1) == "X"
    assert _agent(analyzer, STEREO, channel=2) == "Y"


def test_the_agent_is_told_by_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    analyzer = scripted_analyzer(*LINES)
    odds = {LINES[0][3:]: -2.0, LINES[1][3:]: 2.0}
    monkeypatch.setattr(analyzer.reader, "role_logits", lambda texts: [odds[t] for t in texts])
    assert _agent(analyzer, STEREO) == "Y"
    odds = dict.fromkeys(odds, 0.5)
    with pytest.raises(InputError, match="does not say clearly which of its speakers is the agent"):
        _agent(analyzer, STEREO)


def test_a_channel_that_is_not_there_or_silent_is_named() -> None:
    analyzer = scripted_analyzer(*LINES)
    with pytest.raises(InputError, match=r"c\.wav: has no channel 2 of its own: both parties"):
        _agent(analyzer, Heard(turns_of(*LINES), "en"), channel=2)
    silent = Heard(turns_of("X: Hello."), "en", {"X": 0, "Y": 1})
    with pytest.raises(InputError, match=r"c\.wav: holds no speech on channel 2"):
        _agent(analyzer, silent, channel=2)
    with pytest.raises(InputError, match=r"c\.wav: holds no speech\. Listen to it"):
        _agent(analyzer, Heard((), "en"))
