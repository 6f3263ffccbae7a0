from __future__ import annotations

import pytest

from cintel.language.when import find_when


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("You'll have it by Friday.", "by Friday"),
        ("within five working days", "within five working days"),
        ("Banks need 3 to 5 working days until it shows.", "3 to 5 working days"),
        ("it should be there in about twenty-four hours", "in about twenty-four hours"),
        ("set for thursday the fourteenth at two fifteen, okay",
         "for thursday the fourteenth at two fifteen"),
        ("Saturday between eight and noon.", "Saturday between eight and noon"),
        ("They expect it back by six pm tonight.", "by six pm tonight"),
        ("The invoice comes on the thirtieth.", "on the thirtieth"),
        ("It starts with your next billing cycle.", "with your next billing cycle"),
        ("We write to you by March 3rd.", "by March 3rd"),
        ("by the end of next week at the latest", "by the end of next week"),
        ("I'm doing it right away.", "right away"),
        ("I'll text you when it's fixed.", "when it's fixed"),
        ("When you land you get a text.", "When you land"),
        ("As soon as it ships, we write, and you wait.", "As soon as it ships"),
        ("booked for Tuesday 10 November at 15:30.", "for Tuesday 10 November at 15:30"),
        ("I've put you in on Wednesday at a quarter past four.",
         "on Wednesday at a quarter past four"),
        ("It goes out TONIGHT", "TONIGHT"),
    ],
)  # fmt: skip
def test_times(text: str, when: str) -> None:
    assert find_when(text) == when


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I ordered it two weeks ago.",
        "I've refunded last Friday's fee.",
        "I've refunded the charge from March 3rd.",
        "I've added five pounds as an apology.",
        "That is cheaper by five percent.",
        "I've raised your limit to six thousand.",
        "I may send the second one.",
        "It is a two year old contract, and I sat there.",
        "1 " * 2000,
        "the next " * 2000,
    ],
)
def test_no_times(text: str) -> None:
    assert find_when(text) is None
