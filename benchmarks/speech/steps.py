"""Speed against diarization errors over the segmentation's step, pyannote's pipeline beside.

    python -m benchmarks.speech.steps [--limit N] [--plot FILE.svg]

On the mono calls of the dev split. A step is the share of a ten-second window from one window to
the next; cintel's own is 0.25. The other system is pyannote's default pipeline with the same
weights, a step of 0.1 and the number of speakers given.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pyannote.core import Annotation

from benchmarks.diarization import score
from benchmarks.speech import measure
from benchmarks.speech.peers import default_pipeline
from cintel import models
from cintel.ingest.audio import Recording, read_audio
from cintel.speech.listen import Listener
from cintel.speech.segmentation import SPEAKER_STEP

STEPS = (0.1, 0.25, 0.5, 0.75, 1.0)
PEER = "pyannote's pipeline"


@dataclass(frozen=True, slots=True)
class Point:
    """A setting's mean DER, weighted by length, and seconds of call a second."""

    name: str
    rate: float
    speed: float


def stepped(listener: Listener, step: float, samples: Any) -> Annotation:
    """Cintel's diarization with another step."""
    windows = listener.segmentation.hear(samples, step)
    return listener.diarizer.diarize(samples, windows=windows).annotation()


def measured(
    name: str, diarize: Callable[[Any], Annotation], calls: Iterable[tuple[Recording, Annotation]]
) -> Point:
    """One setting over all calls."""
    spent = total = wrong = 0.0
    for recording, reference in calls:
        started = time.perf_counter()
        found = diarize(recording.mono)
        spent += time.perf_counter() - started
        total += recording.duration
        wrong += score(reference, found, recording.duration).rate * recording.duration
    return Point(name, wrong / total, total / spent)


def plot(points: Iterable[Point], path: Path) -> None:
    """Draw speed, on a log scale, against errors."""
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6.4, 3.6), layout="constrained")
    for point in points:
        axes.scatter(
            point.speed, 100 * point.rate, color="#b3452c" if point.name == PEER else "#2c6fb3"
        )
        axes.annotate(
            point.name, (point.speed, 100 * point.rate), (6, 5), textcoords="offset points"
        )
    axes.set(xlabel="× real time, two cores", ylabel="DER, %", xscale="log", ylim=(0, None))
    axes.margins(x=0.25)
    axes.grid(alpha=0.3)
    figure.savefig(path)


def main() -> None:
    folder = models.cache_folder().parent / "benchmarks" / "speech"
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speech.steps", description=__doc__)
    parser.add_argument("--out", type=Path, metavar="DIR", default=folder, help="the truth set")
    parser.add_argument("--limit", type=int, metavar="N", help="the first N calls alone")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw here too")
    arguments = parser.parse_args()
    calls = []
    for path in sorted((arguments.out / "dev").glob("*.wav")):
        recording = read_audio(path)
        truth = json.loads(path.with_suffix(".truth.json").read_text(encoding="utf-8"))
        if recording.channels == 1:
            calls.append((recording, measure.reference(truth["turns"])))
    calls = calls[: arguments.limit]
    listener = Listener("whisper-base", "cpu")
    stepped(listener, SPEAKER_STEP, calls[0][0].mono)
    peer = default_pipeline(models.resolve("segmentation-3.0"), models.resolve("campplus"))
    systems = {f"step {step}": partial(stepped, listener, step) for step in STEPS} | {PEER: peer}
    points = [measured(name, diarize, calls) for name, diarize in systems.items()]
    for point in points:
        print(f"{point.name:22} DER {point.rate:6.2%} {point.speed:7.1f} x real time")
    if arguments.plot:
        plot(points, arguments.plot)


if __name__ == "__main__":
    main()
