"""What is said as vectors: the units of a conversation, the lines of a scorecard.

Units are kept as bytes (see :class:`cintel.conversation.UnitVectors`) and always judged as they
are kept, so that the answers are the same whether a conversation was just encoded or long ago.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from cintel.conversation import (
    Analysis,
    Conversation,
    Labels,
    Metrics,
    UnitVectors,
    floor_reason,
)
from cintel.language.read import language_reason
from cintel.quality.rules import Phrases, walk
from cintel.quality.scorecard import Scorecard
from cintel.quality.units import Unit, units_of
from cintel.quality.verdicts import Lines, TextEncoder, Vectors

_LARGEST = 127


def encode_units(units: Sequence[Unit], encoder: TextEncoder, fingerprint: str = "") -> UnitVectors:
    """The vectors of units, eight bits a number.

    Rounding moves a cosine by 0.0005 (standard deviation, 384 dimensions), a confidence by 0.002.
    """
    texts = [unit.text for unit in units]
    vectors = encoder.encode(texts)
    scales = np.abs(vectors).max(axis=1, initial=0.0).astype("<f4") / _LARGEST
    rows = np.rint(vectors / np.where(scales > 0, scales, 1.0)[:, None]).astype(np.int8)
    return UnitVectors(fingerprint, digest(units), scales.tobytes() + rows.tobytes())


def vectors_of(kept: UnitVectors, units: Sequence[Unit]) -> Vectors:
    """Shape ``(len(units), dimensions)``."""
    if not units:
        return np.zeros((0, 0), dtype=np.float32)
    scales = np.frombuffer(kept.data, dtype="<f4", count=len(units))
    rows = np.frombuffer(kept.data, dtype=np.int8, offset=scales.nbytes).reshape(len(units), -1)
    found: Vectors = rows.astype(np.float32) * scales[:, None]
    return found


def digest(units: Sequence[Unit]) -> str:
    """First 16 hex digits of the SHA-256 of the units' texts."""
    return hashlib.sha256("\n".join(unit.text for unit in units).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Case:
    """A conversation with what was found in it; no vectors where it cannot be scored."""

    conversation: Conversation
    labels: tuple[Labels, ...]
    metrics: Metrics
    units: tuple[Unit, ...]
    vectors: UnitVectors | None


def read_case(
    conversation: Conversation,
    labels: tuple[Labels, ...],
    metrics: Metrics,
    encoder: TextEncoder,
    fingerprint: str = "",
) -> Case:
    """The conversation with its units encoded, unless it cannot be scored."""
    if unscorable(conversation) is not None:
        return Case(conversation, labels, metrics, (), None)
    units = units_of(conversation)
    vectors = encode_units(units, encoder, fingerprint)
    return Case(conversation, labels, metrics, units, vectors)


def kept_case(analysis: Analysis, fingerprint: str) -> Case | None:
    """A stored analysis with its kept vectors; None where it has to be encoded.

    It has to be where it has none, or those of another encoder, of other words, or of words that
    an earlier version cut otherwise.
    """
    talk, labels, metrics, kept = (
        analysis.conversation, analysis.labels, analysis.metrics, analysis.vectors
    )  # fmt: skip
    if unscorable(talk) is not None:
        return Case(talk, labels, metrics, (), kept)
    units = units_of(talk)
    if kept is None or (kept.encoder, kept.texts) != (fingerprint, digest(units)):
        return None
    return Case(talk, labels, metrics, units, kept)


def unscorable(conversation: Conversation) -> str | None:
    """Why there is nothing to score: another language, or less than the evidence floor."""
    return language_reason(conversation) or floor_reason(conversation)


@lru_cache(maxsize=8)
def lines_of(scorecard: Scorecard, encoder: TextEncoder) -> Lines:
    """Vectors of every line that a scorecard compares, each encoded once."""
    rules = {
        rule
        for question in scorecard.questions
        for top in (question.when, question.judge, *(o.judge for o in question.options))
        for rule in walk(top)
        if isinstance(rule, Phrases)
    }
    return encoded(rules, encoder)


def encoded(rules: Collection[Phrases], encoder: TextEncoder) -> Lines:
    """Vectors of the rules' lines, each encoded once."""
    texts = sorted({line for rule in rules for line in (*rule.phrases, *rule.not_like)})
    vectors = encoder.encode(texts) if texts else np.zeros((0, 0), dtype=np.float32)
    row = {text: number for number, text in enumerate(texts)}

    def matrix(lines: Sequence[str]) -> Vectors:
        return vectors[[row[line] for line in lines]]

    return {rule: (matrix(rule.phrases), matrix(rule.not_like)) for rule in rules}
