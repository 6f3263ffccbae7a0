from __future__ import annotations

import pytest

from cintel.conversation import Acoustics, Conversation, Frustration, Labels, Scored, Turn
from cintel.insight import (
    ENDED_FRUSTRATED,
    explain_frustration,
    score_frustration,
    turn_frustration,
)

REQUEST = "I want the engineer to come before Friday morning"


def conversation(*rows, channel="call", duration=100.0):
    turns = tuple(
        Turn(index, role, role, at, at + 5.0, text) for index, (role, at, text) in enumerate(rows)
    )
    return Conversation("c", channel, "c.wav", duration, turns)


def scores(*rows, labels=None, acoustics=None, **keywords):
    labels = labels or (Labels(),) * len(rows)
    return turn_frustration(conversation(*rows, **keywords), labels, acoustics)


def names(*rows, acoustics=None, **keywords):
    found = explain_frustration(conversation(*rows, **keywords), (Labels(),) * len(rows), acoustics)
    return [[cue.name for cue in turn] if turn is not None else None for turn in found]


def test_only_customers_are_frustrated():
    angry = "This is ridiculous."
    rows = [(role, 0.0, angry) for role in ("agent", "customer", "system", "unknown")]
    assert scores(*rows) == (None, 0.55, None, None)


@pytest.mark.parametrize(
    "text",
    ["My date of birth is the fourth of May.", "Yes.", "Could you say that again please?", ""],
)
def test_calm_turns_score_nothing(text):
    labels = (Labels(Scored("neutral", 0.0), Scored("neutral", 1.0)),)
    assert scores(("customer", 0.0, text), labels=labels) == (0.0,)


@pytest.mark.parametrize(
    ("emotion", "score", "expected"),
    [
        ("anger", 1.0, 0.7),
        ("frustration", 1.0, 0.65),
        ("disappointment", 0.5, 0.2),
        ("anxiety", 1.0, 0.15),
        ("confusion", 1.0, 0.1),
        ("gratitude", 1.0, 0.0),
    ],
)
def test_emotions(emotion, score, expected):
    labels = (Labels(emotion=Scored(emotion, score)),)
    assert scores(("customer", 0.0, "so"), labels=labels) == (expected,)


def test_sentiment_counts_only_where_negative():
    labels = (Labels(Scored("negative", -1.0)), Labels(Scored("positive", 1.0)))
    assert scores(("customer", 0.0, "so"), ("customer", 9.0, "so"), labels=labels) == (0.3, 0.0)


def test_cues_combine_and_stay_below_one():
    text = "This is ridiculous, I already told you twice, get me a manager, what the hell!"
    labels = (Labels(Scored("negative", -1.0), Scored("anger", 1.0)),)
    # 1 - 0.55 x 0.5 x 0.45 x 0.5 x 0.3 x 0.7
    assert scores(("customer", 0.0, text), labels=labels) == (0.987,)


def test_capitals_and_exclamation_marks_count_where_people_type():
    row = ("customer", 0.0, "WHERE IS MY ORDER!!")
    assert scores(row, channel="chat") == (0.4,)
    assert scores(row, channel="email") == (0.4,)
    assert scores(row) == (0.0,)


def test_own_repetition():
    again = "I want the engineer here before Friday morning please"
    rows = (
        ("customer", 0.0, REQUEST),
        ("agent", 6.0, "There is none free."),
        ("customer", 20.0, again),
    )
    assert names(*rows) == [[], None, ["repeats an earlier turn"]]
    rows = (rows[0], ("agent", 6.0, "Sorry, could you repeat that?"), rows[2])
    assert names(*rows) == [[], None, []]


def test_courtesies_and_digits_are_no_repetition():
    thanks, card = (
        "Okay thank you very much, bye bye",
        "It is four four two one, one five nine eight",
    )
    for text in (thanks, card):
        assert names(("customer", 0.0, text), ("customer", 50.0, text)) == [[], []]


def test_an_agents_words_are_not_the_customers_repetition():
    assert names(("agent", 0.0, REQUEST), ("customer", 50.0, REQUEST)) == [None, []]


@pytest.mark.parametrize(("late", "expected"), [(-26.0, ["louder than before"]), (-26.1, [])])
def test_louder_than_in_the_first_quarter(late, expected):
    acoustics = Acoustics(loudness={"customer": (-30.0,) * 50 + (late,) * 50})
    rows = ("customer", 10.0, "Hello."), ("customer", 60.0, "Listen now.")
    assert names(*rows, acoustics=acoustics) == [[], expected]


def test_loudness_needs_a_first_quarter_to_compare_with():
    acoustics = Acoustics(loudness={"customer": (-30.0,) * 50 + (-10.0,) * 50})
    assert names(("customer", 60.0, "Hello."), acoustics=acoustics) == [[]]
    assert names(("customer", 60.0, "Hello.")) == [[]]


def talk(*times):
    rows = [("customer", at, "some words of a customer") for at in times]
    return conversation(("agent", 0.0, "some words of an agent, ten"), *rows)


def test_score_takes_the_three_worst_and_the_last_quarter():
    result = score_frustration(talk(10.0, 30.0, 60.0, 80.0, 90.0), (None, 0.2, 0.9, 0.6, 0.9, 0.3))
    assert result == Frustration(score=0.72, peak=0.9, peak_turn=2, end=0.6, trend=0.4)
    assert result.end >= ENDED_FRUSTRATED


def test_fewer_turns_than_three_and_a_silent_end():
    result = score_frustration(talk(10.0, 40.0), (None, 0.2, 0.6))
    assert result == Frustration(score=0.48, peak=0.6, peak_turn=2, end=0.6, trend=0.4)
    assert score_frustration(talk(10.0, 11.0), (None, 0.0, 0.1)).trend is None


def test_below_the_evidence_floor():
    assert score_frustration(conversation(("agent", 0.0, "Hello?")), (None,)) == Frustration(
        reason="no customer turn"
    )
    short = conversation(("agent", 0.0, "Hello?"), ("customer", 5.0, "This is ridiculous"))
    assert score_frustration(short, (None, 0.55)).reason == "only 4 words, 10 are needed"
    assert score_frustration(talk(10.0), (None, None)).reason == "no customer turn has a score"


def test_labels_and_scores_are_one_a_turn():
    with pytest.raises(ValueError, match="zip"):
        turn_frustration(talk(10.0), (Labels(),))
    with pytest.raises(ValueError, match="zip"):
        score_frustration(talk(10.0), (0.2,))


def test_the_first_quarter_is_not_louder_than_itself():
    acoustics = Acoustics(loudness={"customer": (-40.0,) * 10 + (-20.0,) * 90})
    rows = ("customer", 0.0, "Hello."), ("customer", 15.0, "Hello there.")
    assert names(*rows, acoustics=acoustics) == [[], []]
