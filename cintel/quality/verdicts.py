"""What a rule found in a conversation, and what every rule may look at."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cintel.conversation import Answer, Conversation, Evidence, Labels, Metrics
from cintel.quality.units import Unit

Vectors = NDArray[np.float32]

STEEPNESS = 12.0
"""Of the logistic that turns a cosine's distance from its threshold into a confidence."""

CERTAIN = 0.95
"""Confidence of what is read off the text: a pattern, a channel, personal data."""


class TextEncoder(Hashable, Protocol):
    """Anything that turns texts into unit vectors."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape ``(len(texts), dimensions)``, each of length one."""
        ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a rule holds (None: no ground to say), how sure, why, and on what words.

    ``waits``: there is no ground yet, as a person has to answer another question first.
    """

    holds: bool | None
    confidence: float
    reason: str
    evidence: tuple[Evidence, ...] = ()
    waits: bool = False

    def inverted(self) -> Verdict:
        """The same finding, read the other way."""
        return self if self.holds is None else replace(self, holds=not self.holds)


@dataclass(frozen=True, slots=True)
class Context:
    """One conversation, ready to be judged.

    ``vectors`` has a row for each unit; ``examples`` a vector for each line of the scorecard;
    ``answer`` gives the answer to another question, working it out first where need be.
    """

    conversation: Conversation
    labels: tuple[Labels, ...]
    metrics: Metrics
    units: tuple[Unit, ...]
    vectors: Vectors
    examples: Mapping[str, Vectors]
    answer: Callable[[str], Answer]


def sureness(margin: float) -> float:
    """Confidence of a decision that was ``margin`` away from going the other way: 0.5…1.

    A logistic curve of the distance: 0.5 at the threshold, 0.77 at 0.1, 0.92 at 0.2 (cosine).
    """
    return round(1 / (1 + math.exp(-STEEPNESS * abs(margin))), 3)
