"""Figures of one call: word errors, words on the wrong speaker, roles, diarization errors.

Words are compared on Whisper's English normalisation with every digit a word of its own. Where
turns overlap, truth words are ordered by time, spread over their turn by their length.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import jiwer
import numpy as np
from pyannote.core import Annotation, Segment
from scipy.optimize import linear_sum_assignment
from transformers.models.whisper.english_normalizer import EnglishTextNormalizer

from cintel.conversation import Turn

SIDES = ("agent", "customer")
DROPPED = 3
# Whisper spells these as it likes; none of them is an error of hearing.
_SPELLING = {
    "ok": "okay", "alright": "all right", "apologise": "apologize", "recognise": "recognize",
    "colour": "color", "licence": "license", "grey": "gray", "tyre": "tire", "tyres": "tires",
}  # fmt: skip
_normalize: Callable[[str], str] = EnglishTextNormalizer(_SPELLING)  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Token:
    """A normalised word, who says it, and about when."""

    text: str
    who: str
    time: float


@dataclass(frozen=True, slots=True)
class Errors:
    """Word errors against words said.

    Attributes:
        dropped: time and words of each run of at least `DROPPED` that was not heard.
    """

    wrong: int
    said: int
    dropped: tuple[str, ...] = ()

    def __add__(self, other: Errors) -> Errors:
        return Errors(
            self.wrong + other.wrong, self.said + other.said, self.dropped + other.dropped
        )

    @property
    def rate(self) -> float:
        """Share of the words said."""
        return self.wrong / max(self.said, 1)


@dataclass(frozen=True, slots=True)
class Attribution:
    """Words that were heard, how many stand with the wrong speaker, and whether roles are right.

    Attributes:
        misplaced: words whose speaker, under the best one-to-one naming of speakers, is another.
        heard: how many truth words some word of the transcript stands for.
        roles: True where most words of each side carry its role.
    """

    misplaced: tuple[Token, ...]
    heard: int
    roles: bool


def normal(text: str) -> list[str]:
    """Words to compare."""
    bare = re.sub(r"[^\w\s']", " ", _normalize(text))
    return re.sub(r"(\d)", r" \1 ", bare).split()


def said(turns: Iterable[dict[str, Any]]) -> list[Token]:
    """The truth's words, in order of time."""
    tokens: list[Token] = []
    for turn in turns:
        tokens += _spread(normal(turn["text"]), turn["role"], turn["start"], turn["end"])
    return sorted(tokens, key=lambda token: token.time)


def _spread(words: Sequence[str], who: str, start: float, end: float) -> list[Token]:
    ends = np.cumsum([len(word) + 1 for word in words])
    middles = [(e - (len(w) + 1) / 2) / ends[-1] for w, e in zip(words, ends, strict=True)]
    return [Token(w, who, start + (end - start) * m) for w, m in zip(words, middles, strict=True)]


def word_errors(truth: Sequence[Token], text: str) -> Errors:
    """Substitutions, deletions and insertions of a transcript."""
    heard = normal(text)
    if not truth:
        return Errors(len(heard), 0)
    found = jiwer.process_words(" ".join(t.text for t in truth), " ".join(heard))
    runs = [
        truth[chunk.ref_start_idx : chunk.ref_end_idx]
        for chunk in found.alignments[0]
        if chunk.type == "delete" and chunk.ref_end_idx - chunk.ref_start_idx >= DROPPED
    ]
    dropped = tuple(f"{run[0].time:6.1f} {' '.join(token.text for token in run)}" for run in runs)
    wrong = found.substitutions + found.deletions + found.insertions
    return Errors(wrong, len(truth), dropped)


def attribution(truth: Sequence[Token], turns: Sequence[Turn]) -> Attribution:
    """Compare who said each word that was heard."""
    tokens = [(word, turn) for turn in turns for word in normal(turn.text)]
    if not truth or not tokens:
        return Attribution((), 0, False)
    found = jiwer.process_words(" ".join(t.text for t in truth), " ".join(w for w, _ in tokens))
    pairs = [
        (truth[chunk.ref_start_idx + i], tokens[chunk.hyp_start_idx + i][1])
        for chunk in found.alignments[0]
        if chunk.type in ("equal", "substitute")
        for i in range(chunk.ref_end_idx - chunk.ref_start_idx)
    ]
    names = _names([(token.who, turn.speaker) for token, turn in pairs])
    misplaced = tuple(token for token, turn in pairs if names.get(turn.speaker) != token.who)
    roles = {side: [turn.role == side for token, turn in pairs if token.who == side]
             for side in SIDES}  # fmt: skip
    named = all(sum(hits) * 2 > len(hits) for hits in roles.values())
    return Attribution(misplaced, len(pairs), named)


def _names(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """A role for each speaker, one to one, so that as many words as can be agree."""
    counts = Counter(pairs)
    roles, speakers = (sorted({pair[i] for pair in counts}) for i in (0, 1))
    table = np.array([[counts[role, speaker] for speaker in speakers] for role in roles])
    chosen = zip(*linear_sum_assignment(table, maximize=True), strict=True)
    return {speakers[column]: roles[row] for row, column in chosen}


def reference(turns: Iterable[dict[str, Any]]) -> Annotation:
    """Who speaks when, without the pauses inside turns; a recorded voice is a speaker too."""
    annotation = Annotation()
    for number, turn in enumerate(turns):
        for part, (start, end) in enumerate(turn["speech"]):
            annotation[Segment(start, end), f"{number}.{part}"] = turn["role"]
    return annotation
