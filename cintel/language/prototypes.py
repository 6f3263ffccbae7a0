"""The user's own intents, from example lines alone: no training step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import yaml

from cintel.conversation import Intent, Labels
from cintel.errors import SettingsError
from cintel.language.heads import Vectors

if TYPE_CHECKING:
    from cintel.language.encoder import Encoder

SHRINKAGE = 0.8
"""How far the examples' covariance is drawn to a sphere: a few lines say little about it."""

IN_SCOPE = 0.4
"""Cosine to the nearest example below which a line is like none of them. One in twenty lines that
do state an intent is less like its examples (NatCS finance, five examples each)."""

FEWEST, MOST = 3, 10
_FORM = f"Write name: [line, …], {FEWEST} to {MOST} lines each"


@dataclass(frozen=True)
class Prototypes:
    """Intents by example: unit vectors of lines, shape ``(m, d)``, their texts and intents."""

    names: tuple[str, ...]
    lines: tuple[str, ...]
    vectors: Vectors

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The intents, in order."""
        return tuple(sorted(set(self.names)))

    def scores(self, vectors: Vectors) -> Vectors:
        """Log-odds of each intent up to a constant, shape ``(n, len(kinds))``.

        Linear discriminant analysis with one covariance for all intents, shrunk to a multiple of
        the identity (Friedman, 1989), and no intent likelier than another beforehand.
        """
        weight, offset = self._discriminants
        result: Vectors = vectors @ weight - offset
        return result

    def match(self, vectors: Vectors, turns: Sequence[int]) -> list[tuple[Intent, ...]]:
        """The intent of each line with the example it is most like; empty where it is like none.

        Its score is the cosine to that example.

        Args:
            vectors: unit vectors of lines, shape ``(n, d)``.
            turns: the turn of each.
        """
        best = self.scores(vectors).argmax(axis=1)
        own = np.array(self.names)[None, :] == np.array(self.kinds)[best][:, None]
        cosine = np.where(own, vectors @ self.vectors.T, -1.0)
        nearest = cosine.argmax(axis=1)
        return [
            (Intent(self.names[line], round(float(row[line]), 4), turn, self.lines[line]),)
            if row[line] >= IN_SCOPE
            else ()
            for row, line, turn in zip(cosine, nearest.tolist(), turns, strict=True)
        ]

    def relabel(
        self, labels: Sequence[Labels], vectors: Vectors, roles: Sequence[str]
    ) -> list[Labels]:
        """The labels with these intents in place of others; agents and silent turns have none."""
        found = self.match(vectors, range(len(labels)))
        return [
            replace(item, intents=())
            if role in ("agent", "system") or item.sentiment is None
            else replace(item, intents=intents)
            for item, intents, role in zip(labels, found, roles, strict=True)
        ]

    @cached_property
    def _discriminants(self) -> tuple[Vectors, Vectors]:
        """Columns of weights and what is taken off, one an intent."""
        which = np.array([self.kinds.index(name) for name in self.names])
        means = np.stack([self.vectors[which == k].mean(axis=0) for k in range(len(self.kinds))])
        apart = self.vectors - means[which]
        covariance = apart.T @ apart / len(apart)
        size = len(covariance)
        # One example an intent leaves nothing apart: then the nearest mean wins.
        level = max(float(np.trace(covariance)) / size, 1e-6)
        covariance = (1 - SHRINKAGE) * covariance + SHRINKAGE * level * np.eye(size)
        weight = np.linalg.solve(covariance, means.T)
        offset = 0.5 * np.einsum("kd,dk->k", means, weight)
        return weight.astype(np.float32), offset.astype(np.float32)


def read_prototypes(path: Path, encoder: Encoder) -> Prototypes:
    """Read a YAML file of ``name: [example line, …]`` and encode its lines.

    Raises:
        SettingsError: the file is not such a mapping, or an intent has too few or many examples.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(path, f"cannot be read ({error})", _FORM) from error
    if not isinstance(content, dict) or not content:
        raise SettingsError(path, "is not a mapping of intents", _FORM)
    for name, lines in content.items():
        if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
            raise SettingsError(path, f"intent {name} has no example lines", _FORM)
        if not FEWEST <= len(lines) <= MOST:
            raise SettingsError(path, f"intent {name} has {len(lines)} example lines", _FORM)
    pairs = [(str(name), line) for name, lines in content.items() for line in lines]
    names, lines = zip(*pairs, strict=True)
    return Prototypes(names, lines, encoder.encode(lines))
