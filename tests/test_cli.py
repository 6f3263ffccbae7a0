"""The command line on real files: one folder, analysed once, then asked about in every way."""

from __future__ import annotations

import csv
import json
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from cintel.store import Store

Run = subprocess.CompletedProcess[str]
Cintel = Callable[..., Run]
CHATS = Path(__file__).parents[1] / "sample_audio" / "chats"
NAMES = ("banking-locked-out.txt", "ecommerce-wrong-item.csv", "telecom-router-lights.jsonl")

TOP = {
    "schema", "conversation", "intent", "summary", "metrics", "acoustics", "frustration", "csat",
    "evaluations", "provenance",
}  # fmt: skip
CONVERSATION = {
    "id", "channel", "source", "started_at", "duration", "language", "agent_id", "customer_id",
    "queue", "metadata", "turns",
}  # fmt: skip
TURN = {
    "index", "role", "speaker", "start", "end", "text", "words", "sentiment", "emotion", "act",
    "intents", "moves", "frustration", "pii",
}  # fmt: skip


@pytest.fixture(scope="module")
def home(
    tmp_path_factory: pytest.TempPathFactory, cintel: Cintel, clip: Callable[..., Path]
) -> Path:
    """A folder with three chats and a short call, analysed into ``s.db`` and ``out``."""
    found = tmp_path_factory.mktemp("home")
    (found / "in").mkdir()
    for name in NAMES:
        shutil.copy(CHATS / name, found / "in")
    clip(found / "in" / "call.wav")
    run = cintel("analyze", "in", "--store", "s.db", "--json", "out", cwd=found)
    assert (run.returncode, found.joinpath("s.db").exists()) == (0, True), run.stderr
    (found / "stdout").write_text(run.stdout)
    (found / "stderr").write_text(run.stderr)
    return found


@pytest.fixture
def chat_id(home: Path) -> str:
    with Store(home / "s.db") as store:
        loaded = [store.load(key) for key in store.ids()]
    return next(item.id for item in loaded if item.conversation.source.endswith(".csv"))


@pytest.mark.models
def test_a_normal_run_says_little_and_in_full(home: Path) -> None:
    errors = (home / "stderr").read_text().splitlines()
    assert len(errors) == 2, errors
    assert errors[0].startswith("4/4 ")
    assert errors[1] == "4 analysed, 0 done before, 0 failed"
    table = (home / "stdout").read_text()
    for name in (*NAMES, "call.wav", "account.login_problem", "order.wrong_item"):
        assert name in table
    assert "…" not in table


@pytest.mark.models
def test_json_has_the_fields_that_programs_hold_on_to(home: Path) -> None:
    names = {path.name for path in (home / "out").iterdir()}
    assert names == {"call.json", *(f"{Path(name).stem}.json" for name in NAMES)}
    for name in names:
        value: dict[str, Any] = json.loads((home / "out" / name).read_text())
        assert value["schema"] == "cintel.analysis/1"
        assert set(value) == TOP
        assert set(value["conversation"]) == CONVERSATION
        turns = value["conversation"]["turns"]
        assert all(set(turn) == TURN for turn in turns)
        assert value["intent"] is None or {"name", "score"} <= set(value["intent"])
        assert set(value["summary"]) == {
            "reason", "outcome", "actions", "text", "reason_turns", "outcome_turns", "resolved",
            "source", "note",
        }  # fmt: skip
        assert {"score", "peak", "peak_turn", "end", "trend"} <= set(value["frustration"])
        assert set(value["csat"]) == {"predicted", "confidence", "reason", "resolved", "pulls"}
        card = value["evaluations"][0]
        assert {"scorecard", "version", "score", "passed", "auto_failed", "answers"} <= set(card)
        assert all(
            set(answer) == {"question", "answer", "points", "possible", "confidence", "reason",
                            "evidence", "source", "unsure", "suggested", "fingerprint"}
            for answer in card["answers"]
        )  # fmt: skip
        assert {"cintel", "models", "device", "seconds"} <= set(value["provenance"])


