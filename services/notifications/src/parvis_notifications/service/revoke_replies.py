# SPDX-License-Identifier: EUPL-1.2
"""A reply address is taken back: what comes to it from now on is refused, and the next mails bear another."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_notifications.db import conversations
from parvis_notifications.domain.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Revoker:
    """Who takes addresses back: people theirs alone, agents those of their collectivity."""

    person: UUID
    collectivity: str
    agent: bool


async def revoke_replies(
    session: AsyncSession, revoker: Revoker, request_id: UUID, person: UUID | None, now: datetime
) -> int:
    """Each conversation about that request, or that person's alone, gets another address; returns how many did.

    In the caller's transaction. Mails that wait bear the new address; what came to the old one stays for agents.
    Raises NotFoundError where nobody was told of that request by mail, or only others than the caller.
    """
    if not revoker.agent and person not in {None, revoker.person}:
        raise NotFoundError
    whose = person if revoker.agent else revoker.person
    rows = await conversations.about(session, revoker.collectivity, request_id, whose)
    if not rows:
        raise NotFoundError
    for row in rows:
        await conversations.readdress(session, row, uuid7(), by=revoker.person, now=now)
    return len(rows)
