"""Who does what by when: deeds, promises and requests, each with the turns that say so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from cintel.conversation import Action, Turn
from cintel.language.quotable import Sentence, content_words
from cintel.language.summary_cues import (
    DONE_NOW,
    INSTRUCTION,
    OWN_PLAN,
    PRESENT,
    PROMISE,
    UNREAL,
)
from cintel.language.when import find_when
from cintel.summaries import Owner

MAX_ACTIONS = 5
_SAME = 0.6  # share of common content words from which two actions are one
_SEQUEL = re.compile(r"(?:it|that|this|they|these|banks?)\b", re.IGNORECASE)
_ASKS_WHEN = re.compile(r"\b(?:when|how (?:long|soon|fast|quickly))\b", re.IGNORECASE)


def find_actions(sentences: Sequence[Sentence], turns: Sequence[Turn]) -> tuple[Action, ...]:
    """The last five actions, each once, in the order in which they were said.

    Args:
        sentences: all that may be quoted, in order; ``turn`` is an index into ``turns``.
        turns: the whole conversation.
    """
    kept: list[Action] = []
    for sentence in sentences:
        when = find_when(sentence.text)
        if when and _tells_when(sentence, kept):
            kept[-1] = replace(kept[-1], when=when)
            continue
        owner = _owner(sentence, when, turns)
        if owner is None:
            continue
        action = Action(sentence.text, owner, when, (sentence.turn,))
        same = next((n for n, other in enumerate(kept) if _alike(other, action)), None)
        if same is None:
            kept.append(action)
        elif when and kept[same].when is None:
            kept[same] = replace(kept[same], when=when, turns=(*kept[same].turns, sentence.turn))
    return tuple(_answered(action, turns) for action in kept[-MAX_ACTIONS:])


def _tells_when(sentence: Sentence, kept: Sequence[Action]) -> bool:
    """Whether it only adds the time to the action just before it: "It takes three days." """
    before = kept[-1] if kept else None
    return (
        before is not None
        and before.when is None
        and before.turns == (sentence.turn,)
        and _SEQUEL.match(sentence.plain) is not None
    )


def _owner(sentence: Sentence, when: str | None, turns: Sequence[Turn]) -> Owner | None:
    if sentence.text.endswith(("?", ":")):
        return None
    if sentence.role == "customer":
        return "customer" if OWN_PLAN.search(sentence.plain) else None
    if sentence.role != "agent":
        return None
    asked = INSTRUCTION.search(sentence.plain)
    timed = when is not None and UNREAL.search(sentence.plain) is None
    promised = PROMISE.search(sentence.plain) or (PRESENT.search(sentence.plain) if timed else None)
    if asked and not (promised and promised.start() < asked.start()):
        return None if _done_at_once(sentence.turn, turns) else "customer"
    return "agent" if promised or sentence.act == "promise" else None


def _done_at_once(place: int, turns: Sequence[Turn]) -> bool:
    """Whether the customer's next turn says that it is done, which leaves no action."""
    after = next((turn for turn in turns[place + 1 :] if turn.role == "customer"), None)
    return after is not None and DONE_NOW.search(after.text) is not None


def _answered(action: Action, turns: Sequence[Turn]) -> Action:
    """With the time that the agent names when the customer asks for it next."""
    place = action.turns[-1]
    said = turns[place + 1 : place + 3]
    if action.when or [turn.role for turn in said] != ["customer", "agent"]:
        return action
    when = find_when(said[1].text) if _ASKS_WHEN.search(said[0].text) else None
    return replace(action, when=when, turns=(*action.turns, place + 2)) if when else action


def _alike(one: Action, other: Action) -> bool:
    first, second = content_words(one.text), content_words(other.text)
    return one.owner == other.owner and len(first & second) >= _SAME * max(1, len(first | second))
