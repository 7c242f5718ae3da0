# SPDX-License-Identifier: EUPL-1.2
"""The hours of the day in which a person is left alone: messages wait until they end, and none is dropped."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from parvis_notifications.domain.errors import EmptyQuietHoursError, UnknownTimeZoneError


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From ``begins`` until ``ends``, which is not in them, by the clocks of a time zone; over midnight or not.

    Raises:
        EmptyQuietHoursError: they begin when they end.
        UnknownTimeZoneError: not a name of the IANA time zone database such as ``Europe/Paris``, or ``UTC``.
    """

    begins: time
    ends: time
    time_zone: str

    def __post_init__(self) -> None:
        if self.begins == self.ends:
            raise EmptyQuietHoursError
        zone(self.time_zone)

    def cover(self, instant: datetime) -> bool:
        """True where clocks show a time between the two."""
        shown = instant.astimezone(zone(self.time_zone)).time()
        if self.begins < self.ends:
            return self.begins <= shown < self.ends
        return shown >= self.begins or shown < self.ends

    def over_at(self, now: datetime) -> datetime | None:
        """When they end, in UTC; None where ``now`` is not in them.

        Where clocks go forward over the end, it is that much later; where they go back over it, it is the first time
        that is still to come.
        """
        if not self.cover(now):
            return None
        clock = zone(self.time_zone)
        today = now.astimezone(clock).date()
        ends = (
            datetime.combine(today + timedelta(days=days), self.ends, clock).replace(fold=fold).astimezone(UTC)
            for days in (0, 1, 2)
            for fold in (0, 1)
        )
        return min(end for end in ends if end > now and not self.cover(end))


def zone(name: str) -> ZoneInfo:
    """The time zone of that name; raises UnknownTimeZoneError."""
    # Names without a slash are links for old systems, or this host's own settings.
    if "/" not in name and name != "UTC":
        raise UnknownTimeZoneError
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UnknownTimeZoneError from error
