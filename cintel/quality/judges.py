"""One function a kind of rule: what does it find in the conversation?"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from cintel.conversation import Labels, Scored, Stretches, Turn
from cintel.quality.rules import (
    AllOf,
    AnswerIs,
    AnyOf,
    ChannelIs,
    Label,
    Metric,
    Pattern,
    Phrases,
    Rule,
    metric_value,
)
from cintel.quality.scoring import answer_text
from cintel.quality.units import Scope, Unit, unit_at
from cintel.quality.verdicts import CERTAIN, Context, Verdict, sureness

_MAX_QUOTES = 3
_MEASURED = 0.1
_SIDES = {"agent": "the agent", "customer": "the customer", "any": "either side"}


def decide(rule: Rule, context: Context) -> Verdict:
    """Whether ``rule`` holds for the conversation."""
    match rule:
        case Phrases():
            return by_phrases(rule, context)
        case Pattern():
            return by_pattern(rule, context)
        case Metric():
            return by_metric(rule, context)
        case Label():
            return by_label(rule, context)
        case AnswerIs(question=question, values=values):
            answer = context.answer(question)
            if answer.unsure:
                reason = f"it waits for the answer to {question}"
                return Verdict(None, answer.confidence, reason, waits=True)
            text = answer_text(answer.answer)
            reason = f"the answer to {question} is {text}"
            holds = answer.answer is not None and text in values
            return Verdict(holds, answer.confidence, reason, answer.evidence)
        case ChannelIs(values=values):
            channel = context.conversation.channel
            return Verdict(channel in values, CERTAIN, f"the conversation is a {channel}")
        case AnyOf(any_of=parts):
            return _combine([decide(part, context) for part in parts], wanted=True)
        case AllOf(all_of=parts):
            return _combine([decide(part, context) for part in parts], wanted=False)


def _combine(verdicts: list[Verdict], wanted: bool) -> Verdict:
    """``wanted`` decides alone (any: True, all: False); the rest must agree on the contrary."""
    deciding = [verdict for verdict in verdicts if verdict.holds is wanted]
    if deciding:
        return max(deciding, key=lambda verdict: verdict.confidence)
    waiting = [verdict for verdict in verdicts if verdict.waits]
    if waiting:
        return waiting[0]
    known = [verdict for verdict in verdicts if verdict.holds is not None]
    return min(known or verdicts, key=lambda verdict: verdict.confidence)


def by_phrases(rule: Phrases, context: Context) -> Verdict:
    """Is a unit close enough in meaning to a phrase, and closer than to every counter-example?"""
    scope = Scope(context.conversation, rule.who, rule.within)
    rows = [row for row, unit in enumerate(context.units) if unit in scope]
    side = _SIDES[rule.who]
    if not rows:
        return _read(rule, False, CERTAIN, f"{side} says nothing there", ())
    vectors = context.vectors[rows]
    near = vectors @ np.stack([context.examples[text] for text in rule.phrases]).T
    best = near.max(axis=1)
    margins = best - rule.threshold
    if rule.not_like:
        away = vectors @ np.stack([context.examples[text] for text in rule.not_like]).T
        margins = np.minimum(margins, best - away.max(axis=1))
    row = int(margins.argmax())
    unit, margin = context.units[rows[row]], float(margins[row])
    like = rule.phrases[int(near[row].argmax())]
    if margin >= 0:
        reason = f'{side} says "{unit.text}", which means "{like}" ({best[row]:.2f})'
    else:
        reason = f'nothing {side} says means "{like}"; the closest is "{unit.text}"'
    return _read(rule, margin >= 0, sureness(margin), reason, (unit,))


def by_pattern(rule: Pattern, context: Context) -> Verdict:
    """Does the expression match?"""
    expression = re.compile(rule.regex, re.IGNORECASE)
    scope = Scope(context.conversation, rule.who, rule.within)
    found = [
        unit
        for turn in context.conversation.turns
        if turn.index in scope.places
        for match in expression.finditer(turn.text.replace("\u2019", "'"))
        if match.end() > match.start() and (unit := unit_at(turn, *match.span())) in scope
    ]
    side = _SIDES[rule.who]
    reason = f'{side} says "{found[0].text}"' if found else f"{side} says nothing of the kind"
    return _read(rule, bool(found), CERTAIN, reason, found)


def by_label(rule: Label, context: Context) -> Verdict:
    """Is the label on a turn of the side?"""
    scope = Scope(context.conversation, rule.who, rule.within)
    seen: list[tuple[float, str, Unit]] = [
        (score, name, unit)
        for turn, labels in zip(context.conversation.turns, context.labels, strict=True)
        for name, score, unit in _labelled(rule, turn, labels)
        if unit in scope
    ]
    side, wanted = _SIDES[rule.who], " or ".join(rule.values) or rule.label
    hits = sorted((item for item in seen if item[0] >= rule.at_least), key=lambda item: -item[0])
    if not hits:
        closest = max((score for score, _, _ in seen), default=None)
        sure = CERTAIN if closest is None else _leaning(closest, rule.at_least)
        return _read(rule, False, sure, f"no turn of {side} shows {wanted}", ())
    score, name, unit = hits[0]
    reason = f'{side} shows {name} in "{unit.text}"'
    sure = CERTAIN if rule.label == "pii" else _leaning(score, rule.at_least)
    return _read(rule, True, sure, reason, [item[2] for item in hits])


def by_metric(rule: Metric, context: Context) -> Verdict:
    """Does the figure lie between the limits? A figure is measured, so it starts out surer."""
    value = metric_value(context.metrics, rule.metric)
    if value is None:
        return Verdict(None, CERTAIN, f"{rule.metric} cannot be measured here")
    limits = [
        (value - limit if text == "at least" else limit - value, text, limit)
        for text, limit in (("at least", rule.at_least), ("at most", rule.at_most))
        if limit is not None
    ]
    room, text, limit = min(limits)
    is_not = "is" if room >= 0 else "is not"
    return Verdict(
        room >= 0,
        sureness(_MEASURED + abs(room) / max(abs(limit), 1.0)),
        f"{rule.metric} is {value:g}, which {is_not} {text} {limit:g}",
        tuple(unit.evidence for unit in _before(rule.metric, context)),
    )


def _labelled(rule: Label, turn: Turn, labels: Labels) -> Iterator[tuple[str, float, Unit]]:
    whole = unit_at(turn, 0, len(turn.text))
    if rule.label == "pii":
        for span in labels.pii:
            if not rule.values or span.type in rule.values:
                yield span.type, 1.0, unit_at(turn, span.start, span.end)
    elif rule.label == "frustration":
        if labels.frustration is not None:
            yield "frustration", labels.frustration, whole
    elif rule.label in ("move", "intent"):
        for item in labels.moves if rule.label == "move" else labels.intents:
            name = item.label if isinstance(item, Scored) else item.name
            if not rule.values or name in rule.values:
                yield name, item.score, whole
    else:
        scored = getattr(labels, rule.label)
        if scored is not None and (not rule.values or scored.label in rule.values):
            yield scored.label, abs(scored.score), whole


def _leaning(score: float, limit: float) -> float:
    """A label's score as a confidence: a half at the limit, rising evenly to either end."""
    if score >= limit:
        return round(min(0.5 + (score - limit) / max(1 - limit, 0.01) / 2, CERTAIN), 3)
    return round(min(1 - score / limit / 2, CERTAIN), 3)


def _before(path: str, context: Context) -> Iterator[Unit]:
    """What was said before the longest stretch that a metric counts, timed as the stretch."""
    stretches = getattr(context.metrics, path.split(".")[0])
    if not isinstance(stretches, Stretches) or not stretches.spans:
        return
    start, end = max(stretches.spans, key=lambda span: span[1] - span[0])
    said = [unit for unit in context.units if unit.start < start]
    if said:
        turn = said[-1].turn
        last = max((unit for unit in said if unit.turn is turn), key=lambda unit: unit.end)
        yield Unit(turn, last.first, last.last, start, end)


def _read(
    rule: Phrases | Pattern | Label,
    found: bool,
    confidence: float,
    reason: str,
    units: tuple[Unit, ...] | list[Unit],
) -> Verdict:
    quotes = tuple(unit.evidence for unit in units[:_MAX_QUOTES])
    verdict = Verdict(found, confidence, reason, quotes)
    return verdict if rule.must == "say" else verdict.inverted()
