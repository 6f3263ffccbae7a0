"""Make the truth set: speak, mix and encode each call, and write its truth beside it.

Everything is seeded: a second run writes the same bytes.
"""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.speech.calls import VOICES, Call
from sample_audio.make import encode, mix, noise
from sample_audio.make.band import RATE, Samples, telephone
from sample_audio.make.carriers import prepare
from sample_audio.make.dialogue import Line, Script
from sample_audio.make.timeline import Timeline, lay
from sample_audio.make.voices import Synthesizer, spans

LINE_RATE = 8_000
BACKCHANNEL_AT = (0.35, 0.7)
"""Where in the turn before it a backchannel starts, as a share of that turn."""

FAKE_GAIN = 0.6
_ROOM = "The trains were late again, so most of us walked home along the river and talked."
_KINDS: dict[str, noise.Noise] = {"white": noise.white, "pink": noise.pink}


@dataclass(frozen=True)
class Maker:
    """Makes calls into `out`; downloads and utterances are kept in `cache`."""

    out: Path
    cache: Path
    carriers: Path | None = None

    @cached_property
    def synthesizer(self) -> Synthesizer:
        """The voices; loads on first use, so that a finished set needs no downloads."""
        return Synthesizer(prepare(self.cache, self.carriers), self.cache / "utterances")

    def paths(self, call: Call) -> tuple[Path, Path]:
        """Sound and truth of a call."""
        folder = self.out / call.split
        return folder / f"{call.stem}.wav", folder / f"{call.stem}.truth.json"

    def make_missing(self, calls: Iterable[Call]) -> None:
        """Make each call that is not there yet."""
        for call in calls:
            sound, truth = self.paths(call)
            if not truth.exists():
                sound.parent.mkdir(parents=True, exist_ok=True)
                self._make(call, sound, truth)
                print(f"made {sound}", flush=True)

    def _make(self, call: Call, sound: Path, truth: Path) -> None:
        clips = [self._say(call.script, line) for line in call.script.lines]
        lengths = [len(clip) / RATE for clip in clips]
        timeline = lay(_with_backchannels(call, lengths), lengths)
        audio = record(call, timeline, clips, self._noise(call))
        encode.write(sound, audio, LINE_RATE, "mulaw")
        found = json.dumps(_truth(call, timeline, clips), indent=1, ensure_ascii=False)
        truth.write_text(found + "\n", encoding="utf-8")

    def _say(self, script: Script, line: Line) -> Samples:
        voice, speed = script.voices[line.role], script.speeds[line.role]
        return self.synthesizer.say(line.spoken, voice, speed)

    def _noise(self, call: Call) -> noise.Noise:
        if call.noise != "babble":
            return _KINDS[call.noise]
        voices = [voice for gender in VOICES[call.split].values() for voice in gender]
        others = [voice for voice in voices if voice not in call.script.voices.values()]
        return partial(noise.babble, [self.synthesizer.say(_ROOM, voice) for voice in others])


def record(
    call: Call, timeline: Timeline, clips: Sequence[Samples], kind: noise.Noise
) -> NDArray[np.float32]:
    """Mix a call as its recorder kept it: (channels, samples) at 8 kHz."""
    seed = zlib.crc32(call.stem.encode())
    sounds = [
        mix.Clip(turn.line.role, turn.start, clip)
        for turn, clip in zip(timeline.turns, clips, strict=True)
    ]
    sounds += [
        mix.Clip("music", start, mix.hold_music(end - start, seed))
        for name, start, end in timeline.holds
        if name == "music"
    ]
    levels = call.script.audio.levels
    audio = mix.render(
        sounds,
        timeline.seconds,
        layout="stereo" if call.layout == "stereo" else "mono",
        snr=call.script.audio.snr + mix.LEVEL - min(levels["agent"], levels["customer"]),
        levels=levels,
        noise=kind,
        seed=seed,
    )
    heard = telephone(audio, LINE_RATE)
    if call.artefact != "none":
        heard = encode.round_trip(heard, LINE_RATE, call.artefact)
    second = {"fake": heard * np.float32(FAKE_GAIN), "dead": np.zeros_like(heard)}.get(call.layout)
    return heard if second is None else np.concatenate([heard, second])


def _with_backchannels(call: Call, lengths: Sequence[float]) -> Script:
    """Place each backchannel inside the turn before it, now that its length is known."""
    draw = random.Random(call.stem)
    numbers = {id(line): number for number, line in enumerate(call.script.lines)}

    def placed(step: Any) -> Any:
        number = numbers.get(id(step))
        if number not in call.backchannels:
            return step
        return replace(step, gap=(draw.uniform(*BACKCHANNEL_AT) - 1) * lengths[number - 1])

    return replace(call.script, steps=tuple(placed(step) for step in call.script.steps))


def _truth(call: Call, timeline: Timeline, clips: Sequence[Samples]) -> dict[str, Any]:
    """As in `sample_audio`; `speech` holds a turn's sound without the pauses inside it."""
    turns = [
        {
            "role": turn.line.role,
            "start": turn.start,
            "end": turn.end,
            "text": turn.line.text,
            "speech": [
                [round(turn.start + start, 3), round(turn.start + end, 3)]
                for start, end in spans(clip)
            ],
        }
        for turn, clip in zip(timeline.turns, clips, strict=True)
    ]
    audio = call.script.audio
    return {
        "file": f"{call.stem}.wav",
        "industry": call.script.about["industry"],
        "language": "en",
        "split": call.split,
        "seconds": timeline.seconds,
        "layout": call.layout,
        "voices": {
            role: call.script.voices[role] for role in sorted({t.line.role for t in timeline.turns})
        },
        "noise": call.noise,
        "snr": audio.snr,
        "level_difference": round(audio.levels["agent"] - audio.levels["customer"], 1),
        "artefact": call.artefact,
        "turns": turns,
        "holds": [{"start": s, "end": e, "kind": kind} for kind, s, e in timeline.holds],
        "overtalk": [{"start": start, "end": end} for start, end in timeline.overtalk],
        "silences": [{"start": start, "end": end} for start, end in timeline.silences],
    }
