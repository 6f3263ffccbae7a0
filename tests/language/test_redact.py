from __future__ import annotations

from dataclasses import replace

import pytest

from cintel.conversation import Conversation, PiiSpan, Turn, Word
from cintel.language.redact import hidden_stretches, redact_conversation
from cintel.testing import conversation_of

LINE = "customer: it's Jane Smith, card 4111 1111 now"


def spans_of(turn: Turn, **items: str) -> tuple[PiiSpan, ...]:
    return tuple(
        PiiSpan(kind, turn.text.index(item), turn.text.index(item) + len(item))
        for kind, item in items.items()
    )


@pytest.fixture
def told() -> tuple[Conversation, tuple[PiiSpan, ...]]:
    conversation = conversation_of(LINE)
    return conversation, spans_of(conversation.turns[0], name="Jane Smith", card="4111 1111")


def test_text_words_and_spans(told: tuple[Conversation, tuple[PiiSpan, ...]]) -> None:
    conversation, spans = told
    redacted, moved = redact_conversation(conversation, [spans])
    (turn,) = redacted.turns
    assert turn.text == "it's [NAME], card [CARD] now"
    assert [turn.text[span.start : span.end] for span in moved[0]] == ["[NAME]", "[CARD]"]
    assert [span.type for span in moved[0]] == ["name", "card"]
    assert [w.text for w in turn.words] == ["it's", "[NAME]", ",", "card", "[CARD]", "", "now"]
    before = conversation.turns[0].words
    assert [(w.start, w.end) for w in turn.words] == [(w.start, w.end) for w in before]


def test_a_word_keeps_what_is_not_personal() -> None:
    turn = Turn(0, "customer", "C", 0, 1, "(4111)!", (Word(" (4111)!", 0, 1),))
    talk = Conversation("i", "call", "s", 1.0, (turn,))
    redacted, _ = redact_conversation(talk, [(PiiSpan("card", 1, 5),)])
    assert redacted.turns[0].text == "([CARD])!"
    assert redacted.turns[0].words[0].text == " ([CARD])!"


def test_words_that_are_not_in_the_text_go_with_personal_data() -> None:
    turn = Turn(0, "customer", "C", 0, 2, "4111", (Word("four", 0, 1), Word("4111", 1, 2)))
    talk = Conversation("i", "call", "s", 2.0, (turn,))
    spans = [(PiiSpan("card", 0, 4),)]
    assert [word.text for word in redact_conversation(talk, spans)[0].turns[0].words] == [
        "",
        "[CARD]",
    ]
    assert hidden_stretches(talk, spans) == ((0.0, 2.6),)


def test_a_turn_without_personal_data_stays(told: tuple[Conversation, object]) -> None:
    conversation, _ = told
    assert redact_conversation(conversation, [()]) == (conversation, ((),))


def test_names_of_speakers_go_and_labels_of_a_recogniser_stay() -> None:
    talk = conversation_of("SPEAKER_00: hi", "Nina Patel: hello", "SYSTEM: beep", "Nina Patel: so")
    redacted, _ = redact_conversation(talk, [()] * 4)
    assert [turn.speaker for turn in redacted.turns] == [
        *("SPEAKER_00", "SPEAKER_01", "SYSTEM", "SPEAKER_01"),
    ]


def test_hidden_stretches_reach_to_the_words_that_may_be_heard() -> None:
    words = (
        *(Word("card", 0.0, 0.4), Word("41", 1.4, 1.8), Word("11", 3.0, 3.4)),
        *(Word("right", 3.5, 4.0), Word("Jane", 9.0, 9.5)),
    )
    turn = Turn(0, "customer", "C", 0, 9.5, "card 41 11 right Jane", words)
    talk = Conversation("i", "call", "s", 20.0, (turn,))
    found = hidden_stretches(talk, [spans_of(turn, card="41 11", name="Jane")])
    # From 0.6 s before the first digit, through the pause, a quarter of a second into "right".
    assert found[0] == pytest.approx((0.8, 3.65))
    assert found[1] == pytest.approx((8.4, 10.1))
    assert len(found) == 2


def test_stretches_that_meet_are_one_and_none_is_before_the_start() -> None:
    first = Turn(0, "customer", "C", 0.1, 1.0, "4111", (Word("4111", 0.1, 1.0),))
    second = Turn(1, "agent", "A", 1.2, 2.0, "4111", (Word("4111", 1.2, 2.0),))
    talk = Conversation("i", "call", "s", 3.0, (first, second))
    spans = [(PiiSpan("card", 0, 4),)] * 2
    assert hidden_stretches(talk, spans) == ((0.0, 2.6),)


def test_a_turn_without_word_times_is_hidden_whole(
    told: tuple[Conversation, tuple[PiiSpan, ...]],
) -> None:
    conversation, spans = told
    turn = replace(conversation.turns[0], words=())
    talk = replace(conversation, turns=(turn,))
    assert hidden_stretches(talk, [spans]) == ((turn.start, turn.end),)
    assert hidden_stretches(talk, [()]) == ()
