"""cintel beside WhisperX, pyannote's default pipeline, senko and faster-whisper, on the same files.

    python -m benchmarks.peers --peer-python peers/bin/python [--files CALL…] [--systems NAME…]

Everyone gets the same mono sound at 16 kHz, the same weights (whisper-base int8,
segmentation-3.0, CAM++) and a process of its own, one after the other, on all cores. What is
not installed is said and left out. The peers need requirements that exclude cintel's, so they
stand in an environment of their own, here with the torch of constraints.txt:

    python3 -m venv peers
    peers/bin/pip install -c constraints.txt torch
    peers/bin/pip install -c constraints.txt faster-whisper pyannote.audio transformers pandas nltk
    peers/bin/pip install -c constraints.txt omegaconf senko
    peers/bin/pip install --no-deps whisperx    # it asks for an older torch with CUDA

Truth is `<stem>.truth.json` beside a file, as in `sample_audio`; without it only speeds and
words are printed. WER and words on the wrong speaker are counted as in `benchmarks.speech`, DER
with a collar of 0.25 s on each side and overlap scored. Speeds are seconds of call a second,
models loaded. WhisperX runs without its alignment, whose weights are on no package index: it
does less than it would, and gives every segment one speaker.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import wave
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pyannote.core import Annotation, Segment

from benchmarks import diarization
from benchmarks.peer_runner import RATE, SYSTEMS, Heard, Task
from benchmarks.speech import measure
from cintel import models
from cintel.conversation import Turn
from cintel.ingest.audio import read_audio

ROOT = Path(__file__).parents[1]
CALLS = ROOT / "sample_audio" / "calls"
HEAD = (
    f"{'system':14} {'version':8} {'words':>6} {'WER':>6} {'wrong':>6} {'DER':>6} {'conf.':>6}"
    f" {'found':>5} {'ASR x':>6} {'diar. x':>7} {'all x':>6}"
)
COMPARED = (
    ("recogniser, against faster-whisper", "transcribe", "faster-whisper"),
    ("diarization, against pyannote's pipeline", "diarize", "pyannote.audio"),
    ("diarization, against senko", "diarize", "senko"),
    ("end to end, against WhisperX", "all", "whisperx"),
)


@dataclass(frozen=True, slots=True)
class Call:
    """A file to hear; `turns` is its truth, empty where there is none."""

    sound: Path
    seconds: float
    turns: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One system: what it heard of each call, or why it heard nothing."""

    name: str
    version: str
    heard: tuple[Heard, ...]
    calls: Sequence[Call]
    fault: str = ""

    def speed(self, job: str) -> float | None:
        """Seconds of call a second; None where it does no such job."""
        spent = [heard.seconds[job] for heard in self.heard if job in heard.seconds]
        return sum(call.seconds for call in self.calls) / sum(spent) if spent else None


def prepared(files: Sequence[Path], folder: Path) -> list[Call]:
    """Decode files to mono WAV at 16 kHz."""
    calls = []
    for number, path in enumerate(files):
        recording = read_audio(path)
        sound = folder / f"{number}.wav"
        with wave.open(str(sound), "wb") as out:
            out.setparams((1, 2, RATE, 0, "NONE", ""))
            scaled = np.clip(recording.mono * 32_768, -32_768, 32_767).round()
            out.writeframes(scaled.astype("<i2").tobytes())
        truth = path.parent / f"{path.stem}.truth.json"
        turns = json.loads(truth.read_text())["turns"] if truth.exists() else ()
        calls.append(Call(sound, recording.duration, tuple(turns)))
    return calls


def run(name: str, python: Path, calls: Sequence[Call], folder: Path) -> Row:
    """Hear all calls in a process of its own."""
    names = ("whisper-base", "segmentation-3.0", "campplus")
    asr, segmentation, embedding = (str(models.resolve(item)) for item in names)
    sounds = tuple(str(call.sound) for call in calls)
    task = Task(asr, segmentation, embedding, sounds, len(os.sched_getaffinity(0)))
    task_path, result_path = folder / "task.json", folder / f"{name}.json"
    task_path.write_text(json.dumps(asdict(task)))
    command = (python, "-m", "benchmarks.peer_runner", name, task_path, result_path)
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]
        return Row(name, "-", (), calls, f"failed: {reason}")
    result = json.loads(result_path.read_text())
    if result["version"] is None:
        return Row(name, "-", (), calls, "not installed")
    return Row(name, result["version"], tuple(Heard(**item) for item in result["heard"]), calls)


