"""Business hours: how many seconds of a wait fell into opening time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cintel.errors import SettingsError

WEEKDAYS = (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """Opening hours, the same on each open day.

    Attributes:
        open: local time of opening.
        close: local time of closing; not later than ``open`` means on the next day, so that
            22:00 to 06:00 is a night shift and 00:00 to 00:00 is round the clock.
        days: weekdays on which it opens, Monday is 0.
        timezone: IANA name such as ``Europe/Berlin``.
    """

    open: time = time(9)
    close: time = time(17)
    days: tuple[int, ...] = WEEKDAYS
    timezone: str = "UTC"

    def __post_init__(self) -> None:
        """Check the days and the time zone.

        Raises:
            SettingsError: a day is not 0…6, no day is open, or the time zone is not known.
        """
        if not self.days or not set(self.days) <= set(range(7)):
            raise SettingsError(
                "business hours", f"days are {self.days}", "Name at least one day, Monday is 0"
            )
        try:
            self.zone()
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise SettingsError(
                "business hours",
                f"time zone {self.timezone!r} is not known here",
                "Give an IANA name such as Europe/Berlin, or install the tzdata package",
            ) from error

    def zone(self) -> ZoneInfo:
        """The time zone itself."""
        return ZoneInfo(self.timezone)

    def moment(self, iso: str) -> datetime:
        """An ISO 8601 time; one without an offset is read as local time."""
        when = datetime.fromisoformat(iso)
        return when if when.tzinfo else when.replace(tzinfo=self.zone())

    def seconds(self, start: datetime, end: datetime) -> float:
        """Open seconds between two aware moments; days of 23 and 25 hours are counted right."""
        zone = self.zone()
        begin, stop = start.timestamp(), end.timestamp()
        day, last = start.astimezone(zone).date() - timedelta(days=1), end.astimezone(zone).date()
        inside = 0.0
        while day <= last:
            if day.weekday() in self.days:
                opened, closed = self._window(day, zone)
                inside += max(0.0, min(closed, stop) - max(opened, begin))
            day += timedelta(days=1)
        return inside

    def _window(self, day: date, zone: ZoneInfo) -> tuple[float, float]:
        """Opening and closing of one day as seconds since the epoch."""
        closing = day + timedelta(days=1) if self.close <= self.open else day
        opened = datetime.combine(day, self.open, zone)
        return opened.timestamp(), datetime.combine(closing, self.close, zone).timestamp()
