"""What the customer wants: the intents of turns and of the conversation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cintel.conversation import Intent
from cintel.language.heads import Vectors

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
