"""Every bad input of one folder through the real command, in one run."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import av
import numpy as np
import pytest

from cintel.store import Store

pytestmark = pytest.mark.models
Run = subprocess.CompletedProcess[str]
ROWS = (
    "2026-03-02 10:00:00,customer,My parcel has not arrived and I would like to know why\n"
    "2026-03-02 10:01:00,agent,I am sorry to hear that. May I have your order number?\n"
    "2026-03-02 10:02:00,customer,It is four four one\n"
)


class Bad(NamedTuple):
    folder: Path
    run: Run
    again: Run

    def line(self, name: str) -> str:
        """The one line of the error output that begins with a file's name."""
        lines = [item for item in self.run.stderr.splitlines() if f"error {name}" in item]
        assert len(lines) == 1, self.run.stderr
        return lines[0].removeprefix("error ")


def _chat(path: Path, rows: str = ROWS, encoding: str = "utf-8") -> None:
    path.write_bytes(f"time,role,text\n{rows}".encode(encoding))


def _silent(path: Path) -> None:
    with av.open(str(path), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 16000), np.int16), "s16", "mono")
        frame.sample_rate = 8000
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def _hiss(path: Path) -> None:
    noise = np.random.default_rng(0).normal(0, 300, (1, 40000)).astype(np.int16)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(noise, "s16", "mono")
        frame.sample_rate = 8000
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def _picture(path: Path) -> None:
    with av.open(str(path), "w") as out:
        video = out.add_stream("mpeg4", rate=5)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        black = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
        out.mux(video.encode(black))
        out.mux(video.encode(None))


