"""How frustrated the customer is, turn by turn and over the conversation.

A turn's score is a noisy-or of its cues, 1 - Π(1 - weight) (Pearl, 1988): each cue alone could
show frustration, several make it surer, and none can push the score past 1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from math import prod

import numpy as np

from cintel.conversation import (
    Acoustics,
    Conversation,
    Frustration,
    Labels,
    Turn,
    floor_reason,
)
from cintel.insight.tone import trend
from cintel.insight.turns import quarter
from cintel.insight.voice import Voice
from cintel.insight.wording import Cue, cues, typing_cues

ENDED_FRUSTRATED = 0.5
"""A conversation whose ``end`` reaches this ended frustrated."""

EMOTIONS = {
    "anger": 0.7,
    "frustration": 0.65,
    "disappointment": 0.4,
    "anxiety": 0.15,
    "confusion": 0.1,
}
NEGATIVE = 0.3
OWN_REPETITION = 0.3
ALIKE = 0.6
FEWEST_WORDS = 5

_ASKED_TO_REPEAT = re.compile(
    r"\b(?:again|repeat|pardon|spell|confirm|read (?:that|it) back|didn't (?:catch|hear|get)"
    r"|say that)\b|\bsorry\s*\?",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
# Courtesies and spelled-out digits come back in calm calls: they make no two turns alike.
_COURTESIES = """a about all and are bye day double eight five for four good goodbye have help i is
it me my nice nine no of oh ok okay one please seven six so sure thank thanks that the this three
to two very was welcome yeah yes you your zero"""
_COMMON = frozenset(_COURTESIES.split())


def turn_frustration(
    conversation: Conversation, labels: Sequence[Labels], acoustics: Acoustics | None = None
) -> tuple[float | None, ...]:
    """A score 0…1 for each customer turn, None for the others; :func:`explain` gives reasons."""
    return tuple(
        None if found is None else round(1.0 - prod(1.0 - cue.weight for cue in found), 3)
        for found in explain(conversation, labels, acoustics)
    )


def explain(
    conversation: Conversation, labels: Sequence[Labels], acoustics: Acoustics | None = None
) -> tuple[tuple[Cue, ...] | None, ...]:
    """The cues behind each customer turn's score, None for the turns of others.

    Raises:
        ValueError: ``labels`` has another length than the turns.
    """
    written = conversation.channel != "call"
    voice = None if written else Voice(conversation, acoustics or Acoustics())
    return tuple(
        (
            *cues(turn.text),
            *(typing_cues(turn.text) if written else ()),
            *_label_cues(label),
            *_repetition(conversation.turns, place),
            *(voice.cues(turn) if voice else ()),
        )
        if turn.role == "customer"
        else None
        for place, (turn, label) in enumerate(zip(conversation.turns, labels, strict=True))
    )


def score(conversation: Conversation, turn_scores: Sequence[float | None]) -> Frustration:
    """The conversation's frustration: 0.6 x its three worst turns + 0.4 x its last quarter.

    ``end`` is the mean of the last quarter that has a scored turn, ``trend`` that less the first.

    Raises:
        ValueError: ``turn_scores`` has another length than the turns.
    """
    scored = [
        (value, turn)
        for turn, value in zip(conversation.turns, turn_scores, strict=True)
        if value is not None
    ]
    reason = floor_reason(conversation) or (None if scored else "no customer turn has a score")
    if reason:
        return Frustration(reason=reason)
    worst = sorted((value for value, _ in scored), reverse=True)[:3]
    quarters = _quarters(conversation.duration, scored)
    end = [value for value in quarters if value is not None][-1]
    peak_turn = next(turn.index for value, turn in scored if value == worst[0])
    return Frustration(
        score=round(0.6 * float(np.mean(worst)) + 0.4 * end, 3),
        peak=round(worst[0], 3),
        peak_turn=peak_turn,
        end=round(end, 3),
        trend=trend(quarters),
    )


def _quarters(duration: float, scored: Sequence[tuple[float, Turn]]) -> list[float | None]:
    parts = [[value for value, turn in scored if quarter(turn, duration) == n] for n in range(4)]
    return [float(np.mean(part)) if part else None for part in parts]


def _label_cues(label: Labels) -> tuple[Cue, ...]:
    """What the heads say: an emotion by its weight and score, a negative sentiment by its score."""
    found: list[Cue] = []
    emotion, sentiment = label.emotion, label.sentiment
    if emotion is not None and emotion.label in EMOTIONS:
        weight = round(EMOTIONS[emotion.label] * emotion.score, 3)
        found.append(Cue(f"emotion: {emotion.label}", weight, f"{emotion.score:.2f}"))
    if sentiment is not None and sentiment.score < 0:
        weight = round(NEGATIVE * -sentiment.score, 3)
        found.append(Cue("negative sentiment", weight, f"{sentiment.score:.2f}"))
    return tuple(found)


def _tokens(text: str) -> frozenset[str]:
    return frozenset(_TOKEN.findall(text.lower())) - _COMMON


def _repetition(turns: Sequence[Turn], place: int) -> tuple[Cue, ...]:
    """Whether the customer says again, unasked, most of what an earlier turn said."""
    tokens = _tokens(turns[place].text)
    asked = [turn.text for turn in turns[:place] if turn.role == "agent"][-1:]
    if len(tokens) < FEWEST_WORDS or any(_ASKED_TO_REPEAT.search(text) for text in asked):
        return ()
    for turn in turns[:place]:
        earlier = _tokens(turn.text)
        if turn.role != "customer" or len(earlier) < FEWEST_WORDS:
            continue
        if len(tokens & earlier) >= ALIKE * len(tokens | earlier):
            return (Cue("repeats an earlier turn", OWN_REPETITION, turn.text),)
    return ()


def label_frustration(
    conversation: Conversation, labels: tuple[Labels, ...], acoustics: Acoustics, reason: str | None
) -> tuple[tuple[Labels, ...], Frustration]:
    """Labels with the frustration of each turn, and that of the conversation.

    ``reason`` is why there are no labels to score it by, or None where there are.
    """
    if reason is not None:
        return labels, Frustration(reason=reason)
    felt = turn_frustration(conversation, labels, acoustics)
    scored = (replace(item, frustration=value) for item, value in zip(labels, felt, strict=True))
    return tuple(scored), score(conversation, felt)
