"""A conversation scored on a scorecard: answers, and the words they rest on.

The names are those of ``cintel.conversation``, which passes them on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Source = Literal["auto", "llm", "human"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words an answer rests on."""

    turn: int
    quote: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Answer:
    """One question answered; ``answer`` is None for not applicable, and while it is ``unsure``."""

    question: str
    answer: str | float | None
    points: float
    possible: float
    confidence: float
    reason: str
    evidence: tuple[Evidence, ...] = ()
    source: Source = "auto"
    unsure: bool = False  # handed to a person, who may take what is ``suggested``
    suggested: str | float | None = None
    fingerprint: str | None = None  # of the transcript, rubric and language model that gave it

    @property
    def likeliest(self) -> str | float | None:
        """The answer or, of an unsure one, what it suggests."""
        return self.suggested if self.unsure else self.answer


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A conversation scored on one version of a scorecard; ``score`` None: not scorable."""

    scorecard: str
    version: str
    score: float | None
    passed: bool | None
    auto_failed: bool
    answers: tuple[Answer, ...] = ()
    reason: str | None = None
    tokens: tuple[int, int] = (0, 0)  # that a language model read and wrote
