"""What the metrics need to know of one turn: its extent, words, quarter, and if it takes the floor.

Turns of ``system`` and ``unknown`` belong to neither side and are left out everywhere.
"""

from __future__ import annotations

import re

from cintel.conversation import SIDES, Conversation, Role, Span, Turn
from cintel.insight.activity import spans_of

_WORD = re.compile(r"[a-z]+(?:['’-][a-z]+)*")
_LISTENING = """ah aha alright exactly fine good great hm hmm huh indeed mhm mm mm-hm mm-hmm mmhmm
oh ok okay really right sure thanks true uh uh-huh uhuh wow yeah yep yes yup"""
_BACKCHANNELS = frozenset(_LISTENING.split())
_BACKCHANNEL_PAIRS = frozenset(
    ("all right", "fair enough", "go on", "got it", "i know", "i see", "of course", "thank you")
)


def side_turns(conversation: Conversation) -> list[Turn]:
    """The turns of agent and customer, by the moment they start."""
    turns = (turn for turn in conversation.turns if turn.role in SIDES)
    return sorted(turns, key=lambda turn: extent(turn)[0])


def other(role: Role) -> Role:
    """The side across the line."""
    return "customer" if role == "agent" else "agent"


def extent(turn: Turn) -> Span:
    """From the first word to the last, or the turn's own times where it has no words."""
    spans = spans_of(turn)
    return min(start for start, _ in spans), max(end for _, end in spans)


def word_count(turn: Turn) -> int:
    """How many words a turn has: the recogniser's, or those of its text."""
    return len(turn.words) or len(turn.text.split())


def is_backchannel(turn: Turn) -> bool:
    """Whether a turn is one or two words that only say "I am listening", like "mm-hmm"."""
    words = _WORD.findall(turn.text.lower())
    if not 1 <= len(words) <= 2:
        return False
    return " ".join(words) in _BACKCHANNEL_PAIRS or all(word in _BACKCHANNELS for word in words)


def quarter(turn: Turn, duration: float) -> int:
    """The quarter of the conversation, 0…3, that holds the turn's midpoint."""
    if not duration:
        return 0
    return max(0, min(3, int(2 * sum(extent(turn)) / duration)))
