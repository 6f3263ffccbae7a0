from __future__ import annotations

import pytest

from cintel.conversation import Conversation, PiiSpan, Turn
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


def redacted(call: Conversation) -> list[str]:
    spans = conversation_pii(call, SilentTagger())
    return [redact(turn.text, found) for turn, found in zip(call.turns, spans, strict=True)]


def test_a_card_that_was_misheard_is_still_what_was_asked_for() -> None:
    call = talk(
        ("A", "What is the card number?"), ("C", "4111 1111"), ("A", "go on"), ("C", "1111 1112")
    )
    assert redacted(call)[1::2] == ["[CARD]", "[CARD]"]


def test_a_card_whose_pieces_fell_to_both_sides() -> None:
    call = talk(("C", "4111 1111"), ("A", "1111"), ("C", "1111"))
    assert redacted(call) == ["[CARD]"] * 3


def test_a_phone_number_in_two_turns() -> None:
    call = talk(("A", "And your phone number?"), ("C", "07700"), ("A", "yes"), ("C", "900 123"))
    assert redacted(call)[1::2] == ["[PHONE]", "[PHONE]"]


def test_a_number_that_is_read_back_in_parts() -> None:
    call = talk(
        ("C", "my account number is 31926819"),
        ("A", "so three one nine two"),
        ("C", "yes"),
        ("A", "and 6819 and that was 2019"),
    )
    assert redacted(call)[1::2] == ["so [ACCOUNT]", "and [ACCOUNT] and that was 2019"]


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        ("that's 4 0 1 2 8 8 8 8 8 8 8 8 1 8 8 1 8 1", "that's [CARD]"),
        ("so 401 2888888 1881, thanks", "so [CARD], thanks"),
        ("your order is 5093 4471 2260 9918", "your order is 5093 4471 2260 9918"),
        ("the case is 4012 8888", "the case is [CARD]"),
        ("the case is 4012 9999", "the case is 4012 9999"),
    ],
)
def test_a_card_that_is_misheard_when_it_is_read_back(said: str, hidden: str) -> None:
    call = talk(("C", "my card is 4012 8888 8888 1881"), ("A", said))
    assert redacted(call)[1] == hidden


def test_a_card_told_in_pieces_and_misheard_when_it_is_read_back() -> None:
    call = talk(
        ("A", "The long number, please."), ("C", "4012 8888"), ("A", "yes"), ("C", "8888 1881"),
        ("A", "so that is 4012 8888 8888 8188 1"), ("C", "and the amount is 41,288,888,818"),
    )  # fmt: skip
    assert redacted(call)[4:] == ["so that is [CARD]", "and the amount is 41,288,888,818"]


def test_the_name_that_a_chat_log_gives_a_customer() -> None:
    turns = (
        Turn(0, "customer", "Nina Patel", 0, 0, "my parcel is late"),
        Turn(1, "agent", "Agent Tom", 1, 1, "Sorry to hear that Nina, the agent is Tom."),
    )
    assert redacted(Conversation("i", "chat", "s", 1.0, turns))[1] == (
        "Sorry to hear that [NAME], the agent is Tom."
    )


class Everything:
    """Marks every text whole as an address."""

    def tag(self, texts: list[str]) -> list[tuple[PiiSpan, ...]]:
        return [(PiiSpan("address", 0, len(text)),) if text else () for text in texts]


def test_what_the_tagger_marks_gives_way_to_numbers_and_keeps_beside_postcodes() -> None:
    call = talk(("C", "card 4111 1111 1111 1111"), ("C", "12 Elm, LS1 4AB, Leeds"))
    spans = conversation_pii(call, Everything())  # type: ignore[arg-type]
    assert [span.type for span in spans[0]] == ["card"]
    assert redact(call.turns[1].text, spans[1]) == "[ADDRESS], [POSTCODE], [ADDRESS]"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n",
        "😀🎉" * 500,
        "\x00\x01\x1f\x7f",
        "我的卡号是四一一一",
        "هاتفي ٠١٢٣",
        "my card " * 5000,
    ],
)
def test_any_turn_is_read(text: str) -> None:
    call = talk(("A", text), ("C", "4111 1111 1111 1111"), ("A", text))
    assert redacted(call) == [text, "[CARD]", text]