@pytest.mark.models
def test_times_are_seconds_with_three_decimals(home: Path) -> None:
    value = json.loads((home / "out" / "call.json").read_text())
    turns = value["conversation"]["turns"]
    assert value["conversation"]["duration"] == 11.0
    times = [w[key] for turn in turns for w in turn["words"] for key in ("start", "end")]
    assert times
    assert all(time == round(time, 3) and 0 <= time <= 11 for time in times)


@pytest.mark.models
def test_what_is_done_is_skipped_without_torch(home: Path) -> None:
    code = (
        "import sys; from cintel.cli import app\n"
        "try: app(['analyze', 'in', '--store', 's.db', '--json', 'out'])\n"
        "except SystemExit as stop: print(stop.code)\n"
        "print(sorted({'torch', 'transformers', 'av', 'pandas'} & set(sys.modules)))"
    )
    call = [sys.executable, "-c", code]
    run = subprocess.run(call, cwd=home, capture_output=True, text=True, check=False)
    assert run.stdout.split() == ["0", "[]"]
    assert run.stderr.splitlines()[-1] == "0 analysed, 4 done before, 0 failed"


@pytest.mark.models
def test_a_skipped_file_still_gets_its_json(home: Path, cintel: Cintel) -> None:
    lost = home / "out" / "call.json"
    before = json.loads(lost.read_text())
    lost.unlink()
    (home / "out" / "ecommerce-wrong-item.json").write_text('{"settings_hash": "older"}')
    assert cintel("analyze", "in", "--store", "s.db", "--json", "out", cwd=home).returncode == 0
    assert json.loads(lost.read_text()) == before
    assert "turns" in (home / "out" / "ecommerce-wrong-item.json").read_text()


def test_no_store(tmp_path: Path, cintel: Cintel) -> None:
    (tmp_path / "a.csv").touch()
    assert cintel("analyze", "a.csv", "--no-store", cwd=tmp_path).returncode == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.models
def test_show_prints_every_format(home: Path, chat_id: str, cintel: Cintel) -> None:
    def show(form: str, key: str = chat_id) -> str:
        run = cintel("show", key, "--format", form, "--store", "s.db", cwd=home)
        assert (run.returncode, run.stderr) == (0, "")
        return run.stdout

    value = json.loads(show("json"))
    count = len(value["conversation"]["turns"])
    assert value == json.loads((home / "out" / "ecommerce-wrong-item.json").read_text())
    text = show("text", chat_id[:6])
    assert text.startswith(f"{chat_id}  in/ecommerce-wrong-item.csv")
    assert "[00:00] " in text
    assert "general-service" in text
    assert show("srt").startswith("1\n00:00:00,000 --> ")
    assert show("vtt").startswith("WEBVTT\n\n00:00:00.000 --> ")
    rttm = show("rttm").splitlines()
    assert len(rttm) == count
    row = r"SPEAKER ecommerce-wrong-item 1 \d+\.\d{3} \d+\.\d{3} <NA> <NA> \w+ <NA> <NA>"
    assert all(re.fullmatch(row, line) for line in rttm)


@pytest.mark.models
def test_show_names_an_unknown_id(home: Path, cintel: Cintel) -> None:
    run = cintel("show", "nothing", "--store", "s.db", cwd=home)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == "error s.db: holds no conversation 'nothing'. Give another id\n"


@pytest.mark.models
@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_export(home: Path, tmp_path: Path, cintel: Cintel, form: str) -> None:
    run = cintel("export", tmp_path / "t", "--format", form, "--store", "s.db", cwd=home)
    assert run.returncode == 0, run.stderr
    assert sorted(path.name for path in (tmp_path / "t").iterdir()) == [
        f"conversations.{form}",
        f"turns.{form}",
    ]
    conversations = tmp_path / "t" / f"conversations.{form}"
    if form == "csv":
        with conversations.open(newline="") as stream:
            sources = [row["source"] for row in csv.DictReader(stream)]
    elif form == "jsonl":
        sources = [json.loads(line)["source"] for line in conversations.read_text().splitlines()]
    else:
        import pandas as pd

        sources = list(pd.read_parquet(conversations)["source"])
    assert sorted(sources) == sorted(f"in/{name}" for name in ("call.wav", *NAMES))
    assert "conversations" in run.stdout
    assert ": 4 rows" in run.stdout


