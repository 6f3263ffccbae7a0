"""What a conversation comes to, each part with the turns it rests on.

The names are those of ``cintel.conversation``, which passes them on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Owner = Literal["agent", "customer"]
Writer = Literal["extractive", "llm"]


@dataclass(frozen=True, slots=True)
class Action:
    """What one side did or is to do.

    Attributes:
        text: the words, quoted from a turn or a language model's.
        owner: whose move it is: ``agent`` is the whole company; None where nobody says.
        when: the words that say by when ("within five working days"), None where none do.
        turns: indices of the turns it rests on; none in documents older than the field.
    """

    text: str
    owner: Owner | None = None
    when: str | None = None
    turns: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """Why the customer came, how it ended and who does what.

    Attributes:
        reason: why the customer came.
        outcome: how it ended.
        actions: what was done, promised and asked for, in order.
        text: all of it in a paragraph.
        reason_turns: indices of the turns that the reason rests on.
        outcome_turns: the same for the outcome.
        resolved: whether it ended with the matter put right; None where that stays open.
        source: ``llm`` where at least one part is a language model's.
        note: why parts that a language model was asked for are not its own.
    """

    reason: str | None = None
    outcome: str | None = None
    actions: tuple[Action, ...] = ()
    text: str = ""
    reason_turns: tuple[int, ...] = ()
    outcome_turns: tuple[int, ...] = ()
    resolved: bool | None = None
    source: Writer = "extractive"
    note: str | None = None
