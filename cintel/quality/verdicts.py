"""What a rule found in a conversation, and what every rule may look at."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cintel.conversation import Answer, Conversation, Evidence, Labels, Metrics, Turn
from cintel.quality.rules import Phrases, Rule, Who, Within
from cintel.quality.units import Scope, Unit, unit_at

Vectors = NDArray[np.float32]

Lines = Mapping[Phrases, tuple[Vectors, Vectors]]
"""A row for each of a rule's phrases, and one for each line that is not like them."""

_Where = tuple[Who, Within | None]

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


@dataclass(frozen=True)
class Context:
    """One conversation, ready to be judged; what several rules need is worked out once.

    Attributes:
        vectors: a row for each unit.
        lines: vectors of the scorecard's lines.
        answer: gives the answer to another question, working it out first where need be.
        decided: what was found by each rule that has been looked at.
    """

    conversation: Conversation
    labels: tuple[Labels, ...]
    metrics: Metrics
    units: tuple[Unit, ...]
    vectors: Vectors
    lines: Lines
    answer: Callable[[str], Answer]
    decided: dict[Rule, Verdict] = field(default_factory=dict)
    _scopes: dict[_Where, Scope] = field(default_factory=dict)
    _rows: dict[_Where, tuple[list[int], Vectors]] = field(default_factory=dict)

    @cached_property
    def by_turn(self) -> dict[int, list[int]]:
        """The numbers of each turn's units, by the index of the turn."""
        found: dict[int, list[int]] = {turn.index: [] for turn in self.conversation.turns}
        for row, unit in enumerate(self.units):
            found[unit.turn.index].append(row)
        return found

    @cached_property
    def texts(self) -> dict[int, str]:
        """What is said, with straight apostrophes, by the index of the turn."""
        turns = self.conversation.turns
        return {turn.index: turn.text.replace("\u2019", "'") for turn in turns}

    def scope(
        self,
        who: Who,
        within: Within | None,
        before: Unit | None = None,
        after: Unit | None = None,
    ) -> Scope:
        """Where a rule looks; ``before`` and ``after`` are what ``within`` names so, found."""
        key = (who, within)
        if key not in self._scopes:
            self._scopes[key] = Scope(self.conversation, who, within, before, after)
        return self._scopes[key]

    def rows(self, who: Who, within: Within | None) -> tuple[list[int], Vectors]:
        """The numbers of the units in a scope, and their vectors."""
        key = (who, within)
        if key not in self._rows:
            scope = self.scope(who, within)
            near = (row for turn in scope.turns for row in self.by_turn[turn.index])
            found = [row for row in near if within is None or self.units[row] in scope]
            self._rows[key] = (found, self.vectors[found])
        return self._rows[key]

    def unit(self, turn: Turn, first: int, last: int) -> Unit:
        """The stretch of a turn between two character offsets."""
        rows = self.by_turn[turn.index]
        if not rows:
            return unit_at(turn, first, last)
        return replace(self.units[rows[0]], first=first, last=last)


def sureness(margin: float) -> float:
    """Confidence of a decision that was ``margin`` away from going the other way: 0.5…1.

    A logistic curve of the distance: 0.5 at the threshold, 0.77 at 0.1, 0.92 at 0.2 (cosine).
    """
    return round(1 / (1 + math.exp(-STEEPNESS * abs(margin))), 3)
