"""Conversations with people's answers, as the bags that a ``phrases`` rule is fitted to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cintel.conversation import Answer, Conversation, Labels, Metrics
from cintel.language.pii import find_pii
from cintel.quality.fitting import Bag
from cintel.quality.judges import decide
from cintel.quality.meaning import encoded
from cintel.quality.rules import AllOf, AnyOf, ChannelIs, Phrases, Rule, walk
from cintel.quality.units import Scope, Unit, units_of
from cintel.quality.verdicts import Context, TextEncoder, Vectors

YES, NO, NEITHER = 1, 0, 2
"""Codes of answers; neither is "not applicable"."""

_CODES = {True: YES, False: NO, None: NEITHER}
_WORDS = range(3, 21)
_ALWAYS, _NEVER = ChannelIs(("call", "chat", "email")), ChannelIs(())


@dataclass(frozen=True, slots=True)
class Example:
    """A conversation and whether a person answered yes; ``labels`` has one entry a turn."""

    conversation: Conversation
    labels: tuple[Labels, ...]
    metrics: Metrics
    yes: bool


class Remembering:
    """An encoder that sees each text once, for several questions about the same conversations."""

    def __init__(self, encoder: TextEncoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Vectors] = {}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape ``(len(texts), dimensions)``."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._encoder.encode(new), strict=True))
        return np.array([self._known[text] for text in texts])


def told(
    judge: Rule, leaf: Phrases, example: Example, encoder: TextEncoder
) -> tuple[Bag, tuple[int, int]]:
    """The pieces at which ``leaf`` looks, and the judge's answers without and with a find there.

    Where the two answers are the same, what ``leaf`` finds makes no difference.
    """
    context = _context(judge, example, encoder)
    without, with_ = (
        _CODES[decide(_settled(judge, leaf, found != (leaf.must == "not_say")), context).holds]
        for found in (False, True)
    )
    wanted = with_ == (YES if example.yes else NO)
    scope = Scope(example.conversation, leaf.who, leaf.within)
    rows = [row for row, unit in enumerate(context.units) if unit in scope]
    units = [context.units[row] for row in rows]
    usable = np.array([*_quotable(example, units)], dtype=np.bool_)
    bag = Bag(tuple(unit.text for unit in units), context.vectors[rows], usable, wanted)
    return bag, (without, with_)


def _settled(rule: Rule, leaf: Phrases, holds: bool) -> Rule:
    """The judge with the outcome of one of its rules given."""
    if rule is leaf:
        return _ALWAYS if holds else _NEVER
    match rule:
        case AnyOf(any_of=parts):
            return AnyOf(tuple(_settled(part, leaf, holds) for part in parts))
        case AllOf(all_of=parts):
            return AllOf(tuple(_settled(part, leaf, holds) for part in parts))
    return rule


def _context(judge: Rule, example: Example, encoder: TextEncoder) -> Context:
    """What the judge needs to decide, with no more pieces encoded than its rules look at."""
    rules = [rule for rule in walk(judge) if isinstance(rule, Phrases)]
    scopes = [Scope(example.conversation, rule.who, rule.within) for rule in rules]
    units = tuple(
        unit for unit in units_of(example.conversation) if any(unit in scope for scope in scopes)
    )
    vectors = encoder.encode([unit.text for unit in units])
    return Context(
        conversation=example.conversation,
        labels=example.labels,
        metrics=example.metrics,
        units=units,
        vectors=vectors,
        lines=encoded(rules, encoder),
        answer=_no_answer,
    )


def _no_answer(question: str) -> Answer:
    raise KeyError(question)  # a judge holds no condition on another question


def _quotable(example: Example, units: Sequence[Unit]) -> Iterator[bool]:
    """Whether each piece is of a length for a line of a scorecard and names nobody.

    Personal data is what is marked on the turn and what the rules find, and any digit.
    """
    turns = example.conversation.turns
    before = ("", *(turn.text for turn in turns))
    spans = {
        turn.index: (*labels.pii, *find_pii(turn.text, previous))
        for turn, labels, previous in zip(turns, example.labels, before, strict=False)
    }
    for unit in units:
        personal = any(
            span.start < unit.last and unit.first < span.end for span in spans[unit.turn.index]
        )
        fits = len(unit.text.split()) in _WORDS
        yield fits and not personal and re.search(r"\d", unit.text) is None
