# SPDX-License-Identifier: EUPL-1.2
"""Settings of mails that gather several messages."""

from pydantic import Field, field_validator

from parvis_notifications.social_settings import SocialSettings


class DigestSettings(SocialSettings):
    """Part of the settings of notifications."""

    inbox_url: str = Field(
        default="{public_url}/v1/inbox-messages",
        description="Where a mail of several messages sends its reader: the page of the town's portal with their inbox;"
        " {public_url} stands for its value",
    )
    work_inbox_url: str = Field(
        default="{public_url}/v1/inbox-messages",
        description="The same for agents: the page of the back office with what they are told; {public_url} likewise",
    )

    @field_validator("inbox_url", "work_inbox_url")
    @classmethod
    def _the_public_url_alone(cls, value: str) -> str:
        value.format(public_url="")
        return value
