from __future__ import annotations

from datetime import time

import pytest

from cintel.conversation import Conversation, Turn
from cintel.errors import InputError
from cintel.insight import BusinessHours
from cintel.insight.responses import response_times
from cintel.insight.timeline import timeline


def conversation(*rows, channel="call", started_at=None):
    turns = tuple(
        Turn(index, role, role, start, end, "some words here")
        for index, (role, start, end) in enumerate(rows)
    )
    return Conversation("c-7", channel, "c.wav", 1000.0, turns, started_at=started_at)


def waits(*rows, channel="call"):
    return response_times(timeline(conversation(*rows, channel=channel)))


def test_turns_of_one_side_wait_for_nobody():
    rows = ("customer", 0.0, 1.0), ("customer", 3.0, 4.0), ("agent", 6.5, 7.0)
    assert waits(*rows) == {"agent": [2.5], "customer": []}


def test_overlap_is_zero():
    assert waits(("agent", 0.0, 4.0), ("customer", 3.0, 5.0)) == {"agent": [], "customer": [0.0]}


def test_a_side_that_is_speaking_already_has_not_kept_anyone_waiting():
    rows = ("agent", 0.0, 10.0), ("customer", 4.0, 5.0), ("agent", 12.0, 13.0)
    assert waits(*rows) == {"agent": [0.0], "customer": [0.0]}


def test_other_roles_are_passed_over():
    rows = ("customer", 0.0, 1.0), ("system", 2.0, 3.0), ("unknown", 3.0, 4.0), ("agent", 5.0, 6.0)
    assert waits(*rows) == {"agent": [4.0], "customer": []}


def test_a_chat_waits_from_its_first_unanswered_message():
    rows = (
        ("agent", 0.0, 0.0),
        ("customer", 10.0, 10.0),
        ("customer", 20.0, 20.0),
        ("agent", 70.0, 70.0),
        ("agent", 75.0, 75.0),
        ("customer", 80.0, 80.0),
    )
    assert waits(*rows, channel="chat") == {"agent": [60.0], "customer": [10.0, 10.0]}


def test_nothing_said():
    assert waits(channel="email") == {"agent": [], "customer": []}


def test_business_hours_need_a_start_time():
    line = timeline(conversation(("customer", 0.0, 0.0), ("agent", 9.0, 9.0), channel="chat"))
    with pytest.raises(InputError, match="c-7: has no started_at"):
        response_times(line, BusinessHours())


def test_business_hours_over_a_clock_change():
    rows = ("customer", 0.0, 0.0), ("agent", 3 * 3600.0, 3 * 3600.0)
    chat = conversation(*rows, channel="chat", started_at="2025-03-30T00:30:00")
    hours = BusinessHours(time(0), time(3), tuple(range(7)), "Europe/London")
    # 00:30 + 3 h is 04:30 in summer time; the shop shut at 03:00, which was 1.5 h away.
    assert response_times(timeline(chat), hours)["agent"] == [1.5 * 3600]


def test_calls_ignore_business_hours():
    line = timeline(conversation(("customer", 0.0, 1.0), ("agent", 3.0, 4.0)))
    assert response_times(line, BusinessHours())["agent"] == [2.0]