@pytest.mark.models
def test_export_to_where_nothing_can_be_written(home: Path, cintel: Cintel) -> None:
    run = cintel("export", "s.db", "--format", "csv", "--store", "s.db", cwd=home)
    assert run.returncode == 2
    (line,) = run.stderr.splitlines()
    assert line.startswith("error s.db/conversations.csv: cannot be written (")


CARD = """\
name: tiny
title: Tiny
pass_mark: 50
sections:
  - name: opening
    title: Opening
    weight: 100
    questions:
      - id: hello
        text: Did the agent say hello?
        points: 5
        judge: {kind: pattern, regex: hello}
"""


@pytest.mark.models
def test_evaluate_adds_a_score_and_keeps_the_others(
    home: Path, tmp_path: Path, cintel: Cintel
) -> None:
    shutil.copy(home / "s.db", tmp_path)
    (tmp_path / "tiny.yaml").write_text(CARD)
    call = ("evaluate", "--scorecard", "tiny.yaml", "--store", "s.db")
    scored = r"tiny \w+: 4 scored, mean [\d.]+ of \d, \d passed, \d+ answers left to a person$"
    for more, told in (
        ((), scored),
        ((), r"tiny \w+: 0 scored, 4 done before$"),
        (("--again",), scored),
        (("--again", "--until", "1999-12-31"), r"tiny \w+: 0 scored$"),
    ):
        run = cintel(*call, *more, cwd=tmp_path)
        assert run.returncode == 0, run.stderr
        assert re.search(told, run.stderr.strip()), run.stderr
    with Store(tmp_path / "s.db") as store:
        for key in store.ids():
            cards = [item.scorecard for item in store.load(key).evaluations]
            assert cards == ["general-service", "tiny"]


def test_models_list(tmp_path: Path, cintel: Cintel) -> None:
    run = cintel("models", "list", cwd=tmp_path, CINTEL_CACHE=str(tmp_path / "none"))
    assert run.returncode == 0
    for word in ("whisper-base", "minilm", "campplus", "segmentation-3.0", "no", "MIT"):
        assert word in run.stdout


@pytest.mark.models
def test_models_verify(tmp_path: Path, cintel: Cintel) -> None:
    assert cintel("models", "verify", "minilm", cwd=tmp_path).stdout == "minilm: good\n"
    run = cintel("models", "verify", "minilm", cwd=tmp_path, CINTEL_CACHE=str(tmp_path))
    assert run.returncode == 1
    assert run.stderr.startswith("error minilm: ")
    assert run.stderr.rstrip().endswith("Run: cintel models pull minilm")


@pytest.mark.models
def test_doctor(home: Path, tmp_path: Path, cintel: Cintel) -> None:
    run = cintel("doctor", "--store", home / "s.db", cwd=tmp_path)
    assert run.returncode == 0, run.stdout
    for word in ("python", "packages", "device", "codecs", "weights", "disk", "4 conversations"):
        assert word in run.stdout
    (tmp_path / "bad.db").write_text("no database at all, but a text" * 40)
    broken = cintel("doctor", "--store", "bad.db", cwd=tmp_path)
    assert broken.returncode == 1
    assert "not a database" in broken.stdout


