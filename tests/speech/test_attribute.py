from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from cintel.conversation import Role, Turn, Word
from cintel.speech.attribute import (
    SYSTEM,
    Spoken,
    assign_roles,
    build_turns,
    give_words,
    mark_announcement,
    merge_channels,
    overlap_edges,
    repair_sentences,
    sentences,
)


def _words(text: str, start: float = 0.0, each: float = 0.5) -> list[Word]:
    return [
        Word(word, start + i * each, start + (i + 1) * each) for i, word in enumerate(text.split())
    ]


def _said(speaker: str, text: str, start: float = 0.0) -> list[Spoken]:
    return [Spoken(word, speaker) for word in _words(text, start)]


def _lines(turns: Sequence[Turn]) -> list[tuple[str, str]]:
    return [(turn.speaker, turn.text) for turn in turns]


def _marks(spoken: Sequence[Spoken]) -> str:
    return "".join(item.speaker for item in spoken)


def test_a_word_goes_to_who_has_the_floor_for_most_of_it() -> None:
    floor = {"A": ((0.0, 1.0),), "B": ((1.0, 3.0),)}
    words = [Word("one.", 0.2, 0.8), Word("two.", 0.8, 1.1), Word("three.", 0.9, 1.4)]
    assert _marks(give_words(words, floor)) == "AAB"


def test_a_word_outside_of_all_speech_goes_to_the_nearest() -> None:
    floor = {"A": ((0.0, 1.0),), "B": ((5.0, 6.0),)}
    words = [Word("one.", 1.5, 1.9), Word("two.", 4.0, 4.4)]
    assert _marks(give_words(words, floor)) == "AB"


def test_without_a_diarization_there_is_one_speaker() -> None:
    assert {item.speaker for item in give_words(_words("a b c"), {})} == {"SPEAKER_00"}


def test_sentences_end_at_their_marks() -> None:
    found = sentences(_said("A", "Yes. I am. Really"))
    assert [" ".join(item.word.text for item in part) for part in found] == [
        "Yes.",
        "I am.",
        "Really",
    ]


@pytest.mark.parametrize(
    ("text", "speakers", "repaired"),
    [
        ("and how can I help you?", "BAAAAA", "AAAAAA"),
        ("and how can I help you?", "BBAAAA", "AAAAAA"),
        ("and how can I help you?", "AAAAAB", "AAAAAA"),
        ("and how can I help you?", "BBBAAA", "BBBAAA"),
        ("Yes. how can I help you?", "BAAAAA", "BAAAAA"),
        ("I see. Oh", "AAB", "AAB"),
        ("so you mean", "ABA", "ABA"),
    ],
)
def test_stray_words_at_a_sentence_s_edge_go_back(text: str, speakers: str, repaired: str) -> None:
    spoken = [Spoken(word, who) for word, who in zip(_words(text), speakers, strict=True)]
    found = repair_sentences(spoken)
    assert _marks(found) == repaired
    assert [item.word for item in found] == [item.word for item in spoken]


def test_a_recorded_announcement_is_the_system_s() -> None:
    opening = _said("A", "Welcome to the bank. This call may be recorded.")
    agent = _said("A", "Hello, my name is Kim.", start=6.0)
    found = mark_announcement([*opening, *agent])
    assert _lines(build_turns(found)) == [
        (SYSTEM, "Welcome to the bank. This call may be recorded."),
        ("A", "Hello, my name is Kim."),
    ]


def test_an_agent_who_says_so_and_goes_straight_on_is_the_agent() -> None:
    text = "Welcome to the bank. This call is being recorded. How can I help you today?"
    spoken = _said("A", text)
    assert mark_announcement(spoken) == spoken


def test_an_agent_who_says_their_name_first_is_the_agent() -> None:
    named = _said("A", "Hello, my name is Kim. This call is recorded.")
    spoken = [*named, *_said("B", "All right.", start=9.0)]
    assert mark_announcement(spoken) == spoken


def test_a_call_that_is_all_announcement() -> None:
    spoken = _said("A", "Your call is important to us. Please press one.")
    assert {item.speaker for item in mark_announcement(spoken)} == {SYSTEM}


def test_a_call_without_one_stays_as_it_is() -> None:
    spoken = _said("A", "Hello. My card is lost.")
    assert mark_announcement(spoken) == spoken
    assert mark_announcement([]) == []


def test_turns_are_runs_of_a_speaker_cut_at_long_pauses() -> None:
    spoken = [
        *_said("A", "Hello there."),
        *_said("B", "Hi.", start=1.0),
        *_said("B", "My card", start=3.5),
        *_said("B", "is lost.", start=6.6),
    ]
    turns = build_turns(spoken)
    assert _lines(turns) == [("A", "Hello there."), ("B", "Hi. My card"), ("B", "is lost.")]
    assert (turns[1].start, turns[1].end) == (1.0, 4.5)
    assert [word.text for word in turns[1].words] == ["Hi.", "My", "card"]
    assert build_turns([]) == []


def test_turns_that_meet_in_an_overlap_reach_over_it() -> None:
    turns = build_turns([*_said("A", "one two three"), *_said("B", "four five", start=1.5)])
    first, second = overlap_edges(turns, [(1.2, 1.9)])
    assert (first.end, second.start) == (1.9, 1.2)
    assert (first.words[-1].end, second.words[0].start) == (1.9, 1.2)
    assert overlap_edges(turns, [(8.0, 9.0)]) == turns
    alone = build_turns([*_said("A", "one"), *_said("A", "two", start=4.0)])
    assert overlap_edges(alone, [(0.4, 4.2)]) == alone


