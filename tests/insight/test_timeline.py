from __future__ import annotations

import pytest

from cintel.conversation import Conversation, Turn, Word
from cintel.insight.timeline import hold_phrases, timeline


def conversation(*rows, duration=100.0, channel="call"):
    turns = tuple(
        Turn(index, role, role, start, end, text)
        for index, (role, start, end, text) in enumerate(rows)
    )
    return Conversation("c", channel, "c.wav", duration, turns)


HOLD = ("agent", 0.0, 5.0, "I will just put you on a brief hold.")
BACK = ("agent", 60.0, 70.0, "Right, so the refund is on its way.")


def test_hold_after_a_phrase():
    line = timeline(conversation(HOLD, ("customer", 6.0, 7.0, "Sure, no problem."), BACK))
    assert line.hold == ((7.0, 60.0),)


def test_no_hold_without_a_phrase():
    line = timeline(conversation(("agent", 0.0, 5.0, "How are you?"), BACK))
    assert line.hold == ()
    assert line.silence == ((5.0, 60.0), (70.0, 100.0))


def test_a_hold_is_over_ten_seconds():
    assert timeline(conversation(HOLD, ("agent", 15.0, 60.0, "So."), BACK)).hold == ()
    assert timeline(conversation(HOLD, ("agent", 15.001, 60.0, "So."), BACK)).hold == (
        (5.0, 15.001),
    )


def test_a_hold_starts_within_ten_seconds_of_its_phrase():
    chat = ("customer", 5.2, 15.1, "While you look, my sister said that her bill went up too.")
    assert timeline(conversation(HOLD, chat, BACK)).hold == ()
    chat = (*chat[:2], 15.0, chat[3])
    assert timeline(conversation(HOLD, chat, BACK)).hold == ((15.0, 60.0),)


def test_a_hold_goes_on_after_the_customer_speaks_into_it():
    hello = ("customer", 30.0, 31.0, "Hello?")
    line = timeline(conversation(HOLD, hello, BACK))
    assert line.hold == ((5.0, 30.0), (31.0, 60.0))
    here = ("agent", 32.0, 33.0, "Nearly there.")
    assert timeline(conversation(HOLD, hello, here, BACK)).hold == ((5.0, 30.0),)


def test_the_customers_phrase_is_no_hold():
    asks = ("customer", 0.0, 5.0, "Please do not put me on hold.")
    assert timeline(conversation(asks, BACK)).hold == ()


def test_music_is_hold_where_nobody_speaks():
    line = timeline(
        conversation(("agent", 20.0, 30.0, "Hello"), duration=60.0), [(0.0, 25.0), (50, 55)]
    )
    assert line.hold == ((0.0, 20.0), (50, 55))


def test_a_phrase_inside_a_turn_ends_with_its_last_word():
    words = ["Bear", "with", "me", "so", "here", "it", "is"]
    times = [0.0, 1.0, 2.0, 20.0, 21.0, 22.0, 23.0]
    spoken = tuple(Word(f" {word}", at, at + 1) for word, at in zip(words, times, strict=True))
    turn = Turn(0, "agent", "a", 0.0, 24.0, " ".join(words), spoken)
    assert hold_phrases(turn) == [3.0]
    assert timeline(Conversation("c", "call", "c.wav", 24.0, (turn,))).hold == ((3.0, 20.0),)


@pytest.mark.parametrize(
    "text",
    [
        "Can you hold the line please?",
        "Hold on",
        "Bear with me a second",
        "One moment please.",
        "Just a minute",
        "Give me two minutes, I will look",
        "Could you hold while I check?",
        "I'll pop you on hold",
        "Stay on the line",
        "Would you mind holding?",
        "Sorry, can you hold on a second?",
    ],
)
def test_hold_phrases(text):
    assert hold_phrases(Turn(0, "agent", "a", 0.0, 2.0, text)) != []


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for holding",
        "Sorry to keep you on hold",
        "Thanks for waiting on hold",
        "There is a hold on your account",
        "Please hold down the power button",
        "Please hold on to your receipt",
        "It takes two minutes.",
        "Who holds the policy?",
    ],
)
def test_no_hold_phrases(text):
    assert hold_phrases(Turn(0, "agent", "a", 0.0, 2.0, text)) == []


def test_a_chat_has_no_speech():
    line = timeline(conversation(HOLD, BACK, channel="chat"), [(10.0, 20.0)])
    assert (line.agent, line.silence, line.hold, line.floor("agent")) == ((), (), (), [])
