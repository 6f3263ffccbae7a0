from __future__ import annotations

import pytest

from cintel.language.sentences import split_sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I paid. It failed!  Why?", ["I paid.", "It failed!", "Why?"]),
        ("Mr. Okafor called at 5 p.m. on Monday. It cost 4.50.",
         ["Mr. Okafor called at 5 p.m. on Monday.", "It cost 4.50."]),
        ("Um, so, yeah, my card is gone", ["my card is gone"]),
        ("Hi there, I lost it", ["I lost it"]),
        ("No one came.", ["No one came."]),
        ("No, nobody came.", ["nobody came."]),
        ("There's a charge I don't know.", ["There's a charge I don't know."]),
        ("So far nothing works.", ["So far nothing works."]),
        ("first\nsecond", ["first", "second"]),
        ("okay", []),
        ("", []),
    ],
)  # fmt: skip
def test_sentences(text: str, expected: list[str]) -> None:
    assert split_sentences(text) == expected


def test_long_speech_without_stops_is_cut_at_clauses() -> None:
    text = (
        "i ordered a phone two weeks ago and i paid for next day delivery but it never came and "
        "i called you about it on monday because they told me to wait and now the tracking page "
        "shows nothing at all"
    )
    assert split_sentences(text) == [
        "i ordered a phone two weeks ago",
        "i paid for next day delivery",
        "it never came",
        "i called you about it on monday",
        "because they told me to wait",
        "now the tracking page shows nothing at all",
    ]
