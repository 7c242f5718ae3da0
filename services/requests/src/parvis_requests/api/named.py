# SPDX-License-Identifier: EUPL-1.2
"""Views with the names of the agents in them, for agents: the public reads none."""

from pydantic import Field

from parvis_kit.web.cursor import Page
from parvis_requests.api.schemas import HistoryEntryView, MessageView, RequestView
from parvis_requests.domain.colleague import Directory
from parvis_requests.domain.request import Actor


class MessagePage(Page[MessageView]):
    """A page of a conversation."""

    names_known: bool | None = Field(default=None, description="To agents: whether names of agents are known now.")


def named_request(view: RequestView, actor: Actor, directory: Directory) -> RequestView:
    """A request with the name of the agent who has it."""
    if not actor.is_agent:
        return view
    named = {"assignee_label": directory.name(view.assignee), "names_known": directory.known}
    return view.model_copy(update=named)


def named_entry(view: HistoryEntryView, directory: Directory) -> HistoryEntryView:
    """An act with the names of who did it, and of whom it gave the request to."""
    return view.model_copy(
        update={
            "agent_label": directory.name(view.agent),
            "acted_by_label": directory.name(view.acted_by) if view.on_behalf == "agent" else None,
            "assignee_label": directory.name(view.assignee),
        }
    )


def named_message(view: MessageView, directory: Directory) -> MessageView:
    """A message with the names of who wrote it, and of whom it names."""
    mentioned = [directory.name(agent) for agent in view.mentions]
    return view.model_copy(update={"agent_label": directory.name(view.agent), "mention_labels": mentioned})
