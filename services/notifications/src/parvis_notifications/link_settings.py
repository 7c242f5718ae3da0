# SPDX-License-Identifier: EUPL-1.2
"""Where messages of participation send their readers."""

from typing import Final

from pydantic import Field, field_validator

from parvis_kit.settings import ServiceSettings

_PARTICIPATION: Final = "{public_url}/v1/collectivities/{collectivity}/pages/{kind}/{id}"


class LinkSettings(ServiceSettings):
    """Pages of the town's portal, unless Parvis has one."""

    participation_url: str = Field(
        default=_PARTICIPATION,
        description="Where a message about a petition, or about what somebody follows, sends its reader: Parvis' own"
        " page of it, unless the town's portal has one; {public_url}, {collectivity}, {kind} (`petitions`, `proposals`,"
        " `amendments`, `processes`, `assemblies` or `meetings`) and {id} stand for their values",
    )
    discussion_url: str = Field(
        default="{public_url}/v1/collectivities/{collectivity}/threads/{thread}/{id}/page",
        description="Where a message about comments sends its reader. Unless it is set, a portal that participation_url"
        " leads to is led to with `threads/{thread}` for {kind} and `{id}/comments` for {id}, and where there is none,"
        " Parvis' own page of the discussion; {public_url}, {collectivity}, {thread} (`proposal`, `project` or"
        " `consultation`) and {id}, of what is discussed, stand for their values",
    )
    contacts: dict[str, str] = Field(
        default_factory=dict,
        description="How whom no link leads on reaches the town, by collectivity, as JSON: the address of a page, or"
        ' words in any language, {"paris": "01 42 76 40 40"}; without one a mail names the town alone',
    )

    @field_validator("discussion_url")
    @classmethod
    def _only_values_of_threads(cls, value: str) -> str:
        value.format(public_url="", collectivity="", thread="", id="")
        return value

    def participation_link(self, collectivity: str, about: str, *, kind: str | None, thread: str | None) -> str:
        """Where a message about something of that kind leads, or one about comments: to the portal, if one is set."""
        town = {"public_url": self.public_url, "collectivity": collectivity}
        if thread is None:
            return self.participation_url.format(kind=kind, id=about, **town)
        if "discussion_url" in self.model_fields_set or self.participation_url == _PARTICIPATION:
            return self.discussion_url.format(thread=thread, id=about, **town)
        return self.participation_url.format(kind=f"threads/{thread}", id=f"{about}/comments", **town)
