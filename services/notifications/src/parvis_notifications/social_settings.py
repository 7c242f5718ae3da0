# SPDX-License-Identifier: EUPL-1.2
"""Settings of the town's social accounts."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from parvis_notifications.push_settings import PushSettings


class SocialAccountSettings(BaseModel):
    """One account on which a town publishes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$", description="The town's own word for it: shown with its posts")
    collectivity: str = Field(pattern=r"^[a-z][a-z0-9-]{1,31}$", description="Whose account it is")
    kind: Literal["mastodon"] = Field(
        default="mastodon", description="The protocol: Mastodon's REST API, which other servers of the fediverse have"
    )
    url: str = Field(pattern=r"^https?://[!-~]+[^/]$", description="Address of the server, without a path")
    token: SecretStr = Field(
        description="Token of the account with the scopes write:statuses, read:statuses and read:accounts"
    )
    language: Literal["fr", "en"] = Field(default="fr", description="In which it publishes, where there are both")
    topics: tuple[str, ...] | None = Field(
        default=None, description="Topics whose news are published on it; null: of all"
    )
    alerts: bool = Field(default=True, description="Whether alerts are published on it")
    most_characters: int = Field(
        default=500, ge=200, le=100_000, description="Longest post that the server takes, in characters"
    )


class SocialSettings(PushSettings):
    """Part of the settings of notifications."""

    social_accounts: tuple[SocialAccountSettings, ...] = Field(
        default=(),
        description="The towns' social accounts as JSON, on which news and alerts are published where an agent says so",
    )
    social_timeout_seconds: float = Field(
        default=15, gt=0, le=60, description="Longest wait for the server of a social account"
    )

    @field_validator("social_accounts")
    @classmethod
    def _each_account_once(cls, value: tuple[SocialAccountSettings, ...]) -> tuple[SocialAccountSettings, ...]:
        if len({each.name for each in value}) < len(value):
            raise ValueError("two social accounts bear one name")
        return value
