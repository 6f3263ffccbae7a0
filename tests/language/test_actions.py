from __future__ import annotations

import pytest

from cintel.conversation import Action, Labels, Turn
from cintel.language.actions import find_actions
from cintel.language.quotable import quotable
from cintel.testing import conversation_of


def actions(*lines: str) -> tuple[Action, ...]:
    call = conversation_of(*lines)
    labels = [Labels()] * len(call.turns)
    return find_actions(list(quotable(call, labels, None)), call.turns)


@pytest.mark.parametrize(
    ("line", "owner", "when"),
    [
        ("agent: I'll send you the form tomorrow morning.", "agent", "tomorrow morning"),
        ("agent: We will refund the fee within five working days.", "agent",
         "within five working days"),
        ("agent: An engineer will come on Friday between eight and noon.", "agent",
         "on Friday between eight and noon"),
        ("agent: The new card arrives in 3 to 5 days.", "agent", "in 3 to 5 days"),
        ("agent: I’ve closed the old account.", "agent", None),
        ("agent: ill call you back in an hour", "agent", "in an hour"),
        ("agent: Please return the box by the end of the month.", "customer",
         "by the end of the month"),
        ("agent: You'll need to bring your passport.", "customer", None),
        ("agent: Send us the photos once you have them.", "customer", "once you have them"),
        ("customer: I'll send the photos tonight.", "customer", "tonight"),
        ("customer: I'm closing my account.", "customer", None),
    ],
)  # fmt: skip
def test_who_and_when(line: str, owner: str, when: str | None) -> None:
    (action,) = actions("customer: Hello.", line)
    assert (action.owner, action.when, action.turns) == (owner, when, (1,))
    assert line.endswith(action.text)


@pytest.mark.parametrize(
    "line",
    [
        "agent: Will you send me the form tomorrow?",
        "agent: Please hold while I look.",
        "agent: Please tell me your name.",
        "agent: It was delivered on Friday.",
        "agent: I've just sent a six digit code to your phone.",
        "customer: I sent it back two weeks ago.",
        "customer: You'll send me a new one by Friday.",
        "system: This call will be recorded and sent to our training team tomorrow.",
    ],
)
def test_no_action(line: str) -> None:
    assert actions("customer: Hello.", line) == ()


def test_a_step_that_is_done_at_once_is_no_action() -> None:
    step = "agent: Please unplug the router and wait a minute."
    assert actions(step, "customer: Okay, I did that.") == ()
    (action,) = actions(step, "customer: I'm not at home now.")
    assert action.owner == "customer"


def test_the_next_sentence_tells_when() -> None:
    assert actions("agent: I have sent the money back. It usually appears after three days.") == (
        Action("I have sent the money back.", "agent", "after three days", (0,)),
    )


def test_the_answer_to_when_belongs_to_the_action() -> None:
    found = actions(
        "agent: I'll have the screws posted to you.",
        "customer: When will that get here?",
        "agent: Middle of next week.",
    )
    text = "I'll have the screws posted to you."
    assert found == (Action(text, "agent", "Middle of next week", (0, 2)),)


def test_saying_it_again_adds_the_time() -> None:
    found = actions(
        "agent: I'll send you a new router.",
        "customer: Good.",
        "agent: I'll send you a new router on Monday.",
    )
    assert found == (Action("I'll send you a new router.", "agent", "on Monday", (0, 2)),)


def test_no_turns_no_actions() -> None:
    assert find_actions([], [Turn(0, "agent", "a", 0, 0, "")]) == ()
