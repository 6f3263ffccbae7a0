from __future__ import annotations

import pytest

from cintel.conversation import Conversation, Turn, Word
from cintel.insight.turns import extent, is_backchannel, quarter, side_turns, word_count


def turn(text="", start=0.0, end=1.0, role="agent", words=()):
    return Turn(0, role, role, start, end, text, words)


@pytest.mark.parametrize(
    "text", ["Mm-hmm.", "okay", "Yeah, right.", "Uh huh", "I see.", "Thank you!", "All right"]
)
def test_backchannels(text):
    assert is_backchannel(turn(text))


@pytest.mark.parametrize(
    "text", ["No.", "Stop", "Wait, okay", "Yeah right sure", "", "42", "Tuesday"]
)
def test_not_backchannels(text):
    assert not is_backchannel(turn(text))


def test_extent_is_that_of_the_words():
    words = (Word("a", 1.5, 1.8), Word("b", 1.2, 1.4))
    assert extent(turn(start=1.0, end=2.0, words=words)) == (1.2, 1.8)
    assert extent(turn(start=1.0, end=2.0)) == (1.0, 2.0)


def test_word_count():
    assert word_count(turn("three little words")) == 3
    assert word_count(turn("ten", words=(Word("t", 0, 1), Word("en", 1, 2)))) == 2


@pytest.mark.parametrize(
    ("start", "end", "place"), [(0, 1, 0), (24, 26, 1), (24, 25.9, 0), (99, 101, 3), (100, 100, 3)]
)
def test_quarter_holds_the_midpoint(start, end, place):
    assert quarter(turn(start=start, end=end), 100.0) == place


def test_quarter_of_nothing():
    assert quarter(turn(), 0.0) == 0


def test_side_turns_are_in_order_and_of_the_sides():
    late, early = turn(start=5.0, end=6.0), turn(start=1.0, end=2.0, role="customer")
    others = turn(role="system"), turn(role="unknown")
    conversation = Conversation("c", "call", "c.wav", 9.0, (late, *others, early))
    assert side_turns(conversation) == [early, late]
