from __future__ import annotations

from datetime import datetime, time

import pytest

from cintel.errors import SettingsError
from cintel.insight import BusinessHours


def seconds(hours, start, end):
    return hours.seconds(hours.moment(start), hours.moment(end))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2025-03-07T10:00", "2025-03-07T10:05", 300),
        ("2025-03-07T08:00", "2025-03-07T09:30", 1800),
        ("2025-03-07T16:30", "2025-03-10T09:10", 2400),
        ("2025-03-08T08:00", "2025-03-09T20:00", 0),
        ("2025-03-03T00:00", "2025-03-10T00:00", 5 * 8 * 3600),
        ("2025-03-07T10:05", "2025-03-07T10:00", 0),
    ],
)
def test_office_hours(start, end, expected):
    assert seconds(BusinessHours(), start, end) == expected


def test_night_shift_belongs_to_the_day_it_opens():
    night = BusinessHours(time(22), time(6), days=(4,))
    assert seconds(night, "2025-03-07T00:00", "2025-03-09T00:00") == 8 * 3600
    assert seconds(night, "2025-03-08T05:00", "2025-03-08T09:00") == 3600


def test_round_the_clock_with_a_clock_change():
    always = BusinessHours(time(0), time(0), tuple(range(7)), "Europe/London")
    assert seconds(always, "2025-03-30T00:00", "2025-03-31T00:00") == 23 * 3600
    assert seconds(always, "2025-10-26T00:00", "2025-10-27T00:00") == 25 * 3600


def test_offsets_are_respected_and_missing_ones_are_local():
    hours = BusinessHours(timezone="America/New_York")
    assert hours.moment("2025-03-07T09:00") == hours.moment("2025-03-07T14:00+00:00")
    assert hours.moment("2025-03-07T09:00:00Z") == datetime.fromisoformat("2025-03-07T09:00:00Z")


@pytest.mark.parametrize("days", [(), (7,), (-1, 0)])
def test_bad_days(days):
    with pytest.raises(SettingsError, match="Monday is 0"):
        BusinessHours(days=days)


@pytest.mark.parametrize("name", ["Europe/Atlantis", "../etc", ""])
def test_bad_time_zone(name):
    with pytest.raises(SettingsError, match="IANA name"):
        BusinessHours(timezone=name)
