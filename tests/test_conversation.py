from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from cintel.conversation import SIDES, Metrics, SideMetrics, Stretches, floor_reason
from cintel.testing import conversation_of

TEN_WORDS = ("agent: one two three four five", "customer: six seven eight nine ten")


def test_a_side_is_its_turns_in_order() -> None:
    talk = conversation_of("agent: Hello.", "customer: Hi.", "agent: How can I help?")
    assert [turn.text for turn in talk.side("agent")] == ["Hello.", "How can I help?"]
    assert [turn.text for turn in talk.side("customer")] == ["Hi."]
    assert talk.side("system") == ()


def test_values_cannot_be_changed_in_place() -> None:
    with pytest.raises(FrozenInstanceError):
        conversation_of("agent: Hello.").turns[0].text = "other"  # type: ignore[misc]


def test_metrics_by_side() -> None:
    agent, customer = SideMetrics(turns=3), SideMetrics(turns=2)
    none = Stretches()
    metrics = Metrics(9.0, None, None, None, None, none, none, none, none, agent, customer)
    assert [metrics.side(role).turns for role in SIDES] == [3, 2]


def test_ten_words_and_both_sides_are_enough() -> None:
    assert floor_reason(conversation_of(*TEN_WORDS)) is None


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (("agent: one two three four five", "customer: six seven eight nine"), "only 9 words"),
        (("agent: one two three four five six seven eight nine ten",), "no customer turn"),
        (("customer: one two three four five six seven eight nine ten",), "no agent turn"),
        (("system: this call is recorded for training and for quality reasons",), "no agent turn"),
    ],
)
def test_below_the_floor_there_is_a_reason(lines: tuple[str, ...], reason: str) -> None:
    found = floor_reason(conversation_of(*lines))
    assert found is not None
    assert found.startswith(reason)


def test_an_unknown_speaker_is_no_side() -> None:
    talk = conversation_of(*TEN_WORDS)
    unknown = tuple(replace(turn, role="unknown") for turn in talk.turns)
    assert floor_reason(replace(talk, turns=unknown)) == "no agent turn"
