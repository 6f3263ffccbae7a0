from __future__ import annotations

import pytest

from cintel.insight.rising import recent_days, signals


@pytest.mark.parametrize(("days", "recent"), [(1, 1), (7, 1), (8, 2), (27, 6), (28, 7), (400, 7)])
def test_a_week_or_a_quarter_of_a_shorter_history(days: int, recent: int) -> None:
    assert recent_days(days) == recent


def test_new_is_what_nobody_had_before() -> None:
    assert signals({"a": 3, "b": 2}, {"c": 4}, 20, 80) == {"a": "new"}


def test_rising_is_more_than_chance() -> None:
    # 12 of 50 against 10 of 200: one-sided Fisher p = 0.0002; 4 of 50 against 10 of 200: p = 0.30.
    assert signals({"a": 12, "b": 4}, {"a": 10, "b": 10}, 50, 200) == {"a": "rising"}


def test_one_test_of_many_needs_a_smaller_chance() -> None:
    # 6 of 50 against 8 of 200: p = 0.037, enough alone, not as the best of ten.
    assert signals({"a": 6}, {"a": 8}, 50, 200) == {"a": "rising"}
    others = {f"o{number}": 4 for number in range(9)}
    earlier = dict.fromkeys(others, 16)
    assert signals({"a": 6, **others}, {"a": 8, **earlier}, 50, 200) == {}


def test_few_conversations_are_not_rising_however_rare_before() -> None:
    assert signals({"a": 4}, {"a": 1}, 50, 5000) == {}
    assert signals({"a": 5}, {"a": 1}, 50, 5000) == {"a": "rising"}


def test_a_trifle_is_not_rising_however_significant() -> None:
    # 24 % of 10,000 against 20 % of 40,000: certain, and 1.2 times as much.
    assert signals({"a": 2400}, {"a": 8000}, 10_000, 40_000) == {}
    assert signals({"a": 2600}, {"a": 8000}, 10_000, 40_000) == {"a": "rising"}


def test_without_an_earlier_time_there_is_no_signal() -> None:
    assert signals({"a": 9}, {}, 9, 0) == {}
    assert signals({}, {"a": 9}, 0, 9) == {}
    assert signals({}, {}, 0, 0) == {}
