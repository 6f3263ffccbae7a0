"""How well agents are known by their voice: the cosines behind the threshold, and its errors.

    python -m benchmarks.voices [--set DIR]

Every voice of every call with truth is taken at its true times: those of `sample_audio/calls`,
and with ``--set`` those of a split of the speech truth set, such as
`~/.cache/cintel/benchmarks/speech/dev`. Voices recur over calls; recordings of one call are not
compared. A trial is a voice of one call against the prints of all voices, made from the other
calls: is it given its name, and, its own print taken away, is it given another's?
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cintel.conversation import Turn, Word
from cintel.ingest.audio import read_audio
from cintel.speech.diarize import Diarizer
from cintel.speech.listen import Listener
from cintel.speech.voiceprints import (
    MARGIN,
    THRESHOLD,
    Vector,
    Voiceprint,
    Voiceprints,
    similarity,
)
from cintel.speech.voices import voices_of

CALLS = Path(__file__).parents[1] / "sample_audio" / "calls"
SIDES = {"agent": 0, "customer": 1}
SHARES = (0.0, 0.01, 0.05, 0.5, 0.95, 0.99, 1.0)


@dataclass(frozen=True, slots=True)
class Said:
    """A voice in a call."""

    call: str
    voice: str
    vector: Vector


def turns(truth: dict[str, Any]) -> Iterator[Turn]:
    """True turns, each stretch of speech as one word."""
    for turn in truth["turns"]:
        role, start, end = turn["role"], turn["start"], turn["end"]
        words = tuple(Word("", *span) for span in turn.get("speech", [[start, end]]))
        yield Turn(0, "unknown", role, start, end, "", words)


def hear(folder: Path, diarizer: Diarizer) -> Iterator[Said]:
    """The voices of a folder's calls."""
    for path in sorted(folder.glob("*.truth.json")):
        truth = json.loads(path.read_text())
        recording = read_audio(folder / Path(truth["file"]).name)
        channels = SIDES | {"system": 0} if recording.channels == 2 else {}
        for role, vector in voices_of(recording, [*turns(truth)], channels, diarizer).items():
            yield Said(path.name, truth["voices"][role], vector)


def prints(said: list[Said]) -> Voiceprints:
    """A print of every voice, all recordings weighing the same."""
    found = Voiceprints()
    for item in said:
        print_ = Voiceprint(item.voice, item.vector, 1.0, (item.call,), "")
        before = found.of(item.voice)
        found = found.put(before.joined(print_) if before else print_)
    return found


def trials(said: list[Said]) -> dict[str, int]:
    """How voices fare against the prints of the other calls, by outcome."""
    count = dict.fromkeys(("enrolled", "known", "unknown", "mistaken", "strangers", "named"), 0)
    for item in said:
        others = prints([other for other in said if other.call != item.call])
        if others.of(item.voice):
            found = [match.agent_id for match in others.match({"": item.vector})]
            right = "unknown" if not found else "known" if found == [item.voice] else "mistaken"
            count["enrolled"] += 1
            count[right] += 1
        count["strangers"] += 1
        count["named"] += bool(others.without(item.voice).match({"": item.vector}))
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", type=Path, help="folder of calls with *.truth.json")
    extra = parser.parse_args().set
    diarizer = Listener("whisper-base", "cpu").diarizer
    said = [item for folder in (CALLS, extra) if folder for item in hear(folder, diarizer)]
    pairs = [(a, b) for n, a in enumerate(said) for b in said[n + 1 :] if a.call != b.call]
    print(f"{len({item.voice for item in said})} voices, {len(said)} recordings of them")
    print(f"{'cosine':22}{'pairs':>6}" + "".join(f"{share:7.0%}" for share in SHARES))
    for same, name in ((True, "of one voice"), (False, "of two voices")):
        found = [similarity(a.vector, b.vector) for a, b in pairs if (a.voice == b.voice) == same]
        row = "".join(f"{value:7.2f}" for value in np.quantile(found, SHARES))
        wrong = np.mean([(value >= THRESHOLD) != same for value in found])
        print(f"{name:22}{len(found):6}{row}  wrong at {THRESHOLD:.2f}: {wrong:.1%}")
    print(f"threshold {THRESHOLD:.2f}, margin {MARGIN:.2f}:", trials(said))


if __name__ == "__main__":
    main()
