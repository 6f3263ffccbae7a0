from __future__ import annotations

from cintel.language.topic_names import name_groups

KETTLE = [
    "I want a refund, the kettle has a broken lid.",
    "The broken lid of my kettle, can I get a refund?",
    "My kettle came with a broken lid!",
    "A refund for the kettle please.",
]
ACCOUNT = [
    "I am locked out of my account.",
    "My account is locked and the password is wrong.",
    "My password does not work, I am locked out.",
]


def test_names_are_what_is_frequent_here_and_rare_elsewhere() -> None:
    every = [*KETTLE, *ACCOUNT]
    assert name_groups([KETTLE, ACCOUNT], every, []) == [
        "kettle, broken lid, refund", "locked, account, password",
    ]  # fmt: skip


def test_the_order_of_groups_and_texts_changes_no_name() -> None:
    every = [*ACCOUNT[::-1], *KETTLE]
    assert name_groups([ACCOUNT[::-1], KETTLE[::-1]], every, []) == [
        "locked, account, password", "kettle, broken lid, refund",
    ]  # fmt: skip


def test_a_word_that_only_one_says_is_in_no_name() -> None:
    texts = ["Karen lost a parcel", "the parcel is lost", "lost parcel"]
    assert "karen" not in name_groups([texts], texts, [])[0]


def test_no_two_names_are_the_same() -> None:
    texts = [
        "lost parcel in the rain by the window", "lost parcel with the rain and a garden window",
    ] * 2  # fmt: skip
    first = name_groups([texts], texts, [])[0]
    assert first == "lost parcel, rain, window"
    longer = f"{first}, garden"
    assert name_groups([texts, texts], texts, [first]) == [longer, f"{first} 2"]


def test_texts_without_words_get_a_number() -> None:
    assert name_groups([["12", "34"], ["…"]], ["12", "34", "…"], []) == ["topic 2", "topic 3"]
    assert name_groups([], [], []) == []


def test_words_of_any_language_make_names() -> None:
    texts = ["meine überweisung fehlt", "die überweisung fehlt noch", "überweisung fehlt"]
    assert name_groups([texts], texts, []) == ["überweisung fehlt"]
