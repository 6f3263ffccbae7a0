from __future__ import annotations

import numpy as np
import pytest

from cintel import models
from cintel.conversation import Intent
from cintel.language.encoder import Encoder
from cintel.language.heads import Heads
from cintel.language.intents import conversation_intent, turn_intents
from cintel.language.labels import label_turns

LABELS = ("billing.refund", "none", "order.status")


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(models.resolve("minilm"))


def rows(*values: tuple[float, float, float]) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def test_a_turn_is_in_scope_above_the_threshold_and_above_none() -> None:
    probabilities = rows((0.7, 0.2, 0.1), (0.3, 0.6, 0.1), (0.39, 0.3, 0.31))
    assert turn_intents(probabilities, LABELS, 0.4) == [
        (Intent("billing.refund", 0.7, 0),),
        (),
        (),
    ]


def test_a_turn_may_state_two_intents() -> None:
    found = turn_intents(rows((0.45, 0.1, 0.45)), LABELS, 0.4)[0]
    assert [intent.name for intent in found] == ["billing.refund", "order.status"]


def test_no_statement_no_conversation_intent() -> None:
    assert conversation_intent([(), ()]) is None
    assert conversation_intent([]) is None


def test_an_early_statement_beats_a_late_one() -> None:
    turns: list[tuple[Intent, ...]] = [()] * 12
    turns[1] = (Intent("order.status", 0.7, 1),)
    turns[11] = (Intent("billing.refund", 0.8, 11),)
    assert conversation_intent(turns) == Intent("order.status", 0.7, 1)


def test_repeated_statements_add_up_and_the_strongest_is_named() -> None:
    turns: list[tuple[Intent, ...]] = [()] * 30
    turns[1] = (Intent("billing.refund", 0.6, 1),)
    turns[2] = (Intent("order.status", 0.5, 2),)
    turns[4] = (Intent("order.status", 0.55, 4),)
    assert conversation_intent(turns) == Intent("order.status", 0.6375, 2)


def test_what_the_opening_states_outweighs_asides() -> None:
    turns: list[tuple[Intent, ...]] = [()] * 30
    turns[1] = (Intent("order.return", 0.6, 1),)
    turns[3] = (Intent("order.return", 0.3, 3),)
    for turn in (5, 7, 9):
        turns[turn] = (Intent("billing.fee", 0.4, turn),)
    assert conversation_intent(turns) == Intent("order.return", 0.72, 1)


@pytest.mark.parametrize(
    ("matter", "named"), [(0.45, "service.outage"), (0.35, "complaint.service")]
)
def test_a_complaint_yields_to_a_concrete_matter(matter: float, named: str) -> None:
    turns = [(), (Intent("service.outage", matter, 1),), (), (Intent("complaint.service", 0.8, 3),)]
    found = conversation_intent([*turns, *[()] * 20])
    assert found is not None
    assert found.name == named


@pytest.mark.models
@pytest.mark.parametrize(
    ("line", "name"),
    [
        (
            "hello um so i posted a pair of curtains back to you at the start of the month and "
            "your email says you have them but i haven't had a penny back",
            "billing.refund",
        ),
        (
            "this is disgraceful. we've had no internet in this house for five days and i can't "
            "work. somebody needs to sort it out now",
            "service.outage",
        ),
        (
            "hi there. i was going through my statement and there's a payment of eighty pounds "
            "to a shop i've never heard of. it wasn't me",
            "billing.dispute_charge",
        ),
    ],
)
def test_told_openings(encoder: Encoder, line: str, name: str) -> None:
    labels = label_turns(encoder, Heads.load(), [line], ["customer"])[0]
    assert labels.intents[0].name == name


@pytest.mark.models
@pytest.mark.parametrize(
    "line",
    [
        "okay and roughly how long does that take",
        "it's seven seven four one two nine",
        "yes that's my address",
        "thank you so much you've been lovely",
        "i'm so fed up with all of this",
    ],
)
def test_what_states_no_intent(encoder: Encoder, line: str) -> None:
    assert label_turns(encoder, Heads.load(), [line], ["customer"])[0].intents == ()
