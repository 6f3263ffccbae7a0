from __future__ import annotations

import pytest

from cintel.conversation import Conversation, Turn, Word
from cintel.quality.rules import Who, Within
from cintel.quality.units import Scope, unit_at, units_of


def turn(text: str, index: int = 0, start: float = 0.0, end: float = 1.0) -> Turn:
    return Turn(index, "agent", "A", start, end, text)


def texts(text: str) -> list[str]:
    return [unit.text for unit in units_of(Conversation("c", "call", "c", 1.0, (turn(text),)))]


def test_sentences_pairs_and_clauses():
    assert texts("Thank you. Hold on, please wait! At 3.30 then") == [
        "Thank you. Hold on, please wait!",
        "Hold on, please wait! At 3.30 then",
        "Thank you.",
        "Hold on, please wait!",
        "Hold on",
        "please wait!",
        "At 3.30 then",
    ]


def test_run_on_text_is_read_through_windows():
    words = [f"w{i}" for i in range(13)]
    assert texts(" ".join(words)) == [
        " ".join(words),
        " ".join(words[0:8]),
        " ".join(words[3:11]),
        " ".join(words[5:13]),
    ]


def test_long_neighbours_are_not_paired():
    long = " ".join(["word"] * 28)
    assert not any(text.startswith("Yes. word") for text in texts(f"Yes sir now. {long}."))


@pytest.mark.parametrize("text", ["", "   ", "...", "?!", "\n\n"])
def test_nothing_said_gives_nothing(text: str):
    assert texts(text) == []


def spoken() -> Turn:
    words = (
        Word("Hi,", 10.0, 10.4),
        Word(" it's", 10.5, 10.8),
        Word("Ann.", 10.8, 11.2),
        Word("Bye", 14.0, 14.5),
    )
    return Turn(0, "agent", "A", 10.0, 15.0, "Hi, it's Ann. Bye", words)


def test_times_are_those_of_the_words():
    unit = unit_at(spoken(), 4, 13)
    assert (unit.text, unit.start, unit.end) == ("it's Ann.", 10.5, 11.2)
    assert (unit_at(spoken(), 14, 17).start, unit_at(spoken(), 14, 17).end) == (14.0, 14.5)


def test_words_that_are_not_in_the_text_are_left_out():
    other = Turn(0, "agent", "A", 0.0, 9.0, "one two", (Word("zero", 0, 1), Word("two", 5.0, 6.0)))
    assert (unit_at(other, 4, 7).start, unit_at(other, 4, 7).end) == (5.0, 6.0)
    assert (unit_at(other, 0, 3).start, unit_at(other, 0, 3).end) == (0.0, 9.0)


def test_a_turn_without_words_gives_its_own_times():
    unit = unit_at(turn("hello there", 0, 3.0, 7.0), 0, 5)
    assert (unit.start, unit.end) == (3.0, 7.0)
    assert unit.evidence.quote == "hello"


TURNS = tuple(
    Turn(i, role, role, 10.0 * i, 10.0 * i + 5, "a few words")
    for i, role in enumerate(["system", "agent", "customer", "agent", "customer", "agent"])
)
TALK = Conversation("c", "call", "c", 60.0, TURNS)


@pytest.mark.parametrize(
    ("within", "who", "expected"),
    [
        (None, "agent", [1, 3, 5]),
        (None, "any", [0, 1, 2, 3, 4, 5]),
        (Within(first_turns=1), "agent", [1]),
        (Within(first_turns=1), "any", [0]),
        (Within(last_turns=1), "customer", [4]),
        (Within(first_seconds=30.0), "agent", [1]),
        (Within(first_seconds=30.1), "agent", [1, 3]),
        (Within(last_seconds=10.0), "agent", [5]),
        (Within(last_seconds=5.0), "agent", []),
        (Within(first_turns=1, last_seconds=10.0), "agent", [1, 5]),
    ],
)
def test_scope(within: Within | None, who: Who, expected: list[int]):
    whole = [unit_at(item, 0, 5) for item in TURNS]
    scope = Scope(TALK, who, within)
    assert [unit.turn.index for unit in whole if unit in scope] == expected


def test_a_word_said_twice_has_the_times_of_its_own_place():
    words = (Word("no", 1.0, 1.5), Word("and", 2.0, 2.5), Word("no", 3.0, 3.5))
    twice = Turn(0, "agent", "A", 0.0, 4.0, "no and no", words)
    assert (unit_at(twice, 0, 2).start, unit_at(twice, 7, 9).start) == (1.0, 3.0)
