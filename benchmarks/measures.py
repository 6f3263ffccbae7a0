"""What the language benchmarks measure with, and how they print a figure beside its bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cintel.language.encoder import Encoder
from cintel.language.heads import Head, Heads, Vectors, beside
from pipelines.train.rows import Row


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: what was measured on what, how, and the least or most it should be."""

    what: str
    on: str
    measure: str
    score: float
    bar: float | None = None
    most: bool = False

    def __str__(self) -> str:
        bar = "" if self.bar is None else f"{'<=' if self.most else '>='} {self.bar:.3f}"
        missed = self.bar is not None and (self.score > self.bar) == self.most
        missed = missed and self.score != self.bar
        shown = f"{self.score:8.3f}" if self.score < 100 else f"{self.score:8.0f}"
        text = f"{self.what:13} {self.on:46} {self.measure:30} {shown} {bar:>9}"
        return text + ("  MISSED" if missed else "")


@dataclass(frozen=True, slots=True)
class Tools:
    """What is measured."""

    encoder: Encoder
    heads: Heads
    classifiers: dict[str, Head]

    def features(self, test: Sequence[Row]) -> Vectors:
        """The inputs of the heads."""
        states = self.encoder.read([row.text for row in test]).states
        return beside(states, [row.role for row in test])

    def logits(self, name: str, test: Sequence[Row]) -> Vectors:
        """The outputs of one head."""
        return self.classifiers[name].logits(self.features(test))