WRONG: dict[str, tuple[tuple[str, ...], str]] = {
    "missing": (("analyze", "none.wav"), "error none.wav: does not exist. Check the path"),
    "empty": (("analyze", "void"), "error void: holds no recording or chat log. Name audio"),
    "device": (("analyze", "c.txt", "--device", "tpu"), "Invalid value for '--device'"),
    "option": (("analyze", "c.txt", "--colour"), "No such option"),
    "nothing": (("analyze",), "Missing argument"),
    "speakers": (("analyze", "c.txt", "--speakers", "9"), "error setting speakers: "),
    "card": (("analyze", "c.txt", "--scorecard", "x"), "error x: is neither a file nor"),
    "json": (("analyze", "c.txt", "--json", "c.txt"), "error c.txt: cannot be made (File exists)"),
    "closed": (("analyze", "c.txt", "--json", "closed"), "error closed: cannot be written to"),
    "show": (("show", "1", "--store", "no.db"), "error no.db: is not there. Name a store"),
    "export": (("export", "t", "--store", "no.db"), "error no.db: is not there."),
    "evaluate": (("evaluate", "--store", "no.db"), "error no.db: is not there."),
    "command": (("analyse",), "No such command"),
}


@pytest.mark.skipif(find_spec("ray") is not None, reason="ray is installed")
def test_without_ray_the_extra_is_named(tmp_path: Path, cintel: Cintel) -> None:
    (tmp_path / "c.txt").write_text("agent: hello\ncustomer: hi\n")
    run = cintel("analyze", "c.txt", "--engine", "ray", cwd=tmp_path)
    assert (run.returncode, [path.name for path in tmp_path.iterdir()]) == (2, ["c.txt"])
    assert run.stderr == (
        'error ray: is not installed. Install it with: pip install "cintel[cluster]"\n'
    )


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_call_starts_nothing(tmp_path: Path, cintel: Cintel, name: str) -> None:
    (tmp_path / "void").mkdir()
    (tmp_path / "closed").mkdir(mode=0o500)
    (tmp_path / "c.txt").write_text("agent: hello\ncustomer: hi\n")
    arguments, fault = WRONG[name]
    run = cintel(*arguments, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert fault in run.stderr
    assert "Traceback" not in run.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.txt", "closed", "void"]


COMMANDS = (
    "analyze", "demo", "dashboard", "show", "export", "evaluate", "doctor", "models list",
    "models pull", "models verify", "scorecard list", "scorecard check", "scorecard show",
    "voices enrol", "voices list", "voices forget",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(command: str) -> None:
    from typer.testing import CliRunner

    from cintel.cli import app

    result = CliRunner().invoke(app, [*command.split(), "--help"])
    assert result.exit_code == 0
    assert f"cintel {command}" in result.output.split("Example", 1)[1]


def test_version_and_quick_help(tmp_path: Path, cintel: Cintel) -> None:
    assert re.fullmatch(r"cintel \d+\.\d+\.\d+\n", cintel("--version", cwd=tmp_path).stdout)
    code = (
        "import sys, cintel.cli\n"
        "print(sorted({'torch', 'numpy', 'sqlalchemy', 'pandas'} & set(sys.modules)))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert loaded.stdout == "[]\n"


@pytest.mark.models
def test_ctrl_c_keeps_what_is_done(
    tmp_path: Path, begin_cintel: Callable[..., subprocess.Popen[str]], clip: Callable[..., Path]
) -> None:
    shutil.copy(CHATS / NAMES[0], tmp_path / "a.txt")
    for number in range(1, 6):
        clip(tmp_path / f"call-{number}.wav", number, 20.0 + number)
    process = begin_cintel("analyze", "a.txt", ".", "--store", "s.db", cwd=tmp_path)
    deadline = time.monotonic() + 120
    while not _saved(tmp_path / "s.db") and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert "stopped; what is done is kept" in errors.splitlines()[-1]
    with Store(tmp_path / "s.db") as store:
        assert 1 <= len(store) < 6


def _saved(path: Path) -> int:
    if not path.exists():
        return 0
    database = sqlite3.connect(path)
    try:
        return int(database.execute("SELECT count(*) FROM conversations").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        database.close()
