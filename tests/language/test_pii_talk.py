from __future__ import annotations

from cintel.conversation import Conversation, Turn
from cintel.language.pii_talk import conversation_pii
from cintel.language.redact import redact
from cintel.testing import SilentTagger


def talk(*turns: tuple[str, str]) -> Conversation:
    said = tuple(Turn(i, "unknown", who, i, i, text) for i, (who, text) in enumerate(turns))
    return Conversation("i", "call", "s", float(len(said)), said)


def test_a_card_over_three_turns() -> None:
    call = talk(
        ("A", "Can you read me the long number?"),
        ("C", "It's four one one one, one one one one"),
        ("A", "Okay, go on."),
        ("C", "1111"),
        ("A", "Yes?"),
        ("C", "and then one one one one"),
        ("A", "Thank you, that is 12 pounds."),
    )
    spans = conversation_pii(call, SilentTagger())
    texts = [
        redact(turn.text, turn_spans) for turn, turn_spans in zip(call.turns, spans, strict=True)
    ]
    assert texts == [
        "Can you read me the long number?",
        "It's [CARD]",
        "Okay, go on.",
        "[CARD]",
        "Yes?",
        "and then [CARD]",
        "Thank you, that is 12 pounds.",
    ]


def test_a_name_told_once_is_found_again() -> None:
    call = talk(
        ("A", "Good morning Jane, may I have your full name?"),
        ("C", "Jane Hope Smith"),
        ("A", "Thank you, Jane. I hope this helps."),
    )
    spans = conversation_pii(call, SilentTagger())
    assert [
        [turn.text[span.start : span.end] for span in found]
        for turn, found in zip(call.turns, spans, strict=True)
    ] == [["Jane"], ["Jane Hope Smith"], ["Jane"]]


def test_numbers_in_turns_that_make_no_card() -> None:
    call = talk(("C", "4111 1111"), ("A", "go on"), ("C", "1111 1112"))
    assert conversation_pii(call, SilentTagger()) == ((), (), ())
