"""Memory of one process: after many calls, and at the peak of one very long call.

    python -m benchmarks.memory --calls 1000     # must not grow: last <= 1.1 x the 50th
    python -m benchmarks.memory --hours 3        # peak <= 2.5 GB, words as good as on short calls

The calls are the sample calls: cuts of 3 to 8 s, and every twentieth whole. The long recording
is the mono sample calls one after the other, over and over, as one G.711 file; a fresh process
hears it, and then each of its calls alone in the same form, for the word error rate of both.
Linux only: figures are VmRSS and VmHWM of /proc/self/status.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np

from cintel.ingest.audio import SAMPLE_RATE, Recording, read_audio

CALLS = Path(__file__).parents[1] / "sample_audio" / "calls"
CUT_SECONDS = (3.0, 8.0)
WHOLE_EVERY = 20
SHOWN_EVERY = 50
MOST_GROWTH = 1.1
MOST_MB = 2500.0
_TELEPHONE = 8000


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample call and the turns of its truth."""

    recording: Recording
    turns: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Long:
    """What a process took to hear a file.

    Attributes:
        peak: MB.
        loaded: MB, before that file, with all models loaded.
        seconds: for the whole analysis.
        texts: what was heard: in the file, then in each short one.
    """

    peak: float
    loaded: float
    seconds: float
    texts: tuple[str, ...]


def status_mb(field: str) -> float:
    """A memory field of this process, MB; VmRSS is what it holds."""
    text = Path("/proc/self/status").read_text()
    return int(text.split(f"{field}:")[1].split()[0]) / 1024


def peak_mb() -> float:
    """The most that this process has held so far; getrusage would count its parent's too."""
    return status_mb("VmHWM")


def samples() -> list[Sample]:
    """Every sample call."""
    found = []
    for path in sorted(CALLS.glob("*.truth.json")):
        truth = json.loads(path.read_text())
        found.append(Sample(read_audio(CALLS / truth["file"]), truth["turns"]))
    return found


def many(count: int) -> int:
    """Analyse calls one after the other and print what memory holds; the exit status."""
    from cintel import Analyzer

    analyzer, chance = Analyzer(device="cpu", language="en"), random.Random(7)
    held: dict[int, float] = {}
    for number, sample in enumerate(cycle(samples()), start=1):
        _analyse(analyzer, _cut(sample.recording, number, chance))
        if number % SHOWN_EVERY == 0 or number == count:
            held[number] = status_mb("VmRSS")
            print(f"after {number:5} calls: {held[number]:6.0f} MB", flush=True)
        if number == count:
            break
    first, last = held.get(SHOWN_EVERY, held[count]), held[count]
    print(f"last against the {SHOWN_EVERY}th: {last / first:.3f} (bar {MOST_GROWTH})")
    return int(last > MOST_GROWTH * first)


def _analyse(analyzer: Any, recording: Recording) -> None:
    """A cut may hold nothing but a pause."""
    from cintel.errors import AudioError

    try:
        analyzer.analyze(recording)
    except AudioError as error:
        print(f"  {error}")


def _cut(recording: Recording, number: int, chance: random.Random) -> Recording:
    if number % WHOLE_EVERY == 0:
        return recording
    seconds = chance.uniform(*CUT_SECONDS)
    start = chance.uniform(0, recording.duration - seconds)
    first, last = (round(at * SAMPLE_RATE) for at in (start, start + seconds))
    return replace(recording, samples=recording.samples[:, first:last])


def joined(calls: Sequence[Sample], hours: float) -> tuple[list[int], list[dict[str, Any]]]:
    """Which calls, one after the other, last for so long, and the turns of them all."""
    order: list[int] = []
    turns: list[dict[str, Any]] = []
    at = 0.0
    for index in cycle(range(len(calls))):
        if at >= hours * 3600:
            return order, turns
        moved = ({"start": t["start"] + at, "end": t["end"] + at} for t in calls[index].turns)
        turns += [{**t, **times} for t, times in zip(calls[index].turns, moved, strict=True)]
        order.append(index)
        at += calls[index].recording.duration
    raise AssertionError


def hear(long: Path, short: Sequence[Path], warm_up: Path) -> Long:
    """Analyse files in this process."""
    from cintel import Analyzer

    analyzer = Analyzer(device="cpu", language="en")
    analyzer.analyze(warm_up)
    loaded, started = status_mb("VmRSS"), time.perf_counter()
    texts = [_text(analyzer.analyze(long))]
    seconds, peak = time.perf_counter() - started, peak_mb()
    texts += [_text(analyzer.analyze(path)) for path in short]
    return Long(peak, loaded, seconds, tuple(texts))


def _text(analysis: Any) -> str:
    return " ".join(turn.text for turn in analysis.conversation.turns)


def lengthy(hours: float) -> int:
    """Analyse one very long recording and print what it took; the exit status."""
    from benchmarks.speech.measure import Errors, said, word_errors
    from sample_audio.make.encode import write

    calls = [sample for sample in samples() if sample.recording.channels == 1]
    order, turns = joined(calls, hours)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        short = [folder / f"{number}.wav" for number in range(len(calls))]
        rows = [call.recording.samples[:, ::2] for call in calls]
        for path, row in zip(short, rows, strict=True):
            write(path, row, _TELEPHONE, "mulaw")
        long = folder / "long.wav"
        write(long, np.concatenate([rows[i] for i in order], axis=1), _TELEPHONE, "mulaw")
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=spawn) as pool:
            found = pool.submit(hear, long, short, short[0]).result()
    seconds = sum(calls[i].recording.duration for i in order)
    each = [
        word_errors(said(call.turns), text)
        for call, text in zip(calls, found.texts[1:], strict=True)
    ]
    print(f"{seconds / 3600:.2f} hours, {len(order)} calls, {len(turns)} turns")
    print(f"peak memory {found.peak:.0f} MB (bar {MOST_MB:.0f}), models {found.loaded:.0f} MB")
    print(f"end to end {seconds / found.seconds:.1f} x real time, {found.seconds:.0f} s")
    print(f"WER {word_errors(said(turns), found.texts[0]).rate:.2%}")
    print(f"WER of the same calls alone {sum((each[i] for i in order), Errors(0, 0)).rate:.2%}")
    return int(found.peak > MOST_MB)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--calls", type=int, metavar="N")
    mode.add_argument("--hours", type=float, metavar="H")
    options = parser.parse_args()
    return many(options.calls) if options.calls else lengthy(options.hours)


if __name__ == "__main__":
    sys.exit(main())
