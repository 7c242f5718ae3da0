# SPDX-License-Identifier: EUPL-1.2
"""Where messages of participation send their readers."""

from pydantic import Field, field_validator

from parvis_kit.settings import ServiceSettings


class LinkSettings(ServiceSettings):
    """Pages of the town's portal, unless Parvis has one."""

    participation_url: str = Field(
        default="{public_url}/v1/collectivities/{collectivity}/{kind}/{id}",
        description="Where a message about a petition, or about what somebody follows, sends its reader: a page of the"
        " town's portal; {public_url}, {collectivity}, {kind} (as petitions) and {id} stand for their values",
    )
    discussion_url: str = Field(
        default="{public_url}/v1/collectivities/{collectivity}/threads/{thread}/{id}/page",
        description="Where a message about comments sends its reader: Parvis' own page of the discussion, unless the"
        " town's portal has one; {public_url}, {collectivity}, {thread} (`proposal`, `project` or `consultation`) and"
        " {id}, of what is discussed, stand for their values",
    )

    @field_validator("discussion_url")
    @classmethod
    def _only_values_of_threads(cls, value: str) -> str:
        value.format(public_url="", collectivity="", thread="", id="")
        return value
