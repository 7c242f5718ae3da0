# SPDX-License-Identifier: EUPL-1.2
"""Settings of what goes to browsers (web push)."""

from pydantic import Field, SecretStr, field_validator

from parvis_notifications.inbound_settings import InboundSettings
from parvis_outside.destination import networks


class PushSettings(InboundSettings):
    """Part of the settings of notifications."""

    push_private_keys: tuple[SecretStr, ...] = Field(
        default=(),
        description="Private keys on P-256 by which push services know this deployment (RFC 8292), as JSON, each 32"
        " bytes in base64url: browsers subscribe for the first, and are reached by the others as long as they are"
        " here; none: no web push",
    )
    push_contact: str = Field(
        default="",
        description="Where push services reach the operators, mailto: or https: (RFC 8292); empty: the public URL",
    )
    push_allowed_networks: str = Field(
        default="",
        description="Private networks whose push services are used, also over http; none but where one tries it out",
    )
    push_service_hosts: str = Field(
        default="fcm.googleapis.com,push.services.mozilla.com,push.apple.com,notify.windows.com",
        description="Push services that browsers are told by, and all hosts below them: those of Chromium, Firefox,"
        " Safari and Edge; empty: any, so that whoever has an account has messages handed to a host of their own,"
        " which may take long for each",
    )
    push_limit: int = Field(default=10, ge=1, le=50, description="Browsers that one person may have told in a town")
    push_lanes: int = Field(default=8, ge=1, le=100, description="Notifications handed to push services at a time")
    alert_push_lanes: int = Field(
        default=32, ge=1, le=200, description="Notifications of alerts handed to push services at a time"
    )
    news_push_lanes: int = Field(
        default=2, ge=1, le=50, description="Notifications of news to many handed to push services at a time"
    )
    push_timeout_seconds: float = Field(default=10, gt=0, le=60, description="Longest wait for a push service")
    push_keep_hours: float = Field(
        default=72, gt=0, le=672, description="How long push services keep a notification for a browser that is away"
    )
    push_give_up_hours: float = Field(
        default=24, gt=0, le=72, description="Age at which a notification that no push service has taken has failed"
    )

    def push_hosts(self) -> frozenset[str]:
        """The push services that are used; none: all."""
        return frozenset(each.strip().lower() for each in self.push_service_hosts.split(",") if each.strip())

    @field_validator("push_contact")
    @classmethod
    def _a_contact(cls, value: str) -> str:
        if value and not value.startswith(("mailto:", "https:")):
            raise ValueError("mailto: or https:, as RFC 8292 section 2.1 has it")
        return value

    @field_validator("push_allowed_networks")
    @classmethod
    def _networks_of_push_services(cls, value: str) -> str:
        networks(value)
        return value
