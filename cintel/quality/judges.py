"""One function a kind of rule: what does it find in the conversation?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from cintel.conversation import Evidence, Stretches
from cintel.quality.finding import (
    Words,
    chain,
    labelled,
    matches,
    nearness,
    repeats,
    scope_of,
)
from cintel.quality.rules import (
    AllOf,
    AnswerIs,
    AnyOf,
    ChannelIs,
    InOrder,
    Label,
    Metric,
    Pattern,
    Phrases,
    Repeated,
    Rule,
    metric_value,
)
from cintel.quality.scoring import answer_text
from cintel.quality.units import Scope, Unit, edges
from cintel.quality.verdicts import CERTAIN, Context, Verdict, sureness

_MAX_QUOTES = 3
_MEASURED = 0.1
_SIDES = {"agent": "the agent", "customer": "the customer", "any": "either side"}


def decide(rule: Rule, context: Context) -> Verdict:
    """Whether ``rule`` holds for the conversation; a rule that stands twice is looked at once."""
    if rule not in context.decided:
        context.decided[rule] = _decide(rule, context)
    return context.decided[rule]


def _decide(rule: Rule, context: Context) -> Verdict:
    match rule:
        case Phrases() | Pattern() | Label():
            return by_words(rule, context)
        case Repeated():
            return by_repeats(rule, context)
        case Metric():
            return by_metric(rule, context)
        case InOrder():
            return by_order(rule, context)
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
            return _combine(parts, context, wanted=True)
        case AllOf(all_of=parts):
            return _combine(parts, context, wanted=False)


def _combine(parts: tuple[Rule, ...], context: Context, wanted: bool) -> Verdict:
    """``wanted`` decides alone (any: True, all: False); the rest must agree on the contrary."""
    verdicts: list[Verdict] = []
    certain = False
    for part in parts:
        # No pattern is surer than this, so that one that follows cannot change what is found.
        if certain and isinstance(part, Pattern):
            continue
        verdicts.append(decide(part, context))
        certain = certain or (verdicts[-1].holds is wanted and verdicts[-1].confidence >= CERTAIN)
    deciding = [verdict for verdict in verdicts if verdict.holds is wanted]
    if deciding:
        deciding.sort(key=lambda verdict: -verdict.confidence)
        quotes = dict.fromkeys(verdict.evidence[0] for verdict in deciding if verdict.evidence)
        more = dict.fromkeys(quote for verdict in deciding for quote in verdict.evidence)
        return replace(deciding[0], evidence=tuple(quotes | more)[:_MAX_QUOTES])
    waiting = [verdict for verdict in verdicts if verdict.waits]
    if waiting:
        return waiting[0]
    known = [verdict for verdict in verdicts if verdict.holds is not None]
    return min(known or verdicts, key=lambda verdict: verdict.confidence)


def by_words(rule: Words, context: Context) -> Verdict:
    """What the rule finds where it looks; no surer than where that is."""
    anchors = rule.within.anchors if rule.within else ()
    sure = min((decide(anchor, context).confidence for anchor in anchors), default=1.0)
    scope = scope_of(rule, context)
    if scope is None:
        return Verdict(None, sure, "what it should come after is never said")
    match rule:
        case Phrases():
            found = by_phrases(rule, context)
        case Pattern():
            found = by_pattern(rule, context, scope)
        case Label():
            found = by_label(rule, context, scope)
    return replace(found, confidence=min(found.confidence, sure))


def by_phrases(rule: Phrases, context: Context) -> Verdict:
    """Is a unit close enough in meaning to a phrase, and closer than to every counter-example?"""
    side = _SIDES[rule.who]
    if not context.rows(rule.who, rule.within)[0]:
        return _read(rule, False, CERTAIN, f"{side} says nothing there", ())
    units, near, margins = nearness(rule, context)
    row = int(margins.argmax())
    unit, margin = units[row], float(margins[row])
    like = rule.phrases[int(near[row].argmax())]
    if margin >= 0:
        reason = f'{side} says "{unit.text}", which means "{like}" ({near[row].max():.2f})'
    else:
        reason = f'nothing {side} says means "{like}"; the closest is "{unit.text}"'
    return _read(rule, margin >= 0, sureness(margin), reason, (unit,))


def by_pattern(rule: Pattern, context: Context, scope: Scope) -> Verdict:
    """Does the expression match?"""
    found = list(islice(matches(rule, context, scope), _MAX_QUOTES))
    side = _SIDES[rule.who]
    reason = f'{side} says "{found[0].text}"' if found else f"{side} says nothing of the kind"
    return _read(rule, bool(found), CERTAIN, reason, found)


def by_repeats(rule: Repeated, context: Context) -> Verdict:
    """Is a sentence said twice, word for word?"""
    found = repeats(rule, context)
    side = _SIDES[rule.who]
    reason = f'{side} repeats "{found[0].text}"' if found else f"{side} repeats no sentence"
    return _read(rule, bool(found), CERTAIN, reason, found)


def by_label(rule: Label, context: Context, scope: Scope) -> Verdict:
    """Is the label on a turn of the side?"""
    seen = labelled(rule, context, scope)
    side = _SIDES[rule.who]
    wanted = " or ".join(rule.values or (rule.label,)).replace("_", " ")
    hits = sorted((item for item in seen if item[0] >= rule.at_least), key=lambda item: -item[0])
    if not hits:
        closest = max((score for score, _, _ in seen), default=None)
        sure = CERTAIN if closest is None else _leaning(closest, rule.at_least)
        return _read(rule, False, sure, f"no turn of {side} shows {wanted}", ())
    score, name, unit = hits[0]
    reason = f'{side} shows {name.replace("_", " ")} in "{unit.text}"'
    sure = CERTAIN if rule.label == "pii" else _leaning(score, rule.at_least)
    return _read(rule, True, sure, reason, [item[2] for item in hits])


def by_order(rule: InOrder, context: Context) -> Verdict:
    """Do the words of each rule come behind those of the one before?

    As sure as the least sure of its rules, or as the one whose words are missing.
    """
    verdicts = [decide(part, context) for part in rule.in_order]
    found = chain(rule.in_order, context)
    quotes = tuple(unit.evidence for unit in found[:_MAX_QUOTES])
    if len(found) == len(rule.in_order):
        sure = min(verdict.confidence for verdict in verdicts)
        told = ", then ".join(f'"{unit.text}"' for unit in found)
        return Verdict(True, sure, f"in order: {told}", quotes)
    missed = verdicts[len(found)]
    where = f', after "{found[-1].text}"' if found else ""
    why = "comes too early" if missed.holds else missed.reason
    sure = min(verdict.confidence for verdict in verdicts[: len(found) + 1])
    reason = f"step {len(found) + 1} of {len(rule.in_order)} is missing{where}: {why}"
    return Verdict(False, sure, reason, quotes + missed.evidence[: _MAX_QUOTES - len(quotes)])


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
        tuple(_before(rule.metric, context)),
    )


def _leaning(score: float, limit: float) -> float:
    """A label's score as a confidence: a half at the limit, rising evenly to either end."""
    if score >= limit:
        return round(min(0.5 + (score - limit) / max(1 - limit, 0.01) / 2, CERTAIN), 3)
    return round(min(1 - score / limit / 2, CERTAIN), 3)


def _before(path: str, context: Context) -> Iterator[Evidence]:
    """What was said before the longest stretch that a metric counts, timed as the stretch."""
    stretches = getattr(context.metrics, path.split(".")[0])
    if not isinstance(stretches, Stretches) or not stretches.spans:
        return
    start, end = max(stretches.spans, key=lambda span: span[1] - span[0])
    for turn in reversed(context.conversation.turns):
        if edges(turn)[0] < start:
            units = (context.units[row] for row in context.by_turn[turn.index])
            said = [unit for unit in units if unit.start < start]
            if said:
                text = max(said, key=lambda unit: unit.end).text
                yield Evidence(turn.index, text, start, end)
                return


def _read(
    rule: Words | Repeated,
    found: bool,
    confidence: float,
    reason: str,
    units: tuple[Unit, ...] | list[Unit],
) -> Verdict:
    quotes = tuple(unit.evidence for unit in units[:_MAX_QUOTES])
    verdict = Verdict(found, confidence, reason, quotes)
    return verdict if rule.must == "say" else verdict.inverted()
