from __future__ import annotations

import pytest

from cintel.conversation import Acoustics, Conversation, Turn, Word
from cintel.insight.voice import Voice

WORDS = "one two three four five six seven eight nine ten"


def turn(index: int, role: str, start: float, end: float, text: str = WORDS) -> Turn:
    parts = text.split()
    step = (end - start) / len(parts)
    words = tuple(
        Word(part, round(start + n * step, 3), round(start + (n + 1) * step, 3))
        for n, part in enumerate(parts)
    )
    return Turn(index, role, role, start, end, text, words)  # type: ignore[arg-type]


def cues(*turns: Turn, acoustics: Acoustics | None = None) -> list[list[tuple[str, str]]]:
    call = Conversation("c", "call", "c.wav", 100.0, turns)
    voice = Voice(call, acoustics or Acoustics())
    return [[(cue.name, cue.quote) for cue in voice.cues(item)] for item in turns]


@pytest.mark.parametrize(
    ("late", "expected"),
    [(238.0, [("higher than before", "+3.0 semitones")]), (237.0, [])],
)
def test_higher_than_in_the_first_quarter(late: float, expected: list[tuple[str, str]]) -> None:
    track = (200.0,) * 50 + (late,) * 50
    found = cues(
        turn(0, "customer", 10, 15), turn(1, "customer", 60, 65),
        acoustics=Acoustics(pitch_seconds={"customer": track}),
    )  # fmt: skip
    assert found == [[], expected]


def test_seconds_without_pitch_say_nothing() -> None:
    track = (200.0,) * 20 + (None,) * 80
    found = cues(
        turn(0, "customer", 10, 15), turn(1, "customer", 60, 65),
        acoustics=Acoustics(pitch_seconds={"customer": track}),
    )  # fmt: skip
    assert found == [[], []]


@pytest.mark.parametrize(("seconds", "expected"), [(3.5, ["faster than before"]), (3.8, [])])
def test_faster_than_in_the_first_quarter(seconds: float, expected: list[str]) -> None:
    found = cues(turn(0, "customer", 10, 15), turn(1, "customer", 60, 60 + seconds))
    assert [name for name, _ in found[1]] == expected


def test_a_few_words_have_no_pace() -> None:
    found = cues(turn(0, "customer", 10, 15), turn(1, "customer", 60, 60.5, "no no no"))
    assert found == [[], []]


def test_a_turn_that_takes_the_floor_interrupts() -> None:
    agent = turn(0, "agent", 10, 15)
    cut, late = turn(1, "customer", 14.5, 19.5), turn(2, "customer", 30, 35)
    assert [[name for name, _ in found] for found in cues(agent, cut, late)] == [
        [],
        ["interrupts the agent"],
        [],
    ]
    going_on = turn(0, "agent", 10, 25)
    assert cues(going_on, turn(1, "customer", 14.5, 19.5)) == [[], []]
    assert cues(agent, turn(1, "customer", 14.5, 15.5, "mm-hm okay")) == [[], []]
