# SPDX-License-Identifier: EUPL-1.2
"""Settings of messages in rooms of a messenger: the homeservers that carry them."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from parvis_kit.settings import ServiceSettings


class ChatProviderSettings(BaseModel):
    """One homeserver that knows this deployment as an application service, or one user of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$", description="The town's own word for it: shown with messages")
    kind: Literal["matrix"] = Field(
        default="matrix", description="The protocol: Matrix's Client-Server and Application Service APIs"
    )
    url: str = Field(pattern=r"^https?://[!-~]+[^/]$", description="Address of the homeserver, without a path")
    user_id: str = Field(
        pattern=r"^@[a-z0-9._=/+-]{1,100}:[!-~]{1,150}$",
        description="The user that writes for the town, such as @mairie:ville.example: registered at the homeserver,"
        " and in the application service's namespace where it is not its own",
    )
    as_token: SecretStr = Field(description="`as_token` of the registration: by it Parvis calls the homeserver")
    hs_token: SecretStr = Field(
        description="`hs_token` of the registration: by it the homeserver brings what happens in the rooms"
    )
    collectivities: tuple[str, ...] | None = Field(
        default=None, description="Those for which this user writes; null: all of the deployment"
    )
    message_millicents: int = Field(
        default=0, ge=0, description="Thousandths of a eurocent that a message costs, where a homeserver is paid so"
    )
    per_second: float = Field(default=10, gt=0, le=1_000, description="Messages a second that the homeserver takes")

    @field_validator("as_token", "hs_token")
    @classmethod
    def _not_to_be_guessed(cls, value: SecretStr) -> SecretStr:
        if not 20 <= len(value.get_secret_value()) <= 500:  # noqa: PLR2004 - as long as other secrets
            raise ValueError("a token has 20 to 500 characters")
        return value


class ChatSettings(ServiceSettings):
    """Part of the settings of notifications."""

    chat_providers: tuple[ChatProviderSettings, ...] = Field(
        default=(),
        description="Homeservers of the messenger as JSON, in the order in which they are used: the next one steps in"
        " while one is in trouble; none: nobody is written to in a messenger. The api needs them, too: it knows by them"
        " who brings what happens in the rooms",
    )
    chat_timeout_seconds: float = Field(
        default=15, gt=0, le=60, description="Longest wait for an answer of a homeserver"
    )
    chat_lanes: int = Field(default=4, ge=1, le=50, description="Messages in rooms handed over at a time")
    alert_chat_lanes: int = Field(
        default=16, ge=1, le=100, description="Messages of alerts in rooms handed over at a time"
    )
    news_chat_lanes: int = Field(default=2, ge=1, le=50, description="Messages of news in rooms handed over at a time")
    chat_give_up_hours: float = Field(
        default=12, gt=0, le=72, description="Age at which a message in a room that no homeserver has taken has failed"
    )

    @field_validator("chat_providers")
    @classmethod
    def _each_homeserver_once(cls, value: tuple[ChatProviderSettings, ...]) -> tuple[ChatProviderSettings, ...]:
        if len({each.name for each in value}) < len(value):
            raise ValueError("two homeservers bear one name")
        return value