def line(row: Row) -> str:
    """One row of the table."""
    if row.fault:
        return f"{row.name:14} {row.fault}"
    pairs = [(call, heard) for call, heard in zip(row.calls, row.heard, strict=True) if call.turns]
    jobs = ((job, width) for job, width in (("transcribe", 6), ("diarize", 7), ("all", 6)))
    speeds = (f"{_number(row.speed(job), '.1f'):>{width}}" for job, width in jobs)
    return " ".join((f"{row.name:14} {row.version:8}", _words(row, pairs), _der(pairs), *speeds))


def _words(row: Row, pairs: Sequence[tuple[Call, Heard]]) -> str:
    """Words heard, WER, and the share on the wrong speaker."""
    count = sum(len(text.split()) for heard in row.heard for _, text in heard.lines)
    if not count:
        return f"{'-':>6} {'-':>6} {'-':>6}"
    errors, misplaced, judged = measure.Errors(0, 0), 0, 0
    for call, heard in pairs:
        truth = measure.said(call.turns)
        errors += measure.word_errors(truth, " ".join(text for _, text in heard.lines))
        found = measure.attribution(truth, _turns(heard))
        misplaced, judged = misplaced + len(found.misplaced), judged + found.heard
    told_apart = any(speaker for heard in row.heard for speaker, _ in heard.lines)
    wrong = misplaced / judged if told_apart and judged else None
    rate = errors.rate if errors.said else None
    return f"{count:6} {_number(rate, '.1%'):>6} {_number(wrong, '.1%'):>6}"


def _turns(heard: Heard) -> list[Turn]:
    return [
        Turn(index, "unknown", speaker, 0.0, 0.0, text)
        for index, (speaker, text) in enumerate(heard.lines)
    ]


def _der(pairs: Sequence[tuple[Call, Heard]]) -> str:
    """DER and confusion, weighted by length, and calls with the right number of speakers."""
    scored = [(call, _score(call, heard)) for call, heard in pairs if heard.spans]
    total = sum(call.seconds for call, _ in scored)
    if not scored:
        return f"{'-':>6} {'-':>6} {'-':>5}"
    rate, confusion = (
        sum(getattr(errors, figure) * call.seconds for call, errors in scored) / total
        for figure in ("rate", "confusion")
    )
    right = sum(errors.found == errors.true for _, errors in scored)
    return f"{rate:6.1%} {confusion:6.1%} {f'{right}/{len(scored)}':>5}"


def _score(call: Call, heard: Heard) -> diarization.Errors:
    """A truth without the pauses inside its turns is used where there is one."""
    turns = ({"speech": [(turn["start"], turn["end"])], **turn} for turn in call.turns)
    found = Annotation()
    for number, (start, end, speaker) in enumerate(heard.spans):
        found[Segment(start, end), number] = speaker
    return diarization.score(measure.reference(turns), found, call.seconds)


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def compared(rows: Sequence[Row]) -> list[str]:
    """How many times as fast cintel is."""
    by_name = {row.name: row for row in rows}
    lines = []
    for label, job, peer in COMPARED:
        both = [by_name[name].speed(job) if name in by_name else None for name in ("cintel", peer)]
        if both[0] and both[1]:
            lines.append(f"{label:42} {both[0] / both[1]:5.1f} x")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer-python", type=Path, default=Path(sys.executable), metavar="PATH")
    parser.add_argument("--files", type=Path, nargs="+", metavar="CALL")
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=list(SYSTEMS))
    options = parser.parse_args()
    files = options.files or sorted(
        CALLS / json.loads(path.read_text())["file"] for path in CALLS.glob("*.truth.json")
    )
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        calls = prepared(files, folder)
        seconds = sum(call.seconds for call in calls)
        print(f"{len(calls)} calls, {seconds / 60:.1f} minutes\n{HEAD}", flush=True)
        for system in options.systems:
            python = Path(sys.executable) if system == "cintel" else options.peer_python
            rows.append(run(system, python.absolute(), calls, folder))
            print(line(rows[-1]), flush=True)
    print("", *compared(rows), sep="\n")


if __name__ == "__main__":
    main()
