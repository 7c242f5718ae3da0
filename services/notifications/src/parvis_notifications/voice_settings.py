# SPDX-License-Identifier: EUPL-1.2
"""Settings of calls that say a text: their providers, and how often somebody is called."""

from datetime import time
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from parvis_notifications.chat_settings import ChatSettings
from parvis_notifications.clock_settings import ClockSettings
from parvis_notifications.domain.quiet_hours import QuietHours


class VoiceProviderSettings(BaseModel):
    """One provider of calls."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$", description="The town's own word for it: shown with calls")
    kind: Literal["twilio"] = Field(
        default="twilio",
        description="The protocol: the Calls resource of Twilio's REST API, which others serve as well",
    )
    url: str = Field(default="https://api.twilio.com", description="Address without a path")
    account: str = Field(min_length=1, max_length=100, description="Account SID")
    secret: SecretStr = Field(description="Its token, with which the provider signs what it brings back, too")
    sender: str = Field(pattern=r"^\+[1-9][0-9]{7,14}$", description="The number that calls, in E.164")
    minute_millicents: int = Field(
        default=0,
        ge=0,
        description="Thousandths of a eurocent that a begun minute costs, where the provider does not say",
    )
    per_second: float = Field(default=1, gt=0, le=1_000, description="Calls a second that the contract allows")
    detects_machines: bool = Field(
        default=True,
        description="Whether the provider is asked to tell people from answering machines: a machine is no answer, and"
        " hears the text after its greeting",
    )

    @model_validator(mode="after")
    def _is_reached_by_http(self) -> Self:
        address = urlsplit(self.url)
        if address.scheme not in {"http", "https"} or not address.hostname:
            raise ValueError("a provider of calls has an address of https://, or of http:// in a private network")
        return self

    @property
    def signing(self) -> SecretStr:
        """With what it signs what it brings."""
        return self.secret


class VoiceSettings(ChatSettings, ClockSettings):
    """Part of the settings of notifications."""

    voice_providers: tuple[VoiceProviderSettings, ...] = Field(
        default=(),
        description="Providers of calls as JSON, in the order in which they are used: the next one steps in while one"
        " is in trouble; none: nobody is called. The api needs them, too: it checks what they sign",
    )
    voice_timeout_seconds: float = Field(
        default=20, gt=0, le=60, description="Longest wait for the answer of a provider of calls"
    )
    voice_ring_seconds: int = Field(
        default=30, ge=5, le=120, description="So long a telephone rings before nobody has answered"
    )
    voice_attempts: int = Field(
        default=3,
        ge=1,
        le=10,
        description="So often somebody is called for one alert, or for one message, whose line is busy, or who does not"
        " answer, or whose answering machine does; no more once it is over, or of no use",
    )
    voice_pause_minutes: float = Field(default=5, gt=0, le=120, description="Between two of these calls")
    voice_settle_seconds: float = Field(
        default=120,
        ge=0,
        le=3_600,
        description="So long after an answer was lost a provider that knows of no such call has never had it, and it is"
        " made again; longer than the wait for an answer",
    )
    voice_ask_hours: float = Field(
        default=2, gt=0, le=24, description="Age up to which providers are asked what became of a call"
    )
    voice_lanes: int = Field(
        default=1,
        ge=1,
        le=50,
        description="Calls of messages to one person handed over at a time; they wait while alerts have calls to make",
    )
    voice_give_up_hours: float = Field(
        default=24, gt=0, le=72, description="Age at which the call of a message that no provider has taken has failed"
    )
    voice_from: time = Field(
        default=time(8),
        description="From then on, by the town's clocks (time_zones), people are called for what is no alert, unless"
        " they have quiet hours of their own: calls that come earlier wait",
    )
    voice_until: time = Field(
        default=time(21), description="Until then they are called; the same as voice_from: around the clock"
    )
    alert_voice_lanes: int = Field(default=4, ge=1, le=50, description="Calls of alerts handed over at a time")

    def voice_rest(self, collectivity: str) -> QuietHours | None:
        """When nobody of a town is called who has not said otherwise; None: never."""
        if self.voice_from == self.voice_until:
            return None
        return QuietHours(self.voice_until, self.voice_from, self.time_zone(collectivity))

    @field_validator("voice_providers")
    @classmethod
    def _each_voice_once(cls, value: tuple[VoiceProviderSettings, ...]) -> tuple[VoiceProviderSettings, ...]:
        if len({each.name for each in value}) < len(value):
            raise ValueError("two providers bear one name")
        return value
