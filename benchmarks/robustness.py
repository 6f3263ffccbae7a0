"""Damaged recordings and odd inputs through the whole analysis; each must end in a typed outcome.

    python -m benchmarks.robustness [--files 300] [--seed 7] [--only NUMBER…] [--out DIR]

Clips of the sample calls, in seven codecs, are cut short, have bits flipped, headers falsified,
names changed and junk put beside them (`benchmarks.mutations`); then come the inputs of the
Python interface. A worker reads each and analyses the first seconds of what can be read. It ends
as `analysed`, as the name of a `CintelError`, as `UNTYPED` (any other exception), `CRASH` (the
worker died) or `HANG` (no answer within a minute). Every file follows from the seed and its
number: `--only` repeats single ones, `--out` keeps them. Exit status 1 where one is not typed.
Linux only.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path

import numpy as np

from benchmarks.memory import peak_mb
from benchmarks.mutations import CALLS, mutant, originals
from cintel import Analyzer
from cintel.errors import CintelError
from cintel.ingest.audio import SAMPLE_RATE, Recording, read_audio
from cintel.ingest.transcripts import is_text_input

WATCHDOG = 60
HEARD_SECONDS = 10
# Loading every model on a busy machine.
_START = 300
BAD = ("UNTYPED", "CRASH", "HANG")
Given = partial[Recording] | Path | Recording | bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one input ended.

    Attributes:
        label: `analysed`, the name of a `CintelError`, or one of `BAD`.
        detail: the error, or where it came from.
        peak: MB, the worker's largest memory until then.
    """

    label: str
    detail: str = ""
    peak: float = 0.0


def voice() -> Recording:
    """Ten seconds of a mono call."""
    found = read_audio(CALLS / "telecom-2-cancel-plan.wav")
    return replace(found, samples=found.samples[:, : HEARD_SECONDS * SAMPLE_RATE])


def odd_inputs() -> dict[str, Given]:
    """What a program may hand to `analyze` by mistake."""
    good = voice()
    samples = good.samples
    some_nan, one_inf = samples.copy(), samples.copy()
    some_nan[:, ::1000], one_inf[:, 5000] = np.nan, np.inf
    arrays = {
        "some samples NaN": some_nan,
        "one sample infinite": one_inf,
        "all samples NaN": np.full_like(samples, np.nan),
        "no samples": samples[:, :0],
        "one sample": samples[:, :1],
        "int16 samples": (samples * 32767).astype(np.int16),
        "float64 samples": samples.astype(np.float64),
        "three channels": np.repeat(samples, 3, axis=0),
        "eight channels": np.repeat(samples, 8, axis=0),
        "no channels": samples[:0],
        "one dimension": samples[0],
        "time before channels": samples.T,
        "DC offset": samples + np.float32(0.5),
        "clipped": np.clip(samples * 100, -1, 1),
        "300 times full scale": samples * 300,
        "silence": np.zeros_like(samples),
    }
    odd: dict[str, Given] = {
        name: partial(Recording, array, SAMPLE_RATE, name, "0" * 64)
        for name, array in arrays.items()
    }
    odd["a rate of 8 kHz"] = partial(Recording, samples[:, ::2], 8000, "8 kHz", "0" * 64)
    return odd | {"no bytes": b"", "bytes of text": b"agent: hello", "a folder": CALLS}


def work(pipe: Connection) -> None:
    """Answer each input with an Outcome, and once before, when all models are loaded."""
    analyzer = Analyzer(device="cpu", language="en")
    analyzer.analyze(voice())
    pipe.send(Outcome("ready"))
    while True:
        pipe.send(_outcome(analyzer, pipe.recv()))


def _outcome(analyzer: Analyzer, given: Given) -> Outcome:
    try:
        _analyse(analyzer, given)
    except CintelError as error:
        return Outcome(type(error).__name__, str(error), peak_mb())
    except Exception:  # any other is what this program looks for
        return Outcome("UNTYPED", traceback.format_exc(limit=-3), peak_mb())
    return Outcome("analysed", "", peak_mb())


def _analyse(analyzer: Analyzer, given: Given) -> None:
    given = given() if isinstance(given, partial) else given
    if isinstance(given, Path) and not is_text_input(given):
        found = read_audio(given)
        given = replace(found, samples=found.samples[:, : HEARD_SECONDS * SAMPLE_RATE])
    analyzer.analyze(given)


class Watched:
    """A worker that is replaced when it dies or does not answer."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._process: SpawnProcess | None = None

    def outcome(self, given: Given) -> Outcome:
        """How an input ends."""
        if self._process is None:
            self._pipe, theirs = self._context.Pipe()
            self._process = self._context.Process(target=work, args=(theirs,), daemon=True)
            self._process.start()
            theirs.close()
            assert self._answer(self._process, _START).label == "ready"
        self._pipe.send(given)
        return self._answer(self._process, WATCHDOG)

    def _answer(self, process: SpawnProcess, seconds: int) -> Outcome:
        # Second by second, so that the time for which a whole machine sleeps does not count.
        if not any(self._pipe.poll(1) for _ in range(seconds)):
            self.stop()
            return Outcome("HANG", f"no answer after {seconds} s")
        try:
            found = self._pipe.recv()
        except EOFError:
            process.join()
            self._process = None
            return Outcome("CRASH", f"exit status {process.exitcode}")
        assert isinstance(found, Outcome)
        return found

    def stop(self) -> None:
        """End the worker."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None


def inputs(options: argparse.Namespace, folder: Path) -> dict[str, Given]:
    """Every input by what it is called in the report."""
    clips = originals(options.seed)
    found: dict[str, Given] = {}
    for number in options.only or range(options.files):
        damaged = mutant(options.seed, number, clips)
        path = folder / damaged.name
        path.write_bytes(damaged.data)
        found[f"seed {options.seed} file {damaged.name} ({damaged.damage})"] = path
    return found if options.only else found | odd_inputs()


def run(options: argparse.Namespace, folder: Path) -> int:
    """Print every outcome that is not typed, and how many ended how; the exit status."""
    watched, counts, peak = Watched(), Counter[str](), 0.0
    started = time.perf_counter()
    for name, given in inputs(options, folder).items():
        outcome = watched.outcome(given)
        kind = "file" if isinstance(given, Path) and given != CALLS else "interface"
        counts[f"{kind:9} {outcome.label}"] += 1
        if outcome.label in BAD or options.verbose or outcome.peak > peak + 200:
            memory = f"{outcome.peak:.0f} MB" if outcome.peak else "-"
            print(f"{outcome.label:12} {memory:>8} {name}: {outcome.detail}", flush=True)
        peak = max(peak, outcome.peak)
    watched.stop()
    print(*(f"{label:32} {count:4}" for label, count in sorted(counts.items())), sep="\n")
    print(f"peak memory {peak:.0f} MB, {time.perf_counter() - started:.0f} s")
    return int(any(label.endswith(BAD) for label in counts))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", type=int, nargs="+", metavar="NUMBER")
    parser.add_argument("--out", type=Path, metavar="DIR", help="keep the files here")
    parser.add_argument("--verbose", action="store_true", help="print every outcome")
    options = parser.parse_args()
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        return run(options, options.out)
    with tempfile.TemporaryDirectory() as folder:
        return run(options, Path(folder))


if __name__ == "__main__":
    sys.exit(main())
