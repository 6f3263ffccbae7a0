"""Which turns say what a conversation is about, and their words without what identifies anyone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cintel.language.sentences import split_sentences

SHORTEST = 4
"""Words of a turn below which it says nothing about the matter."""

SUBSTANTIAL, EARLY = 6, 4
"""Where no turn states an intent: the first one of so many words among the first so many."""

MOST = 3
"""Turns a conversation; a long call is not about more than a short one."""


_PLACEHOLDER = re.compile(r"\[[^\[\]]*\]|<[^<>]*>")  # what redaction left of personal data


@dataclass(frozen=True, slots=True)
class Said:
    """A customer's turn.

    Attributes:
        conversation: id of its conversation.
        turn: its index there.
        text: what was said.
        pii: ``start`` and ``end`` (character offsets) of personal data in the text.
        intents: ``name`` and ``score`` of what it asks for, best first.
    """

    conversation: str
    turn: int
    text: str
    pii: Sequence[dict[str, Any]] = ()
    intents: Sequence[dict[str, Any]] = ()


def matters(turns: Sequence[Said], reason: str | None) -> list[Said]:
    """The turns of one conversation that carry the matter, in order, at most `MOST`.

    Args:
        turns: the customer's turns in order.
        reason: the sentence that the summary gives as the reason, None where it has none.

    Those are the turn with the reason and turns that state an intent, the surest first; where
    there is neither, the first substantial turn of the opening; none where there is not that.
    """
    long = [turn for turn in turns if len(turn.text.split()) >= SHORTEST]
    stated = [turn for turn in long if turn.intents or (reason and reason in turn.text)]
    if not stated:
        opening = [turn for turn in turns[:EARLY] if len(turn.text.split()) >= SUBSTANTIAL]
        return opening[:1]

    def weight(turn: Said) -> tuple[bool, float]:
        sure = float(turn.intents[0]["score"]) if turn.intents else 0.0
        return not (reason and reason in turn.text), -sure

    return sorted(sorted(stated, key=weight)[:MOST], key=lambda turn: turn.turn)


def words_of(turn: Said) -> str:
    """The text without personal data and fillers: what is encoded, and what names are made of."""
    text = turn.text
    for span in sorted(turn.pii, key=lambda span: -int(span["start"])):
        text = f"{text[: span['start']]} {text[span['end'] :]}"
    sentences = split_sentences(_PLACEHOLDER.sub(" ", text))
    return " ".join(" ".join(sentences).split())
