# SPDX-License-Identifier: EUPL-1.2
"""An agent says until when holds what a request was granted, corrects it, or takes it back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.clocks import clock_of
from parvis_kit.messaging import outbox
from parvis_requests import events
from parvis_requests.db import requests
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.errors import StaleVersionError
from parvis_requests.domain.request import Actor
from parvis_requests.domain.validity import Validity
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.complete_file import form_of


@dataclass(frozen=True, slots=True)
class Granting:
    """Until when the grant of that request holds, in the version that the agent saw; None: no day any more."""

    request_id: UUID
    version: int
    validity: Validity | None


async def set_validity(
    session: AsyncSession, actor: Actor, said: Granting, *, catalogues: Catalogues, now: datetime
) -> Row:
    """Note it, in the caller's transaction, and tell it: whoever reminds the person goes by the newest day.

    Raises NotAllowedError, NotFoundError, StaleVersionError, ValidityError, or TransitionError before the end.
    """
    agent = for_agents(actor)
    row = await requests.one(session, agent, said.request_id, lock=True)
    if row.version != said.version:
        raise StaleVersionError
    before = requests.entity(row)
    before.ended((await form_of(session, row, catalogues)).workflow)
    validity = said.validity.checked(now) if said.validity else None
    after = before.after_word()
    await requests.save(session, after, now)
    row.valid_until_on = validity.until_on if validity else None
    requests.record(session, after, agent, "validity", now)
    remind_at = validity.reminder_at(now, clock_of(row.collectivity)) if validity else None
    told = {
        "valid_until_on": validity.until_on.isoformat() if validity else None,
        "remind_at": events.instant(remind_at) if remind_at else None,
    }
    await outbox.add(session, events.about(after, "request-validity-set", now, **told))
    await session.flush()
    await session.refresh(row)
    return row
