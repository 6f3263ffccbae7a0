from __future__ import annotations

import pytest

from cintel.language.grounding import fault

CITED = (
    "I was charged twice for the hotel in Lisbon, fifty dollars each. "
    "I've refunded the second charge, Mr. Okafor, you'll have it by friday within 5 days. "
    "The number is four four one nine seven."
)


@pytest.mark.parametrize(
    "statement",
    [
        "The customer was charged twice for a hotel in Lisbon.",
        "Charged two times for the hotel, $50.00 each.",
        "The agent refunded the second charge; Okafor has it by Friday.",
        "The second charge is refunded within five days.",
        "The number is 44197.",
    ],
)
def test_what_the_turns_bear(statement: str) -> None:
    assert fault(statement, CITED) is None


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("The customer was charged $80 for the hotel.", "number 80 is"),
        ("The second charge is refunded within ten days.", "number 10 is"),
        ("The number is 44198.", "number 44198 is"),
        ("The hotel in Porto charged the customer twice.", "Porto is"),
        ("Maria Silva was charged twice for the hotel.", "Silva is"),
        ("Maria Okafor was charged twice for the hotel.", "Maria is"),
        ("The second charge is refunded tomorrow.", "tomorrow is"),
        ("The customer gets a voucher for the hotel charge.", "voucher is"),
        (
            "The agent was polite and solved everything quickly.",
            "is not what the turns it cites say",
        ),
        ("The customer.", "is not what the turns it cites say"),
        ("", "is not what the turns it cites say"),
    ],
)
def test_what_they_do_not(statement: str, why: str) -> None:
    found = fault(statement, CITED)
    assert found is not None
    assert found.startswith(why)
