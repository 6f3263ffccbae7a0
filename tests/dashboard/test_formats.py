from __future__ import annotations

import math

import pytest

from cintel.dashboard import formats


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (59.99, "0:59"), (61, "1:01"), (3599.9, "59:59"), (3725, "1:02:05"),
     (None, "–"), (math.nan, "–")],
)  # fmt: skip
def test_clock(seconds: float | None, text: str) -> None:
    assert formats.clock(seconds) == text


def test_numbers() -> None:
    assert formats.decimal(12345.678) == "12,345.68"
    assert formats.decimal(-0.25, sign=True) == "−0.25"
    assert formats.decimal(0.25, sign=True) == "+0.25"
    assert formats.decimal(-0.001) == "0.00"
    assert formats.decimal(84.25, 0, unit=" wpm") == "84 wpm"
    assert formats.decimal(math.nan) == "–"
    assert formats.percent(0.256) == "26 %"
    assert formats.percent(None) == "–"


@pytest.mark.parametrize(
    ("started_at", "text"),
    [("2026-11-04T10:22:31-05:00", "4 Nov 2026, 10:22"), ("2026-11-04", "4 Nov 2026"),
     (None, "–"), (math.nan, "–")],
)  # fmt: skip
def test_start_times_keep_their_own_clock(started_at: object, text: str) -> None:
    assert formats.when(started_at) == text


def test_names() -> None:
    assert formats.intent("billing.dispute_charge") == "Billing · dispute charge"
    assert formats.intent("greeting") == "Greeting"
    assert formats.intent(None) == "–"
    assert formats.title("offer_help") == "Offer help"
    assert formats.title("general-service") == "General service"


def test_answers() -> None:
    assert [formats.answer(value) for value in ("yes", 3.0, 2.5, None, math.nan)] == [
        "yes", "3", "2.5", "n/a", "n/a",
    ]  # fmt: skip


def test_personal_data_gives_way_to_its_type() -> None:
    spans = [{"type": "person", "start": 0, "end": 5}, {"type": "phone", "start": 9, "end": 12}]
    assert formats.without_personal("Karen at 077.", spans) == "[person] at [phone]."
    assert formats.without_personal("Hello", []) == "Hello"
    assert formats.without_personal(None, None) == ""


def test_what_was_said_is_no_markdown() -> None:
    assert formats.plain("![x](http://a.b/c.png) *so* 5") == (
        r"\!\[x\](http\://a.b/c.png) \*so\* 5"
    )


def test_shortening_cuts_at_a_space() -> None:
    assert formats.shorten("one two three", 13) == "one two three"
    assert formats.shorten("one two, three", 13) == "one two…"
    assert formats.shorten("onetwothree", 6) == "onetw…"
    assert formats.shorten(None, 6) == ""
