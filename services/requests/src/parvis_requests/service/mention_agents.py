# SPDX-License-Identifier: EUPL-1.2
"""A note names agents, who are told and find the request in their queue."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging import outbox
from parvis_requests import events
from parvis_requests.db import mentions
from parvis_requests.db.tables import Mention
from parvis_requests.domain.errors import MentionError
from parvis_requests.domain.request import Request, Visibility


async def mention_agents(
    session: AsyncSession,
    request: Request,
    message_id: UUID,
    visibility: Visibility,
    agents: Sequence[UUID],
    now: datetime,
) -> list[UUID]:
    """Name them, each once, in the transaction of the note; returns whom.

    Whom it names reads the request from then on, even one that only its team does (domain.access).
    Raises MentionError for anybody else, and outside of a note.
    """
    named = sorted(set(agents))
    if not named:
        return []
    if visibility is not Visibility.INTERNAL:
        raise MentionError
    if await mentions.known(session, request.collectivity, named) != frozenset(named):
        raise MentionError
    await session.flush()
    for agent in named:
        session.add(
            Mention(message_id=message_id, agent=agent, request_id=request.id, collectivity=request.collectivity)
        )
        await outbox.add(session, events.agent_mentioned(request, message_id, agent, now))
    return named
