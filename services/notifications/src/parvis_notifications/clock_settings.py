# SPDX-License-Identifier: EUPL-1.2
"""Settings of the clocks by which people are left to sleep."""

from pydantic import Field, field_validator

from parvis_kit.settings import ServiceSettings
from parvis_notifications.domain.errors import UnknownTimeZoneError
from parvis_notifications.domain.quiet_hours import zone

_PARIS = "Europe/Paris"


class ClockSettings(ServiceSettings):
    """Part of the settings of notifications."""

    time_zones: dict[str, str] = Field(
        default={},
        description="By collectivity, the IANA time zone of its clocks, such as Indian/Reunion, by which nobody is"
        " called or texted at night; Paris where it is not named. Appointments, digests and all times that messages say"
        " are of Paris everywhere",
    )

    def time_zone(self, collectivity: str) -> str:
        """By whose clocks people of that town live."""
        return self.time_zones.get(collectivity, _PARIS)

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
