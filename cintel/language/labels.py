"""One `Labels` a turn, from text and role alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cintel.conversation import Labels, Scored
from cintel.language.heads import Heads, Vectors
from cintel.language.intents import turn_intents

if TYPE_CHECKING:
    from cintel.language.encoder import Encoder

LEAST_MOVE = 0.1
"""Moves less likely are left out; those between this and a half tell a judge how near it was."""


def label_turns(
    encoder: Encoder, heads: Heads, turns_text: Sequence[str], roles: Sequence[str]
) -> list[Labels]:
    """Label every turn.

    Args:
        encoder: the sentence encoder the heads were trained on.
        heads: the loaded heads.
        turns_text: one text a turn, of one conversation or of many.
        roles: ``agent``, ``customer`` or another word for not known, one a turn.

    Returns:
        One `Labels` a turn in the same order. A text without a letter or digit has no labels.

    Raises:
        ValueError: there are not as many roles as texts.
    """
    return label_states(heads, encoder.read(turns_text).states, turns_text, roles)


def label_states(
    heads: Heads, states: Vectors, turns_text: Sequence[str], roles: Sequence[str]
) -> list[Labels]:
    """Label turns that the encoder has read; arguments and result as in `label_turns`."""
    if len(roles) != len(turns_text):
        raise ValueError(f"{len(turns_text)} texts but {len(roles)} roles")
    found = heads.predict(states, roles)
    moves = heads.moves(states, roles)
    intents = turn_intents(found["intent"], heads.labels["intent"], heads.threshold("intent"))
    return [
        Labels(
            sentiment=_sentiment(found["sentiment"][i], heads.labels["sentiment"]),
            emotion=_best(found["emotion"][i], heads.labels["emotion"]),
            act=_best(found["act"][i], heads.labels["act"]),
            intents=() if roles[i] in ("agent", "system") else intents[i],
            moves=_moves(moves[i], heads.labels["move"]),
        )
        if any(character.isalnum() for character in text)
        else Labels()
        for i, text in enumerate(turns_text)
    ]


def _best(row: Vectors, labels: Sequence[str]) -> Scored:
    index = int(np.argmax(row))
    return Scored(labels[index], round(float(row[index]), 4))


def _moves(row: Vectors, labels: Sequence[str]) -> tuple[Scored, ...]:
    likely = (index for index in np.argsort(-row, kind="stable") if row[index] >= LEAST_MOVE)
    return tuple(Scored(labels[index], round(float(row[index]), 4)) for index in likely)


def _sentiment(row: Vectors, labels: Sequence[str]) -> Scored:
    """The best label; the score is p(positive) - p(negative), -1 to 1."""
    score = float(row[labels.index("positive")] - row[labels.index("negative")])
    return Scored(labels[int(np.argmax(row))], round(score, 4))
