# SPDX-License-Identifier: EUPL-1.2
"""Settings of the clocks by which towns live."""

from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from parvis_kit.settings import ServiceSettings
from parvis_notifications.domain.errors import UnknownTimeZoneError
from parvis_notifications.domain.quiet_hours import zone

_PARIS = "Europe/Paris"


class ClockSettings(ServiceSettings):
    """Part of the settings of notifications."""

    time_zones: dict[str, str] = Field(
        default={},
        description="By collectivity, the IANA time zone of its clocks, such as Indian/Reunion, as its administrators"
        " chose it for its pages; Paris where it is not named. By it nobody is called or texted at night, digests go at"
        " 8, and messages, calendar files, letters, alerts (CAP) and records tell the time. The days of legal periods"
        " are of Paris everywhere",
    )

    def time_zone(self, collectivity: str) -> str:
        """By whose clocks people of that town live."""
        return self.time_zones.get(collectivity, _PARIS)

    def clock(self, collectivity: str) -> ZoneInfo:
        """The same, to tell the time by."""
        return zone(self.time_zone(collectivity))

    @field_validator("time_zones")
    @classmethod
    def _known(cls, value: dict[str, str]) -> dict[str, str]:
        for name in value.values():
            try:
                zone(name)
            except UnknownTimeZoneError as error:
                message = f"unknown time zone {name}"
                raise ValueError(message) from error
        return value
