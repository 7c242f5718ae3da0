# SPDX-License-Identifier: EUPL-1.2
"""A mention is taken back: who read a request for it alone reads it no more, and the file says that they did.

What was to tell them of it and still waits does not go: the event has it called off.
What was taken back while another note named them is told again once none does: their message held for that note.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging import outbox
from parvis_requests import events
from parvis_requests.db import mentions, requests
from parvis_requests.domain.access import reads_all
from parvis_requests.domain.errors import NotMentionedError
from parvis_requests.domain.request import Actor, Visibility
from parvis_requests.domain.work_queue import for_agents

WITHDRAWN: Final = "unmention"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """In which notes an agent is named no more, and whether those of others name them still."""

    messages: list[UUID]
    still_mentioned: bool


async def withdraw_mention(
    session: AsyncSession, actor: Actor, request_id: UUID, named: UUID, now: datetime
) -> Withdrawal:
    """Take back each mention of an agent by the caller, by a supervisor each by anybody, in the caller's transaction.

    Raises NotAllowedError, NotFoundError, or NotMentionedError where there is none to take back.
    """
    agent = for_agents(actor)
    row = await requests.one(session, agent, request_id, lock=True)
    by = None if reads_all(agent) else agent.person
    messages = await mentions.withdraw(session, row.id, named, by, now)
    if not messages:
        raise NotMentionedError
    after = requests.entity(row).after_word()
    await requests.save(session, after, now)
    requests.record(session, after, agent, WITHDRAWN, now, Visibility.INTERNAL)
    await session.flush()
    still = await mentions.in_force(session, row.id, named)
    for message_id in messages:
        await outbox.add(session, events.mention_withdrawn(after, message_id, named, now, still_mentioned=still))
    for message_id in [] if still else await mentions.outlived(session, row.id, named, messages):
        again = events.mention_withdrawn(after, message_id, named, now, still_mentioned=False, again=True)
        await outbox.add(session, again)
    return Withdrawal(messages, still)
