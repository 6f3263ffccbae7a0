"""Make the truth set where it is missing, measure cintel on it and print one table.

    python -m benchmarks.speech.run [--split dev|test] [--limit N] [--verbose]

The sequential row is faster-whisper's own `transcribe` (beam 5, word times) with the same weights
on the same samples, one file after the other in the same run. Speeds are seconds of call a second
with all models loaded; a stereo call counts its length once.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pyannote.core import Annotation

import cintel
from benchmarks.diarization import Errors, score
from benchmarks.speech import calls, measure, table
from benchmarks.speech.make import Maker
from benchmarks.speech.peers import default_pipeline
from benchmarks.speech.sounds import SAMPLE_RATE, sounds
from cintel import models
from cintel.ingest.audio import Recording, read_audio
from cintel.speech.segmentation import SPEECH_STEP
from cintel.speech.transcribe import Track

WARM_UP = 1
"""Calls heard once before the clock runs."""


class Systems:
    """The models under test, each loaded once.

    Attributes:
        diarizers: cintel's, and with `peers` pyannote's default pipeline told that two speak.
    """

    def __init__(self, peers: bool) -> None:
        self.analyzer = cintel.Analyzer(language="en")
        listener = self.analyzer.listener
        self.diarizers: dict[str, Callable[[Any], Annotation]] = {
            "diarize": lambda samples: listener.diarizer.diarize(samples).annotation()
        }
        if peers:
            self.diarizers["peer"] = default_pipeline(
                models.resolve("segmentation-3.0"), models.resolve("campplus")
            )
        from faster_whisper import WhisperModel

        self.sequential = WhisperModel(
            str(models.resolve(self.analyzer.settings.asr)), device="cpu", compute_type="int8"
        )

    def cintel_text(self, samples: Any) -> str:
        """What cintel's recogniser hears."""
        listener = self.analyzer.listener
        speech = listener.segmentation.hear(samples, SPEECH_STEP).speech()
        words = listener.transcriber.transcribe([Track(samples, speech)], "en")[0].words
        return " ".join(word.text for word in words)

    def sequential_text(self, samples: Any) -> str:
        """What faster-whisper hears with its own defaults."""
        segments, _ = self.sequential.transcribe(
            samples, language="en", beam_size=5, word_timestamps=True
        )
        return " ".join(segment.text for segment in segments)


def measured(call: calls.Call, maker: Maker, systems: Systems) -> table.Row:
    """Every figure of one call."""
    sound, truth_path = maker.paths(call)
    truth = json.loads(truth_path.read_text(encoding="utf-8"))
    recording = read_audio(sound)
    channels = _channels(recording, truth)
    spent: dict[str, float] = {}
    ours, spent["cintel"] = _transcribed(systems.cintel_text, channels)
    theirs, spent["sequential"] = _transcribed(systems.sequential_text, channels)
    errors: dict[str, Errors] = {}
    if recording.channels == 1:
        reference = measure.reference(truth["turns"])
        for name, diarize in systems.diarizers.items():
            started = time.perf_counter()
            found = diarize(recording.mono)
            spent[name] = time.perf_counter() - started
            errors[name] = score(reference, found, recording.duration)
    started = time.perf_counter()
    analysis = systems.analyzer.analyze(sound)
    spent["all"] = time.perf_counter() - started
    heard = analysis.conversation.turns
    return table.Row(
        call=call,
        seconds=recording.duration,
        channels=recording.channels,
        ours=ours,
        theirs=theirs,
        diarization=errors.get("diarize"),
        peer=errors.get("peer"),
        attribution=measure.attribution(measure.said(truth["turns"]), heard),
        spent=spent,
        turns=tuple(f"{turn.start:6.1f} {turn.role:8} {turn.text}" for turn in heard),
    )


def _channels(recording: Recording, truth: dict[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
    """Samples with the truth words that stand in them."""
    if recording.channels == 1:
        return [(recording.mono, measure.said(truth["turns"]))]
    sides = (("agent", "system"), ("customer",))
    return [
        (samples, measure.said(turn for turn in truth["turns"] if turn["role"] in roles))
        for samples, roles in zip(recording.samples, sides, strict=True)
    ]


def _transcribed(
    hear: Callable[[Any], str], channels: Sequence[tuple[Any, Sequence[Any]]]
) -> tuple[measure.Errors, float]:
    """Word errors over the channels of a call, and the seconds it took to hear them."""
    started = time.perf_counter()
    texts = [hear(samples) for samples, _ in channels]
    seconds = time.perf_counter() - started
    errors = measure.Errors(0, 0)
    for text, (_, tokens) in zip(texts, channels, strict=True):
        errors += measure.word_errors(tokens, text)
    return errors, seconds


def invented(systems: Systems) -> dict[str, int]:
    """Words heard in ten minutes of what is not speech."""
    counts = {}
    for name, samples in sounds():
        recording = Recording(samples[None], SAMPLE_RATE, name, name)
        heard = systems.analyzer.listener.listen(recording)
        counts[name] = sum(len(turn.text.split()) for turn in heard.turns)
    return counts


def _arguments() -> argparse.Namespace:
    cache = models.cache_folder().parent
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speech.run", description=__doc__)
    parser.add_argument("--split", choices=calls.SPLITS, default="dev")
    parser.add_argument("--limit", type=int, metavar="N", help="the first N calls alone")
    parser.add_argument("--out", type=Path, metavar="DIR", default=cache / "benchmarks" / "speech")
    parser.add_argument("--cache", type=Path, metavar="DIR", default=cache / "sample-voices")
    parser.add_argument("--carriers", type=Path, metavar="DIR", help="folder with the packages")
    parser.add_argument("--make-only", action="store_true", help="make the calls and stop")
    parser.add_argument("--no-sounds", action="store_true", help="leave out the rows of no speech")
    parser.add_argument("--peers", action="store_true", help="pyannote's default pipeline too")
    parser.add_argument("--verbose", action="store_true", help="print the faults of each call")
    return parser.parse_args()


def main() -> None:
    arguments = _arguments()
    found = calls.load(arguments.split)[: arguments.limit]
    maker = Maker(arguments.out, arguments.cache, arguments.carriers)
    maker.make_missing(found)
    if arguments.make_only:
        return
    systems = Systems(arguments.peers)
    for call in found[:WARM_UP]:
        measured(call, maker, systems)
    rows = []
    print(table.HEAD)
    for call in found:
        rows.append(measured(call, maker, systems))
        print(table.line(rows[-1]), flush=True)
    print(f"\n{table.summary(rows)}")
    if arguments.verbose:
        print("", *(table.faults(row) for row in rows), sep="\n\n")
    if not arguments.no_sounds:
        print(f"\n{table.invented(invented(systems))}")


if __name__ == "__main__":
    main()
