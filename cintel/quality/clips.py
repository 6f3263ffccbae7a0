"""Which moments of which calls show a failed question, and one where it went well.

A clip is a conversation and a stretch of seconds, no text: what was said there is read from the
transcript as it stands, so that nothing of it stays anywhere else once it is redacted or deleted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cintel.conversation import Conversation, Evidence
from cintel.quality.rules import AllOf, AnyOf, Judge, Label, Metric, Pattern, Phrases, walk
from cintel.quality.scorecard import Question
from cintel.quality.units import Scope, unit_at

SHOWN = 3
"""Clips of failed answers in a note."""

Kind = Literal["said", "nearest", "place", "overruled", "rests", "none", "good"]
Fault = Literal["unsaid", "said", "other"]
_Worded = Phrases | Pattern | Label


@dataclass(frozen=True, slots=True)
class FinalAnswer:
    """The final answer to a question in one conversation, and what it rests on.

    Attributes:
        conversation: its id.
        version: of the scorecard.
        started_at: of the conversation, ISO 8601, None where that is not known.
        confidence: the machine's, 0…1.
        evidence: the machine's quotes.
        reviewed: whether a person answered.
        agreed: whether that person answered as the machine did, or suggested.
    """

    conversation: str
    version: str
    started_at: str | None
    confidence: float
    evidence: tuple[Evidence, ...]
    reviewed: bool
    agreed: bool

    @property
    def overruled(self) -> bool:
        """Whether the quotes speak for another answer than the final one."""
        return self.reviewed and not self.agreed


@dataclass(frozen=True, slots=True)
class Clip:
    """A moment to listen to; ``start`` and ``end`` in seconds, None where there is none.

    ``kind``:

    * ``said``: what should not have been said.
    * ``nearest``: the nearest to what should have been said.
    * ``place``: where it should have been said; nothing near it was.
    * ``overruled``: what the machine took for it, and a person did not.
    * ``rests``: what the answer rests on.
    * ``none``: it was never said, and the scorecard asks for no place.
    * ``good``: where it went well.
    """

    conversation: str
    kind: Kind
    start: float | None = None
    end: float | None = None


def fault(question: Question | None) -> Fault:
    """What failing a question means: something was not said, was said, or something else."""
    parts = [] if question is None or question.judge is None else list(walk(question.judge))
    leaves = [part for part in parts if not isinstance(part, AnyOf | AllOf)]
    worded = [leaf for leaf in leaves if isinstance(leaf, _Worded)]
    if not leaves or len(worded) < len(leaves):
        return "other"
    wanted = {leaf.must for leaf in worded}
    if len(wanted) > 1:
        return "other"
    return "unsaid" if wanted == {"say"} else "said"


def least_doubtful(answers: Sequence[FinalAnswer], count: int = SHOWN) -> list[FinalAnswer]:
    """Those a person confirmed or gave first, then by confidence; the latest among equals."""
    latest = sorted(
        answers, key=lambda item: (item.started_at or "", item.conversation), reverse=True
    )
    return sorted(latest, key=lambda item: (not item.reviewed, -item.confidence))[:count]


def failed_clip(answer: FinalAnswer, question: Question | None, conversation: Conversation) -> Clip:
    """The moment to listen to in a conversation that failed a question.

    Args:
        answer: the failed answer.
        question: as it stood on the scorecard, None where its text was not kept.
        conversation: what was said.
    """
    kind: dict[Fault, Kind] = {"unsaid": "nearest", "said": "said", "other": "rests"}
    found = fault(question)
    if answer.evidence:
        first = answer.evidence[0]
        named: Kind = "overruled" if answer.overruled else kind[found]
        return Clip(answer.conversation, named, first.start, first.end)
    place = _place(question, conversation) if found == "unsaid" else None
    if place is None:
        return Clip(answer.conversation, "none")
    return Clip(answer.conversation, "place", *place)


def good_clip(answers: Sequence[FinalAnswer], question: Question | None) -> Clip | None:
    """The least doubtful moment that went well; None where going well leaves nothing to hear."""
    if fault(question) == "said" or _measured(question):
        return None
    heard = [item for item in answers if item.evidence and not item.overruled]
    if not heard:
        return None
    best = least_doubtful(heard, 1)[0]
    return Clip(best.conversation, "good", best.evidence[0].start, best.evidence[0].end)


def examples(question: Question | None, count: int = 2) -> tuple[str, ...]:
    """Lines of the scorecard that would have counted; none where it has no such lines."""
    if fault(question) != "unsaid":
        return ()
    assert question is not None
    lines = [line for leaf in walk(question.judge) if isinstance(leaf, Phrases)
             for line in leaf.phrases]  # fmt: skip
    return tuple(lines[:count])


def said_between(conversation: Conversation, start: float, end: float) -> str:
    """The words between two times, of the turn that has most of them; empty over a silence.

    A turn without word times, as in a chat, is given whole.
    """
    near = [turn for turn in conversation.turns if turn.start <= end and turn.end >= start]
    if not near:
        return ""
    turn = max(near, key=lambda turn: (min(turn.end, end) - max(turn.start, start), -turn.index))
    if end > start and min(turn.end, end) <= max(turn.start, start):
        return ""
    if not turn.words:
        return turn.text
    heard = [word for word in turn.words if start <= (word.start + word.end) / 2 <= end]
    return " ".join(word.text.strip() for word in heard)


def _measured(question: Question | None) -> bool:
    judge: Judge | None = question.judge if question is not None else None
    return any(isinstance(part, Metric) for part in walk(judge))


def _place(question: Question | None, conversation: Conversation) -> tuple[float, float] | None:
    """The first turn in which it should have been said; None where it could be anywhere."""
    assert question is not None
    for leaf in walk(question.judge):
        if isinstance(leaf, _Worded) and leaf.within is not None:
            scope = Scope(conversation, leaf.who, leaf.within)
            turns = (unit_at(turn, 0, len(turn.text)) for turn in conversation.turns)
            return next(((unit.start, unit.end) for unit in turns if unit in scope), None)
    return None
