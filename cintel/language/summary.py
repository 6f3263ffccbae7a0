"""An extractive summary: why the customer came, how it ended, and who does what by when.

Every part quotes a sentence of the conversation and names its turns. The turn's act, where the
heads gave one, adds to wording cues; no sentence is chosen without a reason to choose it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from typing import TYPE_CHECKING

from cintel.conversation import Action, Conversation, Intent, Labels, Summary, floor_reason
from cintel.language.actions import find_actions
from cintel.language.quotable import Sentence, closed, quotable
from cintel.language.summary_cues import (
    GLAD,
    IDENTITY,
    PROBLEM,
    PURPOSE,
    RESOLVED,
    UNRESOLVED,
    plain,
)

if TYPE_CHECKING:
    import numpy as np

_TELLING = 4  # words a reason has, where any sentence has as many
_FULL = 14  # words from which a sentence counts as fully informative
_OPENING = 0.5  # the reason stands in the first half
_CLOSING = 0.4  # and the outcome in the second
_ANSWER = re.compile(r"(?:yes|yeah|no|nope)\b")
_LAST = 0.6  # from where a customer's thanks are for the whole


def summarise(
    conversation: Conversation,
    labels: Sequence[Labels],
    intent: Intent | None,
    vectors: np.ndarray | None = None,
) -> Summary:
    """Quote the reason, the outcome and up to five actions, and tell them in a paragraph.

    Args:
        conversation: at least at the evidence floor, or the summary only says why it is empty.
        labels: one a turn; their acts are used where present.
        intent: its turn is where the reason is looked for first.
        vectors: one unit-length row a turn, shape (turns, size); favours central sentences.
    """
    fault = floor_reason(conversation)
    if fault is not None:
        return Summary(text=f"Not summarised: {fault}.")
    sentences = list(quotable(conversation, labels, vectors))
    reason = _reason(sentences, intent, _asked(conversation))
    actions = find_actions(sentences, conversation.turns)
    outcome = _outcome(sentences, actions)
    resolved = _resolved(outcome, conversation) if outcome else None
    return Summary(
        reason=reason.text if reason else None,
        outcome=outcome.text if outcome else None,
        actions=actions,
        text=_told(reason, outcome, resolved, actions),
        reason_turns=(reason.turn,) if reason else (),
        outcome_turns=(outcome.turn,) if outcome else (),
        resolved=resolved,
    )


def _asked(conversation: Conversation) -> frozenset[int]:
    """The turns that answer who the customer is."""
    before = enumerate(conversation.turns[:-1], start=1)
    return frozenset(place for place, turn in before if IDENTITY.search(turn.text))


def _reason(
    sentences: Sequence[Sentence], intent: Intent | None, asked: Container[int]
) -> Sentence | None:
    """The customer's best problem statement, in the intent's turn if that is a customer's."""
    said = [sentence for sentence in sentences if sentence.role == "customer"]
    shown = [sentence for sentence in said if intent and sentence.turn == intent.turn]
    early = [sentence for sentence in said if sentence.position <= _OPENING]
    found = shown or early or said
    telling = [sentence for sentence in found if len(sentence.text.split()) >= _TELLING]
    free = [sentence for sentence in telling if sentence.turn not in asked]
    return max(free or telling or found, key=_problem_score, default=None)


def _problem_score(sentence: Sentence) -> float:
    informative = min(len(sentence.text.split()), _FULL) / _FULL
    problem = min(2, len(PROBLEM.findall(sentence.plain)))
    purpose = PURPOSE.search(sentence.plain) is not None
    act = {"inform": 0.5, "request": 0.5, "confirm": -0.5, "disconfirm": -0.5}
    fit = act.get(sentence.act, 0.0)
    answer = _ANSWER.match(sentence.plain) is not None
    said = 1.5 * problem + purpose + informative + fit - answer
    return said + sentence.weight - 2 * sentence.position


def _outcome(sentences: Sequence[Sentence], actions: Sequence[Action]) -> Sentence | None:
    """The closing statement that says most plainly how it ended; None where none says so."""
    moves = {action.text for action in actions}
    closing = [
        sentence
        for sentence in sentences
        if sentence.position >= _CLOSING
        and sentence.role in ("agent", "customer")
        and not sentence.text.endswith("?")
        and (_ending(sentence) is not None or sentence.text in moves)
    ]
    return max(closing, key=_ending_score, default=None)


def _ending_score(sentence: Sentence) -> float:
    done = len(RESOLVED.findall(sentence.plain)) + len(UNRESOLVED.findall(sentence.plain))
    informative = min(len(sentence.text.split()), _FULL) / _FULL
    return 2 * sentence.position + min(2, done) + informative + (sentence.role == "agent")


def _ending(sentence: Sentence) -> bool | None:
    """Whether it ended well by this sentence; a refusal outweighs what else it says."""
    if UNRESOLVED.search(sentence.plain):
        return False
    return True if RESOLVED.search(sentence.plain) else None


def _resolved(outcome: Sentence, conversation: Conversation) -> bool | None:
    """By the outcome's own words; where they leave it open, by the customer's last ones."""
    if (ending := _ending(outcome)) is not None:
        return ending
    last = conversation.turns[round(_LAST * len(conversation.turns)) :]
    said = plain(" ".join(turn.text for turn in last if turn.role == "customer"))
    return True if GLAD.search(said) and not UNRESOLVED.search(said) else None


def _told(
    reason: Sentence | None,
    outcome: Sentence | None,
    resolved: bool | None,
    actions: Sequence[Action],
) -> str:
    """All parts in a paragraph."""
    parts = [f"The customer said: {reason.text}" if reason else "No reason was stated"]
    if outcome is None:
        parts.append("No outcome was stated")
    else:
        state = {True: "resolved", False: "unresolved", None: "open"}[resolved]
        parts.append(f"It ended {state}; the {outcome.role} said: {outcome.text}")
    steps = [action.text for action in actions if outcome is None or action.text != outcome.text]
    if steps:
        parts.append(f"Next step: {steps[-1]}")
    return " ".join(map(closed, parts))
