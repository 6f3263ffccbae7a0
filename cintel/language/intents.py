"""What the customer wants: intents of turns, of the conversation, and of the user's own making."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import yaml

from cintel.conversation import Intent
from cintel.errors import SettingsError
from cintel.language.heads import Vectors

if TYPE_CHECKING:
    from cintel.language.encoder import Encoder

NONE = "none"
"""Out of scope: small talk, answers to the agent, procedure."""

CONTEXT = 1 / 3
"""Customers say why they came in this first share of the turns."""

LATE_WEIGHT = 0.4
"""What a statement at the very end counts beside one in the first third."""

OPENING, LATER = 2, 0.5
"""The first `OPENING` turns that state an intent count in full, those after them count `LATER`."""

COMPLAINT, CONCRETE = "complaint.service", 0.5
"""Anger colours any call: a matter with this share of a complaint's evidence goes before it."""

MIN_SIMILARITY = 0.4
"""Cosine below which a line is like none of the user's examples."""

SHARPNESS = 12.0
"""How quickly a user-defined intent wins over the next best as similarities part."""


def turn_intents(
    probabilities: Vectors, labels: Sequence[str], threshold: float, most: int = 2
) -> list[tuple[Intent, ...]]:
    """The intents of each turn, best first, at most `most`; empty where it is out of scope.

    Args:
        probabilities: shape ``(n, len(labels))``, calibrated.
        labels: names, `NONE` among them.
        threshold: what a probability must reach. The best must also beat `NONE`.
        most: how many to name at the most.
    """
    return [_above(row, labels, threshold, index, most) for index, row in enumerate(probabilities)]


def _above(
    row: Vectors, labels: Sequence[str], threshold: float, turn: int, most: int
) -> tuple[Intent, ...]:
    order = np.argsort(-row, kind="stable")[:most]
    if labels[order[0]] == NONE:
        return ()
    return tuple(
        Intent(labels[i], round(float(row[i]), 4), turn)
        for i in order
        if row[i] >= threshold and labels[i] != NONE
    )


def conversation_intent(turns: Sequence[tuple[Intent, ...]]) -> Intent | None:
    """The one intent of a conversation, with the turn that shows it best.

    Each statement counts with its probability, less towards the end and less after the first
    two turns that state an intent, because a customer opens with the reason for the call.
    Statements of the same intent add up as independent evidence does. A complaint about service
    yields to a concrete matter with at least half its evidence.

    Args:
        turns: what `turn_intents` found, one entry a turn of the whole conversation; entries of
            the agent are empty.

    Returns:
        The intent whose evidence is strongest, its score that evidence; None if there is none.
    """
    doubt: dict[str, float] = {}
    best: dict[str, tuple[float, int]] = {}
    stated = 0
    for index, intents in enumerate(turns):
        weight = _weight(index, len(turns)) * (1.0 if stated < OPENING else LATER)
        stated += bool(intents)
        for intent in intents:
            evidence = weight * intent.score
            doubt[intent.name] = doubt.get(intent.name, 1.0) * (1 - evidence)
            best[intent.name] = max(best.get(intent.name, (0.0, 0)), (evidence, -index))
    if not doubt:
        return None
    name = _strongest({name: 1 - value for name, value in doubt.items()})
    return Intent(name, round(1 - doubt[name], 4), -best[name][1])


def _strongest(evidence: dict[str, float]) -> str:
    floor = CONCRETE * evidence.get(COMPLAINT, 0.0)
    matters = [name for name in evidence if name != COMPLAINT and evidence[name] >= floor]
    return min(matters or evidence, key=lambda name: (-evidence[name], name))


def _weight(index: int, turns: int) -> float:
    position = index / turns
    if position <= CONTEXT:
        return 1.0
    return 1.0 - (1.0 - LATE_WEIGHT) * (position - CONTEXT) / (1 - CONTEXT)


@dataclass(frozen=True, slots=True)
class Prototypes:
    """The user's own intents: example lines as unit vectors, shape ``(m, d)``, and their names."""

    names: tuple[str, ...]
    vectors: Vectors

    def match(self, vectors: Vectors) -> list[tuple[Intent, ...]]:
        """The nearest intent of each line, empty below `MIN_SIMILARITY`.

        The similarity of an intent is the mean of its two nearest examples; its score is the
        softmax over the intents times how far the similarity is above zero.
        """
        kinds = sorted(set(self.names))
        cosine = vectors @ self.vectors.T
        near = np.stack([_two_nearest(cosine[:, self._of(kind)]) for kind in kinds], axis=1)
        odds = np.exp(SHARPNESS * (near - near.max(axis=1, keepdims=True)))
        share = odds / odds.sum(axis=1, keepdims=True)
        best = near.argmax(axis=1)
        return [
            (Intent(kinds[k], round(float(share[i, k] * near[i, k]), 4), i),)
            if near[i, k] >= MIN_SIMILARITY
            else ()
            for i, k in enumerate(best)
        ]

    def _of(self, kind: str) -> list[int]:
        return [index for index, name in enumerate(self.names) if name == kind]


def _two_nearest(cosine: Vectors) -> Vectors:
    result: Vectors = np.sort(cosine, axis=1)[:, -2:].mean(axis=1)
    return result


def read_prototypes(path: Path, encoder: Encoder) -> Prototypes:
    """Read a YAML file of ``name: [example line, …]`` and encode its lines.

    Raises:
        SettingsError: the file is not such a mapping, or an intent has no example.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise SettingsError(path, f"cannot be read ({error})", "Write name: [line, …]") from error
    if not isinstance(content, dict) or not content:
        raise SettingsError(path, "is not a mapping of intents", "Write name: [line, …]")
    for name, lines in content.items():
        if not isinstance(lines, list) or not lines or not all(isinstance(x, str) for x in lines):
            raise SettingsError(path, f"intent {name} has no example lines", "Give 3 to 10 lines")
    pairs = [(str(name), line) for name, lines in content.items() for line in lines]
    vectors = encoder.encode([line for _, line in pairs])
    return Prototypes(tuple(name for name, _ in pairs), vectors)
