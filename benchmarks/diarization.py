"""Diarization of mono calls: error rate, speakers found and speed.

    python benchmarks/diarization.py [--data DIR]

Error rates are those of pyannote.metrics with a collar of 0.25 s on each side of a boundary and
overlapping speech scored. Rows: the real call that pyannote.audio ships; every mono sample call
against its truth turns (a recorded announcement counts as a speaker of its own, and the pauses
inside a turn, half a second between sentences, count as missed); with ``--data`` a two-party
call mixed to mono, against each side's own voice activity. That activity is no person's work,
so only confusion (speech given to the wrong side) means something there.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyannote.core import Annotation, Segment, Timeline
from pyannote.metrics.diarization import DiarizationErrorRate

from cintel.conversation import Span
from cintel.ingest.audio import SAMPLE_RATE, Recording, read_audio
from cintel.speech.listen import Listener

CALLS = Path(__file__).parents[1] / "sample_audio" / "calls"
COLLAR = 0.5  # pyannote.metrics counts both sides of a boundary


@dataclass(frozen=True, slots=True)
class Errors:
    """Shares of the reference's speech time, and speakers found and true."""

    rate: float
    missed: float
    false_alarm: float
    confusion: float
    found: int
    true: int


def pyannote_sample() -> Path:
    """The folder of pyannote.audio's sample call; its module would decode it with torchcodec."""
    spec = find_spec("pyannote.audio")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "sample"


def rttm(path: Path) -> Annotation:
    """The turns of an RTTM file."""
    reference = Annotation()
    for number, line in enumerate(path.read_text().splitlines()):
        start, length, speaker = (line.split()[column] for column in (3, 4, 7))
        reference[Segment(float(start), float(start) + float(length)), number] = speaker
    return reference


def truth(path: Path) -> Annotation:
    """The turns of a sample call's truth; each role is a speaker."""
    reference = Annotation()
    for number, turn in enumerate(json.loads(path.read_text())["turns"]):
        reference[Segment(turn["start"], turn["end"]), number] = turn["role"]
    return reference


def activity(sides: dict[str, tuple[Span, ...]]) -> Annotation:
    """Stretches of speech by side."""
    reference = Annotation()
    for side, spans in sides.items():
        for number, (start, end) in enumerate(spans):
            reference[Segment(start, end), f"{side}{number}"] = side
    return reference


def score(reference: Annotation, found: Annotation, duration: float) -> Errors:
    """Errors of a diarization of a recording that lasts ``duration`` seconds."""
    metric = DiarizationErrorRate(collar=COLLAR, skip_overlap=False)
    parts = metric.compute_components(reference, found, uem=Timeline([Segment(0, duration)]))
    names = ("missed detection", "false alarm", "confusion")
    missed, false_alarm, confusion = (parts[name] / parts["total"] for name in names)
    return Errors(
        rate=missed + false_alarm + confusion,
        missed=missed,
        false_alarm=false_alarm,
        confusion=confusion,
        found=len(found.labels()),
        true=len(reference.labels()),
    )


def voice_activity(samples: NDArray[np.float32]) -> list[tuple[float, float]]:
    """Where Silero hears speech, in seconds: a judge that cintel itself does not ask."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(min_silence_duration_ms=300, speech_pad_ms=60)
    found = get_speech_timestamps(samples, options)
    return [(hit["start"] / SAMPLE_RATE, hit["end"] / SAMPLE_RATE) for hit in found]


def mixed(folder: Path) -> tuple[Recording, Annotation]:
    """The two-party call mixed to mono, and each side's own voice activity."""
    sides = {
        side: read_audio(folder / "audio" / f"auto_repairs_40_{side}.wav").mono
        for side in ("agent", "caller")
    }
    length = min(side.size for side in sides.values())
    rows = np.stack([side[:length] for side in sides.values()])
    mono = rows.mean(axis=0, keepdims=True)
    reference = activity({name: voice_activity(side) for name, side in sides.items()})
    return Recording(mono, SAMPLE_RATE, "auto_repairs_40 (mixed)", ""), reference


def cases(data: Path | None) -> list[tuple[Recording, Annotation]]:
    """Recordings with their references."""
    sample = pyannote_sample()
    found = [(read_audio(sample / "sample.wav"), rttm(sample / "sample.rttm"))]
    for path in sorted(CALLS.glob("*.truth.json")):
        recording = read_audio(CALLS / Path(json.loads(path.read_text())["file"]).name)
        if recording.channels == 1:
            found.append((recording, truth(path)))
    return [*found, mixed(data)] if data else found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder that holds audio/auto_repairs_40_*.wav")
    data = parser.parse_args().data
    diarizer = Listener("whisper-base", "cpu").diarizer
    diarizer.diarize(np.zeros(SAMPLE_RATE * 10, dtype=np.float32))
    head = f"{'call':30} {'DER':>6} {'missed':>7} {'false':>6} {'confused':>8} {'speakers':>8}"
    print(f"{head} {'x real time':>11}")
    for recording, reference in cases(data):
        started = time.perf_counter()
        found = diarizer.diarize(recording.mono)
        speed = recording.duration / (time.perf_counter() - started)
        errors = score(reference, found.annotation(), recording.duration)
        print(
            f"{Path(recording.source).stem:30} {errors.rate:6.1%} {errors.missed:7.1%}"
            f" {errors.false_alarm:6.1%} {errors.confusion:8.1%}"
            f" {errors.found:4}/{errors.true:<3} {speed:11.1f}"
        )


if __name__ == "__main__":
    main()