def _half_mp3(source: Path, path: Path) -> None:
    target = io.BytesIO()
    with av.open(str(source)) as read, av.open(target, "w", format="mp3") as out:
        stream = out.add_stream("libmp3lame", rate=16000, layout="mono", format="s16p")
        resampler = av.AudioResampler("s16p", "mono", 16000, frame_size=576)
        for frame in [*read.decode(audio=0), None]:
            for ready in resampler.resample(frame):
                out.mux(stream.encode(ready))
        out.mux(stream.encode(None))
    path.write_bytes(target.getvalue()[: target.tell() // 2])


def _fill(folder: Path, clip: Callable[..., Path]) -> None:
    call = clip(folder / "a good call [1] :smile:.wav", 0.0, 11.0)
    (folder / "z copy.wav").write_bytes(call.read_bytes())
    (folder / "empty.wav").touch()
    (folder / "empty.mp3").touch()
    (folder / "text.wav").write_text("This is no sound at all.\n" * 40)
    _half_mp3(clip(folder / "whole.wav", 11.0, 31.0), folder / "half.mp3")
    (folder / "whole.wav").unlink()
    lies = bytearray(clip(folder / "long.wav", 1.0, 11.0).read_bytes())
    lies[40:44] = (10_000_000).to_bytes(4, "little")
    (folder / "long.wav").write_bytes(lies)
    lies = bytearray(clip(folder / "short.wav", 2.0, 11.0).read_bytes())
    lies[40:44] = (20_000).to_bytes(4, "little")
    (folder / "short.wav").write_bytes(lies)
    _picture(folder / "picture.mp4")
    _silent(folder / "silence.wav")
    _hiss(folder / "hiss.wav")
    _chat(folder / "good.csv")
    (folder / "columns.csv").write_text("when,who,what\n" + ROWS)
    _chat(folder / "date.csv", ROWS.replace("10:01:00", "25:01:00"))
    mixed = f"time,role,text\n{ROWS}".encode() + "2026-03-02 10:03:00,agent,Très bien\n".encode(
        "cp1252"
    )
    (folder / "mixed.csv").write_bytes(mixed)
    (folder / "noaccess.wav").write_bytes(b"RIFF")
    (folder / "noaccess.wav").chmod(0)
    (folder / "sidecar.csv").write_text(f"time,role,text\n{ROWS}".replace("four four", "nine"))
    (folder / "sidecar.meta.json").write_text('{"agent_id": ')
    os.mkfifo(folder / "pipe.wav")
    (folder / "gone.wav").symlink_to(folder / "nowhere.wav")
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.csv")).write_text("time,role,text\n" + ROWS)
    (locked := folder / "locked").mkdir()
    _chat(locked / "chat.csv")
    locked.chmod(0)


@pytest.fixture(scope="module")
def bad(
    tmp_path_factory: pytest.TempPathFactory,
    cintel: Callable[..., Run],
    clip: Callable[..., Path],
) -> Iterator[Bad]:
    home = tmp_path_factory.mktemp("bad")
    (folder := home / "in").mkdir()
    _fill(folder, clip)
    call = ("analyze", "in", "nowhere", "--json", "out", "--store", "s.db", "--device", "cpu")
    run = cintel(*call, cwd=home)
    yield Bad(home, run, cintel(*call, cwd=home))
    (folder / "locked").chmod(0o700)


FAULTS = {
    "in/empty.wav": "is empty (0 bytes). Export the recording again",
    "in/empty.mp3": "is empty (0 bytes). Export the recording again",
    "in/text.wav": "is not audio that can be decoded",
    "in/picture.mp4": "has no audio stream. Export it with its sound track",
    "in/silence.wav": "holds only silence. Check the recorder's input",
    "in/hiss.wav": "holds no speech that can be transcribed. Listen to it",
    "in/z copy.wav": "has the same content as in/a good call [1] :smile:.wav. Remove one of them",
    "in/columns.csv": "has no column for the message text among: when, who, what",
    "in/date.csv, line 3": "'2026-03-02 25:01:00' is not a date and time",
    "in/noaccess.wav": "cannot be read (Permission denied). Check its access rights",
    "in/locked": "cannot be read (Permission denied). Check its access rights",
    "in/sidecar.meta.json": "is not JSON",
    "in/pipe.wav": "is not a file. Give a recording or a chat log",
    "in/gone.wav": "cannot be read (No such file or directory). Check the path and the disk",
    "in/caf\\xe9.csv": "has a name that is not UTF-8. Rename it",
    "nowhere": "does not exist. Check the path",
}
DONE = {"a good call [1] :smile:", "half", "long", "short", "good", "mixed"}


@pytest.mark.parametrize("name", FAULTS)
def test_one_line_names_the_file_the_fault_and_the_remedy(bad: Bad, name: str) -> None:
    line = bad.line(name)
    assert line.startswith(f"{name}: {FAULTS[name]}")
    assert ". " in line.split(": ", 1)[1]


def test_the_rest_is_done(bad: Bad) -> None:
    assert bad.run.returncode == 1
    tail = f"{len(DONE)} analysed, 0 done before, {len(FAULTS)} failed"
    assert bad.run.stderr.splitlines()[-1] == tail
    assert "Traceback" not in bad.run.stderr
    assert bad.run.stderr.count("error ") == len(FAULTS)


def test_nothing_is_half_written(bad: Bad) -> None:
    assert {path.name for path in (bad.folder / "out").iterdir()} == {f"{n}.json" for n in DONE}
    with Store(bad.folder / "s.db") as store:
        sources = {Path(store.load(key).conversation.source).stem for key in store.ids()}
        assert len(store.ids()) == len(DONE)
    assert sources == DONE


@pytest.mark.parametrize(
    ("name", "warning"),
    [
        ("half.mp3", "the header promises 20."),
        ("long.wav", "the header claims 10000000 bytes of sound, 160000 are there"),
        ("short.wav", "the header claims 20000 bytes of sound, all 144000 that follow were read"),
        ("mixed.csv", "1 lines are not UTF-8 and were read as Windows-1252"),
    ],
)
def test_what_is_whole_is_kept_and_said(bad: Bad, name: str, warning: str) -> None:
    (line,) = [x for x in bad.run.stderr.splitlines() if x.startswith(f"note in/{name}: ")]
    assert warning in line
    value: dict[str, Any] = json.loads((bad.folder / "out" / f"{Path(name).stem}.json").read_text())
    said = [*value["acoustics"]["warnings"], *value["conversation"]["metadata"].get("warnings", [])]
    assert any(warning in item for item in said)
    assert value["conversation"]["turns"]


def test_names_are_printed_as_they_are(bad: Bad) -> None:
    assert "a good call [1] :smile:.wav" in bad.run.stdout


def test_a_second_run_says_the_same_and_does_nothing(bad: Bad) -> None:
    def faults(run: Run) -> list[str]:
        return sorted(x for x in run.stderr.splitlines() if x.startswith("error"))

    assert bad.again.returncode == 1
    assert faults(bad.again) == faults(bad.run)
    tail = f"0 analysed, {len(DONE)} done before, {len(FAULTS)} failed"
    assert bad.again.stderr.splitlines()[-1] == tail


def test_a_hundred_thousand_rows(tmp_path: Path, cintel: Callable[..., Run]) -> None:
    """Two hundred conversations of five hundred short messages each."""
    with (tmp_path / "big.csv").open("w") as out:
        out.write("conversation_id,time,role,text\n")
        for row in range(100_000):
            side = "agent" if row % 2 else "customer"
            minute = f"2026-03-02 {row % 500 // 60:02}:{row % 60:02}:00"
            out.write(f"{row // 500},{minute},{side},gern\n")
    code = (
        "from pathlib import Path; from cintel.testing import scripted_analyzer\n"
        "from cintel.store import Store; from pipelines.batch import Batch\n"
        "from pipelines.discover import Job\n"
        "with Store('s.db') as store:\n"
        "    batch = Batch(scripted_analyzer('agent: hi'), store)\n"
        "    job = Job(Path('big.csv'), 'big', 1)\n"
        "    print(*(batch.attempt(job).state for _ in 'ab'), len(store))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["done", "skipped", "200"], done.stderr


CARD = """\
name: tiny
title: Tiny
pass_mark: 50
sections:
  - name: opening
    title: Opening
    weight: {weight}
    questions:
      - id: greeting
        text: Did the agent greet?
        type: yes_no
        points: 5
        judge: {{kind: pattern, regex: hello}}
        {extra}
"""


@pytest.mark.parametrize(
    ("weight", "extra", "fault"),
    [
        (100, "colour: blue", "colour"),
        (60, "", "the weights add up to 60, not 100"),
        (100, "when: {kind: answer, question: greeting, values: ['yes']}", "circular"),
    ],
)
def test_a_faulty_scorecard_starts_nothing(
    tmp_path: Path, cintel: Callable[..., Run], weight: int, extra: str, fault: str
) -> None:
    _chat(tmp_path / "chat.csv")
    (tmp_path / "card.yaml").write_text(CARD.format(weight=weight, extra=extra))
    run = cintel("analyze", ".", "--scorecard", "card.yaml", "--json", "out", cwd=tmp_path)
    (line,) = run.stderr.splitlines()
    assert run.returncode == 2
    assert line.startswith("error card.yaml, line ")
    assert fault in line
    assert sorted(path.name for path in tmp_path.iterdir()) == ["card.yaml", "chat.csv"]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    Store(path := tmp_path / "shelf" / "s.db").close()
    _chat(tmp_path / "chat.csv")
    return path


def test_a_store_of_a_newer_version(store: Path, cintel: Callable[..., Run]) -> None:
    with sqlite3.connect(store) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    run = cintel("analyze", "chat.csv", "--store", "shelf/s.db", cwd=store.parents[1])
    (line,) = run.stderr.splitlines()
    assert run.returncode == 1
    assert line.startswith("error shelf/s.db: was written by a newer cintel (schema 9999")
    assert "Upgrade with" in line


def test_a_store_that_may_not_be_written(store: Path, cintel: Callable[..., Run]) -> None:
    store.chmod(0o444)
    run = cintel("analyze", "chat.csv", "--store", "shelf/s.db", cwd=store.parents[1])
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1].startswith("error shelf/s.db: is read-only. Make the file")
    assert "Traceback" not in run.stderr


def test_a_store_that_is_locked(store: Path) -> None:
    """With a short wait, as the command's own is half a minute."""
    code = (
        "import sys; from cintel.store import Store; from pipelines.batch import Batch\n"
        "from cintel.testing import scripted_analyzer; import cintel.cli as cli\n"
        "cli.app = lambda: Batch(scripted_analyzer('agent: hi'), Store(sys.argv[1], 0.2))\n"
        "cli.main()"
    )
    holder = sqlite3.connect(store, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        run = subprocess.run(
            [sys.executable, "-c", code, str(store)], capture_output=True, text=True, check=False
        )
    finally:
        holder.close()
    (line,) = run.stderr.splitlines()
    assert run.returncode == 1
    assert line.startswith(f"error {store}: is locked by another program. Let it finish")
