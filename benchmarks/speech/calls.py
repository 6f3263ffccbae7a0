"""The dialogues of the truth set, and how each of them becomes a recorded call.

`dialogues/<split>/*.yaml` map a stem to `industry`, `pair` (genders of agent and customer, `fm`),
`turns` and, where it is not left to the draw, `layout`. A line of `turns` is one of

    A: text           the agent; C is the customer, S a recorded voice
    A<0.6: text       starts 0.6 s before the speech before it ends
    A>9: text         starts after 9 s of silence
    C~: text          a backchannel, while the turn before it goes on
    hold music 12     or `hold silence 12`, in seconds

Everything else is drawn with the stem, or its place in its split, as the seed.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sample_audio.make.dialogue import Audio, Hold, Line, Script

DIALOGUES = Path(__file__).parent / "dialogues"
SPLITS = ("dev", "test")
VOICES = {
    "dev": {
        "f": ("af_alloy", "af_jessica", "af_river", "af_sky", "bf_emma", "bf_lily"),
        "m": ("am_adam", "am_fenrir", "am_puck", "bm_fable", "bm_lewis"),
    },
    "test": {
        "f": ("af_aoede", "af_bella", "af_heart", "af_kore", "af_nova", "af_sarah", "bf_alice",
              "bf_isabella"),
        "m": ("am_echo", "am_eric", "am_liam", "am_michael", "am_onyx", "bm_daniel", "bm_george"),
    },
}  # fmt: skip
"""Voices by split and gender; no voice is in both splits."""

NOISES = ("white", "pink", "babble")
ARTEFACTS = ("none", "none", "mp3-low", "opus-low")
SNR = (10.0, 30.0)
LOUDEST = -18.0
MAX_DIFFERENCE = 12.0
SPEEDS = (1.05, 1.2)
_ROLES = {"A": "agent", "C": "customer", "S": "system"}
_LINE = re.compile(r"(?P<who>[ACS])(?:(?P<mark>[<>~])(?P<seconds>[\d.]*))?: (?P<text>.+)")
_HOLD = re.compile(r"hold (?P<kind>music|silence) (?P<seconds>[\d.]+)")


@dataclass(frozen=True)
class Call:
    """One call to make.

    Attributes:
        split: dev or test.
        script: what `sample_audio.make` speaks and lays on a clock.
        backchannels: indices of the lines spoken while the turn before them goes on.
        layout: mono, stereo (a side a channel), fake (one signal twice) or dead (one channel
            silent).
        noise: one of `NOISES`; `script.audio.snr` is under the quieter side's speech.
        artefact: a codec of `encode.CODECS` that the sound went through before G.711, or none.
    """

    split: str
    script: Script
    backchannels: frozenset[int]
    layout: str
    noise: str
    artefact: str

    @property
    def stem(self) -> str:
        """The name of its files."""
        return self.script.stem


def load(split: str) -> list[Call]:
    """Every call of a split, in the order of the files.

    Raises:
        ValueError: a line that is not in the form above, or a stem used twice.
    """
    raw: dict[str, dict[str, Any]] = {}
    for path in sorted((DIALOGUES / split).glob("*.yaml")):
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
        if twice := raw.keys() & found.keys():
            raise ValueError(f"{path.name}: {', '.join(twice)} stands in another file too")
        raw |= found
    return drawn(split, raw)


def drawn(split: str, raw: dict[str, dict[str, Any]]) -> list[Call]:
    """Draw what is not written: dialogues by stem, in the form of the files, become calls.

    Raises:
        ValueError: a line that is not in the form above.
    """
    draw = random.Random(split)
    # Latin hypercube: every setting covers its range evenly, and none goes with another.
    ranks = {name: draw.sample(range(len(raw)), len(raw)) for name in ("snr", "level", "codec")}
    return [
        _call(split, stem, entry, {name: rank[i] / len(raw) for name, rank in ranks.items()}, i)
        for i, (stem, entry) in enumerate(raw.items())
    ]


def _call(
    split: str, stem: str, entry: dict[str, Any], shares: dict[str, float], place: int
) -> Call:
    draw = random.Random(stem)
    steps, backchannels = _steps(stem, entry["turns"])
    difference = MAX_DIFFERENCE * (2 * shares["level"] - 1)
    levels = {
        "agent": LOUDEST + min(difference, 0.0),
        "customer": LOUDEST - max(difference, 0.0),
        "system": LOUDEST,
        "music": LOUDEST - 4.0,
    }
    script = Script(
        stem=stem,
        channel="call",
        about={"industry": entry["industry"]},
        qa={},
        steps=steps,
        voices=_voices(split, entry["pair"], draw),
        speeds={role: round(draw.uniform(*SPEEDS), 2) for role in ("agent", "customer", "system")},
        audio=Audio(snr=round(SNR[0] + (SNR[1] - SNR[0]) * shares["snr"], 1), levels=levels),
        chat={},
    )
    layout = entry.get("layout", "stereo" if place % 4 == 2 else "mono")
    artefact = ARTEFACTS[int(shares["codec"] * len(ARTEFACTS))]
    return Call(split, script, backchannels, layout, NOISES[place % len(NOISES)], artefact)


def _voices(split: str, pair: str, draw: random.Random) -> dict[str, str]:
    """A voice a role, all different; the recorded voice is a woman's."""
    taken: list[str] = []
    for gender in (*pair, "f"):
        taken.append(draw.choice([v for v in VOICES[split][gender] if v not in taken]))
    return dict(zip(("agent", "customer", "system"), taken, strict=True))


def _steps(stem: str, text: str) -> tuple[tuple[Line | Hold, ...], frozenset[int]]:
    steps: list[Line | Hold] = []
    backchannels: list[int] = []
    lines = 0
    for row in text.strip().splitlines():
        if hold := _HOLD.fullmatch(row.strip()):
            steps.append(Hold(hold["kind"], float(hold["seconds"])))
            continue
        line = _LINE.fullmatch(row.strip())
        if line is None:
            raise ValueError(f"{stem}: not a line of a dialogue: {row!r}")
        if line["mark"] == "~":
            backchannels.append(lines)
        lines += 1
        sign = -1 if line["mark"] == "<" else 1
        gap = sign * float(line["seconds"]) if line["seconds"] else None
        steps.append(Line(_ROLES[line["who"]], line["text"], line["text"], gap=gap))
    return tuple(steps), frozenset(backchannels)
