"""Where the words of a rule stand in a conversation, and in which order."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from cintel.conversation import Labels, Scored, Turn
from cintel.quality.rules import AnyOf, Label, LabelName, Pattern, Phrases, Repeated, Rule
from cintel.quality.units import Place, Scope, Unit, sentences_of
from cintel.quality.verdicts import Context, Vectors

Words = Phrases | Pattern | Label


def scope_of(rule: Words, context: Context) -> Scope | None:
    """Where a rule looks; None where what it should come after is never said."""
    before = after = None
    if rule.within is not None and rule.within.before is not None:
        before = _first(rule.within.before, context)
    if rule.within is not None and rule.within.after is not None:
        after = _first(rule.within.after, context)
        if after is None:
            return None
    return context.scope(rule.who, rule.within, before, after)


def words_of(rule: Rule, context: Context) -> list[Unit]:
    """All words on which a rule of words holds, those that end first at the head.

    Of two pieces that end alike the shorter one comes first, so that a moment is as narrow as
    the pieces allow.
    """
    if isinstance(rule, AnyOf):
        units = [unit for part in rule.any_of for unit in words_of(part, context)]
    else:
        assert isinstance(rule, Words)
        scope = scope_of(rule, context)
        units = [] if scope is None else list(_found(rule, context, scope))
    return sorted(units, key=lambda unit: (unit.ends, -unit.first))


def chain(parts: tuple[Rule, ...], context: Context) -> list[Unit]:
    """The first words of each rule behind those of the one before; shorter where one has none."""
    found: list[Unit] = []
    for part in parts:
        place: Place = found[-1].ends if found else (0, 0)
        unit = next((unit for unit in words_of(part, context) if unit.begins >= place), None)
        if unit is None:
            break
        found.append(unit)
    return found


def nearness(rule: Phrases, context: Context) -> tuple[list[Unit], Vectors, Vectors]:
    """Units in a rule's scope, cosines to each phrase, and how far each is from not counting.

    The margin of a unit is negative where it is under the threshold or nearer to a
    counter-example. Shapes: units, ``(units, phrases)``, ``(units,)``.
    """
    rows, vectors = context.rows(rule.who, rule.within)
    phrases, others = context.lines[rule]
    near = vectors @ phrases.T
    best = near.max(axis=1)
    margins = best - rule.threshold
    if rule.not_like:
        margins = np.minimum(margins, best - (vectors @ others.T).max(axis=1))
    return [context.units[row] for row in rows], near, margins


def matches(rule: Pattern, context: Context, scope: Scope) -> Iterator[Unit]:
    """What the expression matches, in order."""
    expression = re.compile(rule.regex, re.IGNORECASE)
    for turn in scope.turns:
        for match in expression.finditer(context.texts[turn.index]):
            first, last = match.span()
            if last > first and (unit := context.unit(turn, first, last)) in scope:
                yield unit


def labelled(rule: Label, context: Context, scope: Scope) -> list[tuple[float, str, Unit]]:
    """Every label of the kind with its score, name and words, however low the score."""
    return [
        (score, name, unit)
        for turn, labels in zip(context.conversation.turns, context.labels, strict=True)
        if turn.index in scope.places
        for name, score, unit in _labels(rule, turn, labels, context)
        if unit in scope
    ]


def repeats(rule: Repeated, context: Context) -> list[Unit]:
    """Sentences of a side that stand in two or more of its turns, the first two of them each."""
    seen: dict[str, list[Unit]] = defaultdict(list)
    for turn in context.conversation.turns:
        if rule.who in ("any", turn.role):
            for unit in sentences_of(turn):
                words = re.findall(r"\w+", unit.text.lower())
                same = seen[" ".join(words)]
                if len(words) >= rule.words and all(unit.turn is not old.turn for old in same):
                    same.append(unit)
    return [unit for same in seen.values() if len(same) > 1 for unit in same[:2]]


def _first(rule: Rule, context: Context) -> Unit | None:
    return next(iter(words_of(rule, context)), None)


def _found(rule: Words, context: Context, scope: Scope) -> Iterator[Unit]:
    match rule:
        case Phrases():
            units, _, margins = nearness(rule, context)
            yield from (unit for unit, margin in zip(units, margins, strict=True) if margin >= 0)
        case Pattern():
            yield from matches(rule, context, scope)
        case Label():
            seen = labelled(rule, context, scope)
            yield from (unit for score, _, unit in seen if score >= rule.at_least)


def _labels(
    rule: Label, turn: Turn, labels: Labels, context: Context
) -> Iterator[tuple[str, float, Unit]]:
    if rule.label == "pii":
        for span in labels.pii:
            if not rule.values or span.type in rule.values:
                yield span.type, 1.0, context.unit(turn, span.start, span.end)
        return
    for name, score in _scores(rule.label, labels):
        if not rule.values or name in rule.values:
            yield name, abs(score), context.unit(turn, 0, len(turn.text))


def _scores(label: LabelName, labels: Labels) -> Iterator[tuple[str, float]]:
    match label:
        case "frustration":
            if labels.frustration is not None:
                yield "frustration", labels.frustration
        case "move":
            yield from ((move.label, move.score) for move in labels.moves)
        case "intent":
            yield from ((intent.name, intent.score) for intent in labels.intents)
        case _:
            scored: Scored | None = getattr(labels, label)
            if scored is not None:
                yield scored.label, scored.score
