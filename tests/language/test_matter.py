from __future__ import annotations

from cintel.language.matter import Said, matters, words_of


def said(turn: int, text: str, score: float | None = None) -> Said:
    intents = () if score is None else ({"name": "order.refund_status", "score": score},)
    return Said("c", turn, text, (), intents)


def test_turns_with_an_intent_or_the_reason_carry_the_matter_the_surest_first() -> None:
    turns = [
        said(1, "hello there how are you today my friend"),
        said(3, "where is my refund please", 0.5),
        said(5, "the kettle came with a broken lid"),
        said(7, "the refund is still not there", 0.9),
        said(9, "i asked for my refund already", 0.7),
    ]
    assert [turn.turn for turn in matters(turns, "a broken lid")] == [5, 7, 9]
    assert [turn.turn for turn in matters(turns, None)] == [3, 7, 9]


def test_without_either_the_first_substantial_turn_of_the_opening() -> None:
    turns = [said(1, "hi there"), said(3, "um the box you sent is quite empty"), said(5, "a " * 9)]
    assert [turn.turn for turn in matters(turns, None)] == [3]
    late = [said(turn, "yes") for turn in range(4)] + [said(4, "the box you sent is quite empty")]
    assert matters(late, None) == []


def test_short_turns_and_none_at_all_carry_nothing() -> None:
    assert matters([], None) == []
    assert matters([said(1, ""), said(2, "refund please", 0.9)], None) == []


def test_personal_data_placeholders_and_fillers_are_left_out() -> None:
    text = "Um, hello. My name is Karen Mitchell, card [card number] <phone> is lost."
    span = {"type": "person", "start": text.index("Karen"), "end": text.index(", card")}
    assert words_of(Said("c", 0, text, (span,))) == "My name is , card is lost."
    assert words_of(Said("c", 0, "[name]")) == ""
