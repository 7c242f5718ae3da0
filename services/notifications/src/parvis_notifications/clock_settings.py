# SPDX-License-Identifier: EUPL-1.2
"""Settings of the clocks by which towns live."""

from zoneinfo import ZoneInfo

from pydantic import AliasChoices, Field, field_validator

from parvis_kit.settings import ServiceSettings
from parvis_notifications.domain.errors import UnknownTimeZoneError
from parvis_notifications.domain.quiet_hours import zone

_PARIS = "Europe/Paris"


class ClockSettings(ServiceSettings):
    """Part of the settings of notifications."""

    # The name that only notifications read at first is still taken.
    time_zones: dict[str, str] = Field(
        default={},
        validation_alias=AliasChoices("PARVIS_TIME_ZONES", "PARVIS_NOTIFICATIONS_TIME_ZONES", "time_zones"),
        description=ServiceSettings.model_fields["time_zones"].description,
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
