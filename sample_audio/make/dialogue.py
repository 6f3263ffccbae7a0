"""The script of a conversation: one YAML file, read into frozen dataclasses.

A turn is `role: text`, with these neighbours where needed:

    - agent: Thanks, {name:Daniel}. One moment.   # {type:words} marks personal data
    - customer: But I already sent the —
      gap: 0.4        # seconds after the last speech before it; negative: starts before its end
      speed: 1.1      # this turn only
      gain: 3         # decibels louder than the side's level
    - hold: music     # or silence
      seconds: 15
    - agent: Hello, this is Priya.
      after: 40       # chats: seconds after the message before it
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROLES = ("agent", "customer", "system")
QUESTIONS = (
    "greeting",
    "offer_help",
    "identity_check",
    "card_read_back",
    "professional",
    "empathy",
    "ownership",
    "next_step",
    "hold_permission",
    "dead_air",
    "interruptions",
    "further_help",
    "closing",
)
ABOUT = (
    "industry",
    "scenario",
    "intent",
    "agent_id",
    "customer_id",
    "queue",
    "started_at",
    "outcome",
    "mood",
)
_PII = re.compile(r"\{(\w+):([^}]*)\}")
_PHONEMES = re.compile(r"\[([^\]]+)\]\(/[^)]*/\)")


@dataclass(frozen=True)
class Line:
    """One utterance or message. `spoken` may carry phonemes for the voice, `text` never does."""

    role: str
    text: str
    spoken: str
    pii: tuple[tuple[str, str], ...] = ()
    gap: float | None = None
    speed: float | None = None
    gain: float = 0.0
    after: float | None = None


@dataclass(frozen=True)
class Hold:
    """A stretch on hold: `music` or `silence`."""

    kind: str
    seconds: float


@dataclass(frozen=True)
class Audio:
    """How a call is recorded: layout (mono or stereo), a name in `encode.CODECS`, noise."""

    layout: str = "mono"
    codec: str = "mulaw"
    rate: int = 8000
    snr: float = 30.0
    levels: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Script:
    """A whole conversation before it has times. `about` holds the fields copied into the truth."""

    stem: str
    channel: str
    about: dict[str, Any]
    qa: dict[str, str]
    steps: tuple[Line | Hold, ...]
    voices: dict[str, str]
    speeds: dict[str, float]
    audio: Audio
    chat: dict[str, Any]

    @property
    def lines(self) -> tuple[Line, ...]:
        """The utterances alone, in order."""
        return tuple(step for step in self.steps if isinstance(step, Line))


def load(path: Path) -> Script:
    """Read one script. Raises `ValueError` naming the file for an unknown role or answer."""
    raw: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    qa = {question: _answer(path, question, raw["qa"]) for question in QUESTIONS}
    return Script(
        stem=path.stem,
        channel=raw.get("channel", "call"),
        about={key: raw[key] for key in ABOUT},
        qa=qa,
        steps=tuple(_step(path, entry) for entry in raw["turns"]),
        voices=raw.get("voices", {}),
        speeds=raw.get("speeds", {}),
        audio=Audio(**raw.get("audio", {})),
        chat=raw.get("chat", {}),
    )


def _answer(path: Path, question: str, answers: dict[str, Any]) -> str:
    value = answers.get(question)
    answer = {True: "yes", False: "no", "na": "na"}.get(value) if value is not None else None
    if answer is None:
        raise ValueError(f"{path.name}: qa.{question} is {value!r}; write yes, no or na")
    return answer


def _step(path: Path, entry: dict[str, Any]) -> Line | Hold:
    if "hold" in entry:
        return Hold(entry["hold"], float(entry["seconds"]))
    role = next((role for role in ROLES if role in entry), None)
    if role is None:
        raise ValueError(f"{path.name}: a turn needs one of {', '.join(ROLES)}: {entry}")
    marked = str(entry[role]).strip()
    spoken = _PII.sub(r"\2", marked)
    return Line(
        role=role,
        text=_PHONEMES.sub(r"\1", spoken),
        spoken=spoken,
        pii=tuple((kind, _PHONEMES.sub(r"\1", words)) for kind, words in _PII.findall(marked)),
        gap=entry.get("gap"),
        speed=entry.get("speed"),
        gain=float(entry.get("gain", 0.0)),
        after=entry.get("after"),
    )