def test_channels_merge_by_the_start_of_each_run() -> None:
    agent = [*_said("A", "How can I help?"), *_said("A", "I see.", start=6.0)]
    customer = _said("B", "My card is lost.", start=2.2)
    assert _lines(merge_channels([agent, customer])) == [
        ("A", "How can I help?"),
        ("B", "My card is lost."),
        ("A", "I see."),
    ]


def test_a_backchannel_does_not_cut_the_turn_it_falls_into() -> None:
    long_turn = _said("A", "so what I did was to send it back to the shop")
    turns = merge_channels([long_turn, _said("B", "uh-huh", start=2.0)])
    assert _lines(turns) == [
        ("A", "so what I did was to send it back to the shop"),
        ("B", "uh-huh"),
    ]
    assert turns[1].end < turns[0].end


def test_runs_with_nothing_between_them_are_one_turn() -> None:
    agent = [*_said("A", "Let me see."), *_said("A", "Here it is.", start=3.0)]
    assert _lines(merge_channels([agent, []])) == [("A", "Let me see. Here it is.")]
    assert merge_channels([[], []]) == []


# Log-odds of agent against customer by what is said.
ODDS = {"help?": 2.0, "lost.": -3.0, "transfer": 1.0, "me too": -0.5, "hm": 0.1, "press one": 9.0}


def _odds(texts: Sequence[str]) -> NDArray[np.float32]:
    return np.array([ODDS[text] for text in texts], dtype=np.float32)


def _turns(*lines: tuple[str, str, Role]) -> list[Turn]:
    return [Turn(0, role, who, 0.0, 1.0, text) for who, text, role in lines]


def _roles(turns: Sequence[Turn]) -> list[Role]:
    return [turn.role for turn in turns]


def test_two_speakers_are_an_agent_and_a_customer() -> None:
    turns = _turns(("X", "help?", "unknown"), ("Y", "lost.", "unknown"), ("X", "hm", "unknown"))
    named, confidence = assign_roles(turns, _odds)
    assert _roles(named) == ["agent", "customer", "agent"]
    assert [turn.index for turn in named] == [0, 1, 2]
    assert confidence == pytest.approx(1 / (1 + np.exp(-5.1)))


def test_both_sides_are_there_even_when_both_sound_like_agents() -> None:
    turns = _turns(("X", "help?", "unknown"), ("Y", "hm", "unknown"))
    assert _roles(assign_roles(turns, _odds)[0]) == ["agent", "customer"]


@pytest.mark.parametrize(("text", "role"), [("help?", "agent"), ("lost.", "customer")])
def test_one_speaker_is_what_they_sound_like(text: str, role: Role) -> None:
    named, _ = assign_roles(_turns(("X", text, "unknown")), _odds)
    assert _roles(named) == [role]


def test_of_three_the_extremes_take_the_sides_and_the_third_its_own() -> None:
    turns = _turns(
        ("X", "help?", "unknown"), ("Y", "lost.", "unknown"), ("Z", "transfer", "unknown"),
        ("W", "me too", "unknown"),
    )  # fmt: skip
    assert _roles(assign_roles(turns, _odds)[0]) == ["agent", "customer", "agent", "customer"]


def test_the_announcement_is_nobody_s_side() -> None:
    turns = _turns(
        (SYSTEM, "press one", "unknown"), ("X", "help?", "unknown"), ("Y", "lost.", "unknown")
    )
    assert _roles(assign_roles(turns, _odds)[0]) == ["system", "agent", "customer"]


def test_known_roles_are_kept_and_leave_the_other_side() -> None:
    turns = _turns(("X", "lost.", "agent"), ("Y", "help?", "unknown"))
    assert _roles(assign_roles(turns, _odds)[0]) == ["agent", "customer"]


def test_a_speaker_known_once_is_known_throughout() -> None:
    turns = _turns(("X", "lost.", "agent"), ("Y", "hm", "unknown"), ("X", "lost.", "unknown"))
    assert _roles(assign_roles(turns, _odds)[0]) == ["agent", "customer", "agent"]


def test_known_roles_under_one_name_are_kept() -> None:
    turns = _turns(("", "help?", "agent"), ("", "lost.", "customer"))
    named, confidence = assign_roles(turns, _odds)
    assert _roles(named) == ["agent", "customer"]
    assert confidence == 1.0
    assert named[1] == replace(turns[1], index=1)


def test_who_greets_for_a_firm_is_its_agent() -> None:
    def undecided(texts: Sequence[str]) -> NDArray[np.float32]:
        return np.zeros(len(texts), dtype=np.float32)

    turns = _turns(
        ("X", "I was told to ring.", "unknown"),
        ("Y", "Thanks for calling Acme, how may I help?", "unknown"),
        ("X", "Thank you for calling me back.", "unknown"),
    )
    named, confidence = assign_roles(turns, undecided)
    assert _roles(named) == ["customer", "agent", "customer"]
    assert confidence == pytest.approx(1 / (1 + np.exp(-3.0)))
