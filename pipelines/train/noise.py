"""Variants of a line with the same label: as a recogniser writes it and as a typist writes it."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

FILLERS = ("um", "uh", "so", "well", "yeah", "okay so", "you know", "like", "i mean", "right so")
SOUNDALIKES = {
    "your": "you're",
    "there": "their",
    "to": "too",
    "for": "four",
    "account": "a count",
    "wi-fi": "why fi",
    "password": "pass word",
    "online": "on line",
    "bill": "bil",
    "know": "no",
    "by": "buy",
    "already": "all ready",
    "anyone": "any one",
    "it's": "its",
}
QUESTIONS = re.compile(
    r"^(and |so |sorry )?(what|when|where|who|why|how|which|can|could|do|does|did|is|are|am|may|"
    r"would|will|have|has|should)\b",
    re.IGNORECASE,
)


def spoken(text: str, rng: random.Random) -> str:
    """Lower case without punctuation, with a filler, a sound-alike or a lost word at times."""
    words = re.sub(r"[^\w\s'’-]", " ", text.lower()).split()
    if rng.random() < 0.3:
        words = [SOUNDALIKES.get(word, word) for word in words]
    if len(words) > 5 and rng.random() < 0.25:
        del words[rng.randrange(len(words))]
    if rng.random() < 0.35:
        words.insert(rng.choice((0, 0, rng.randrange(len(words) + 1))), rng.choice(FILLERS))
    return " ".join(words)


def told(text: str, asides: Sequence[str], rng: random.Random) -> str:
    """The line between remarks that state nothing, as a caller comes to the point."""
    before = rng.random() < 0.6
    after = not before or rng.random() < 0.5
    parts = [rng.choice(asides)] * before + [text] + [rng.choice(asides)] * after
    whole = " ".join(written(part) for part in parts)
    return spoken(whole, rng) if rng.random() < 0.5 else whole


def written(text: str) -> str:
    """A capital at the start and a full stop or question mark at the end."""
    if text[-1:] in ".?!":
        return text
    return text[:1].upper() + text[1:] + ("?" if QUESTIONS.match(text) else ".")
