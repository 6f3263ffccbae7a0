"""What a scorecard can ask of a conversation: judges, conditions and how they combine.

A rule holds or does not hold. The same rules serve as a question's ``judge`` and as its ``when``;
:class:`AnswerIs` and :class:`ChannelIs` only make sense in ``when``. The field names are the keys
of the YAML file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, ClassVar, Literal, get_type_hints

from cintel.conversation import Channel, Metrics

Who = Literal["agent", "customer", "any"]
Must = Literal["say", "not_say"]
LabelName = Literal["pii", "emotion", "act", "sentiment", "frustration", "intent", "move"]

DEFAULT_THRESHOLD = 0.55
"""Cosine from which two lines count as meaning the same, for the ``minilm`` encoder."""


@dataclass(frozen=True, slots=True)
class Within:
    """Where to look; words inside any of the first four limits count.

    ``before`` and ``after`` narrow that further, each to one side of the first words on which its
    rule holds. Where those are never said, nothing comes too late for ``before``, and ``after``
    has no ground to say anything.

    Attributes:
        first_seconds: words that start in the first seconds of the conversation.
        last_seconds: words that start in the last seconds.
        first_turns: the first turns of the side that is looked at.
        last_turns: its last turns.
        before: a rule of words: phrases, a pattern, a label, or any of them.
        after: the same.
        turns: how many turns of the side that is looked at count after ``after``; the rest of
            the turn in which its words are said always does.
    """

    first_seconds: float | None = None
    last_seconds: float | None = None
    first_turns: int | None = None
    last_turns: int | None = None
    before: Rule | None = None
    after: Rule | None = None
    turns: int | None = None

    @property
    def limits(self) -> tuple[float | None, ...]:
        """The four limits of which any one is enough."""
        return (self.first_seconds, self.last_seconds, self.first_turns, self.last_turns)

    @property
    def anchors(self) -> tuple[Rule, ...]:
        """The rules of ``before`` and ``after``."""
        return tuple(rule for rule in (self.before, self.after) if rule is not None)


@dataclass(frozen=True, slots=True)
class Phrases:
    """Lines a side should (or must not) say, compared by meaning.

    ``not_like`` holds lines that sound similar and mean something else: a sentence nearer to one
    of them than to every phrase does not count. ``threshold`` is a cosine, 0…1.
    """

    kind: ClassVar[str] = "phrases"
    phrases: tuple[str, ...]
    not_like: tuple[str, ...] = ()
    threshold: float = DEFAULT_THRESHOLD
    who: Who = "agent"
    within: Within | None = None
    must: Must = "say"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression, searched in each turn without regard to case."""

    kind: ClassVar[str] = "pattern"
    regex: str
    who: Who = "agent"
    within: Within | None = None
    must: Must = "say"


@dataclass(frozen=True, slots=True)
class Repeated:
    """The same sentence in two turns of a side, word for word; shorter ones do not count."""

    kind: ClassVar[str] = "repeated"
    words: int = 8
    who: Who = "agent"
    must: Must = "say"


@dataclass(frozen=True, slots=True)
class Metric:
    """A field of :class:`cintel.conversation.Metrics`, by dotted path, between two limits."""

    kind: ClassVar[str] = "metric"
    metric: str
    at_least: float | None = None
    at_most: float | None = None

    def allows(self, value: float) -> bool:
        """Whether a value lies between the limits, which belong to it."""
        above = self.at_least is None or value >= self.at_least
        return above and (self.at_most is None or value <= self.at_most)


@dataclass(frozen=True, slots=True)
class Label:
    """A label on at least one turn of a side.

    ``values`` are the label names that count; none means any. ``at_least`` is the least score
    (0…1) of a label; PII has no score. ``frustration`` is a score alone and takes no values.
    """

    kind: ClassVar[str] = "label"
    label: LabelName
    values: tuple[str, ...] = ()
    at_least: float = 0.0
    who: Who = "agent"
    within: Within | None = None
    must: Must = "say"


@dataclass(frozen=True, slots=True)
class AnswerIs:
    """Another question was answered with one of the values."""

    kind: ClassVar[str] = "answer"
    question: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChannelIs:
    """The conversation came over one of the channels."""

    kind: ClassVar[str] = "channel"
    values: tuple[Channel, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds when one of its rules holds."""

    any_of: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Holds when every one of its rules holds."""

    all_of: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class InOrder:
    """Holds when each of its rules finds words behind those of the one before it.

    The rules are of words: phrases, a pattern, a label, or any of them.
    """

    in_order: tuple[Rule, ...]


Rule = (
    Phrases | Pattern | Repeated | Metric | Label | AnswerIs | ChannelIs | AnyOf | AllOf | InOrder
)


@dataclass(frozen=True, slots=True)
class Llm:
    """A language model answers, by a rubric: what counts as which answer, in plain words."""

    kind: ClassVar[str] = "llm"
    rubric: str


@dataclass(frozen=True, slots=True)
class Human:
    """A person answers; cintel never does."""

    kind: ClassVar[str] = "human"


Asked = Llm | Human
"""Who is asked for the answer itself, so that neither stands inside another rule."""

Judge = Rule | Asked

JUDGES: dict[str, type[Phrases | Pattern | Repeated | Metric | Label]] = {
    rule.kind: rule for rule in (Phrases, Pattern, Repeated, Metric, Label)
}
CONDITIONS: dict[str, type[AnswerIs | ChannelIs]] = {
    rule.kind: rule for rule in (AnswerIs, ChannelIs)
}
ASKED: dict[str, type[Asked]] = {judge.kind: judge for judge in (Llm, Human)}


def walk(rule: Judge | None) -> Iterator[Judge]:
    """A rule and every rule inside it, those that say when included."""
    if rule is None:
        return
    yield rule
    match rule:
        case AnyOf(any_of=parts) | AllOf(all_of=parts) | InOrder(in_order=parts):
            for part in parts:
                yield from walk(part)
        case (
            Phrases(within=Within() as within)
            | Pattern(within=Within() as within)
            | Label(within=Within() as within)
        ):
            for anchor in within.anchors:
                yield from walk(anchor)


@cache
def metric_names() -> tuple[str, ...]:
    """Every dotted path that a metric rule may name."""
    return tuple(_numbers(Metrics, ""))


def metric_value(metrics: Metrics, path: str) -> float | None:
    """The number at a dotted path, None where the conversation gives nothing to measure."""
    value: Any = metrics
    for name in path.split("."):
        value = getattr(value, name)
    return None if value is None else float(value)


def _numbers(kind: type, prefix: str) -> Iterator[str]:
    hints = get_type_hints(kind)
    for item in fields(kind):
        hint = hints[item.name]
        if isinstance(hint, type) and hasattr(hint, "__dataclass_fields__"):
            yield from _numbers(hint, f"{prefix}{item.name}.")
        elif hint in (int, float, float | None):
            yield prefix + item.name
