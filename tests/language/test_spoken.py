from __future__ import annotations

import pytest

from cintel.conversation import PiiSpan
from cintel.language.spoken import normalise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("four one one one", "4 1 1 1"),
        ("double five triple zero", "55 000"),
        ("four oh double seven", "4 0 77"),
        ("oh no, oh dear", "oh no, oh dear"),
        ("one, oh, two", "1, 0, 2"),
        ("twenty twenty six", "2026"),
        ("nineteen eighty-four", "1984"),
        ("nineteen oh five", "1905"),
        ("four hundred", "400"),
        ("four hundred and twenty one", "421"),
        ("two thousand and five", "2005"),
        ("4 1 1 one", "4 1 1 1"),
        ("forty one eleven", "41 11"),
        ("j a n e at example dot com", "jane@example.com"),
        ("mail jane dot smith at example dot co dot uk now", "mail jane.smith@example.co.uk now"),
        ("bob eighty four at hot mail dot com", "bob84@hotmail.com"),
        ("it is jane.smith at example.com.", "it is jane.smith@example.com."),
        ("a as in alpha, b for bravo 7", "a, b 7"),
        ("third of March", "3th of March"),
        ("on March twenty-third", "on March 23th"),
        ("my first name, second line", "my first name, second line"),
        ("look at that dot", "look at that dot"),
        ("nothing here", "nothing here"),
        ("", ""),
    ],
)
def test_normalised_text(text: str, expected: str) -> None:
    result = normalise(text)
    assert result.text == expected
    assert len(result.offsets) == len(expected)


@pytest.mark.parametrize(
    ("text", "inside", "original"),
    [
        ("ok four double one, yes", "4 11", "four double one"),
        ("born nineteen eighty four.", "1984", "nineteen eighty four"),
        ("it's j a n e at example dot com!", "jane@example.com", "j a n e at example dot com"),
        ("give b for bravo 7", "b 7", "b for bravo 7"),
        ("Grüße, eins two", "2", "two"),
    ],
)
def test_spans_lead_back(text: str, inside: str, original: str) -> None:
    result = normalise(text)
    start = result.text.index(inside)
    place = text.index(original)
    span = result.span("x", start, start + len(inside))
    assert span == PiiSpan("x", place, place + len(original))
