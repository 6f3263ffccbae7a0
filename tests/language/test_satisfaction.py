from __future__ import annotations

from math import erf, sqrt

import numpy as np
import pytest

from cintel import models
from cintel.conversation import Pull
from cintel.language.encoder import Encoder
from cintel.language.heads import Heads
from cintel.language.satisfaction import Ratings, Regression, Turns

CALM = (
    ("agent", "Good morning, Lakeside Clinic, how can I help?"),
    ("customer", "hi i'd like to book a checkup please"),
    ("agent", "Of course, Tuesday at ten is free."),
    ("customer", "oh that's perfect thank you so much you've been wonderful"),
)
UPSET = (
    ("agent", "Thank you for calling, how can I help?"),
    ("customer", "this is the third time i'm calling and nobody ever does anything"),
    ("agent", "I have no record of that."),
    ("customer", "you people are useless i'm furious and i'm cancelling everything"),
)
WIDTH = 3 * 1 + 30
WORST = 3 + 24
"""Where the features hold the customer's worst sentiment, with vectors of one number."""


def hand_made(*moods: float) -> Turns:
    """An agent's turn, then one of the customer's for each mood, all of one word."""
    feelings = np.zeros((len(moods) + 1, 12), np.float32)
    feelings[1:, 2] = np.maximum(moods, 0)
    feelings[1:, 0] = -np.minimum(moods, 0)
    vectors = np.ones((len(moods) + 1, 1), np.float32)
    return Turns(
        vectors, feelings, ("agent", *["customer"] * len(moods)), ("a",) * (len(moods) + 1)
    )


def ratings(*bias: float, slope: float = 0.0, done: float = 0.0) -> Ratings:
    weights = np.zeros((WIDTH, len(bias)), np.float32)
    weights[WORST] = slope
    satisfied = Regression(weights, np.array(bias, np.float32), 0.5)
    accomplished = Regression(np.zeros((WIDTH, 1), np.float32), np.array([done], np.float32), 1.0)
    zero, one = np.zeros(WIDTH, np.float32), np.ones(WIDTH, np.float32)
    return Ratings(zero, one, satisfied, accomplished, (2.0, 0.5))


def test_folds_that_differ_make_a_satisfaction_less_sure() -> None:
    agreed, split = ratings(4, 4).rate(hand_made(0, 0)), ratings(3, 5).rate(hand_made(0, 0))
    assert (agreed.predicted, agreed.confidence) == (4.0, 0.683)
    assert split.predicted == 4.0
    assert split.confidence == round(erf(0.5 / sqrt(2 * 1.25)), 3)


def test_a_prediction_stays_on_its_scale() -> None:
    assert ratings(9).rate(hand_made(0, 0)).predicted == 5.0
    assert ratings(-9).rate(hand_made(0, 0)).predicted == 1.0


def test_the_chance_of_a_resolved_matter_follows_the_rating() -> None:
    # 1 / (1 + exp(-(2 x + 0.5))) at 0, 1 and -1.
    assert ratings(3).rate(hand_made(0, 0)).resolved == 0.622
    assert ratings(3, done=1.0).rate(hand_made(0, 0)).resolved == 0.924
    assert ratings(3, done=-1.0).rate(hand_made(0, 0)).resolved == 0.182


def test_a_turn_pulls_by_what_the_prediction_would_be_without_it() -> None:
    # The worst sentiment counts: without -0.8 it would be -0.2, so that turn cost 0.6 points.
    assert ratings(4, slope=1.0).rate(hand_made(0.5, -0.8, -0.2)).pulls == (Pull(2, -0.6),)


def test_what_moves_nothing_is_not_named() -> None:
    assert ratings(4, slope=1.0).rate(hand_made(0.5, 0.5)).pulls == ()
    assert ratings(4, slope=1.0).rate(hand_made(-0.8)).pulls == ()


def test_no_customer_no_satisfaction() -> None:
    with pytest.raises(ValueError, match="customer"):
        hand_made().features()


@pytest.mark.models
def test_a_happy_customer_is_more_satisfied_than_an_angry_one() -> None:
    encoder, heads, found = Encoder(models.resolve("minilm")), Heads.load(), []
    for turns in (CALM, UPSET):
        roles, texts = zip(*turns, strict=True)
        vectors, states = encoder.read(texts)
        read = Turns.of(vectors, heads.predict(states, roles), roles, texts)
        found.append(Ratings.load().rate(read))
    calm, upset = found
    assert (calm.predicted or 0) > (upset.predicted or 9) + 0.5
    assert (calm.resolved or 0) > (upset.resolved or 1)
    assert all(0 < (item.confidence or 0) < 1 for item in found)
    assert {pull.turn for pull in upset.pulls} <= {1, 3}
