# SPDX-License-Identifier: EUPL-1.2
"""Read requests, with their sealed parts opened; an agent's look at one file is told to the person concerned."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.keyset import Position, Slice
from parvis_kit.messaging import outbox
from parvis_requests import access_events
from parvis_requests.db import appeals, certified, requests
from parvis_requests.db.requests import Filters
from parvis_requests.db.tables import Appeal, Attachment
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.certified import CertifiedAnswer
from parvis_requests.domain.request import Actor
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.certify_answer import opened
from parvis_requests.service.form import Form


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A request with its answers readable; ``answers`` is None once the author's data were erased."""

    row: Row
    form: Form
    answers: dict[str, Any] | None
    attachments: Sequence[Attachment]
    appeals: Sequence[Appeal]
    certified: Sequence[CertifiedAnswer] = ()


async def read_request(
    session: AsyncSession, actor: Actor, request_id: UUID, *, persons: PersonKeys, catalogues: Catalogues
) -> OpenRequest:
    """One request that the actor may read; raises NotFoundError."""
    row = await requests.one(session, actor, request_id)
    return (await _opened(session, actor, [row], persons, catalogues))[0]


async def reopen_acted(
    session: AsyncSession, actor: Actor, row: Row, *, persons: PersonKeys, catalogues: Catalogues
) -> OpenRequest:
    """The one that the actor has just acted on, as it then is: by that act it may have left what they may read."""
    return (await _opened(session, actor, [row], persons, catalogues))[0]


async def list_requests(
    session: AsyncSession,
    actor: Actor,
    filters: Filters,
    position: Position | None,
    limit: int,
    *,
    persons: PersonKeys,
    catalogues: Catalogues,
) -> Slice[OpenRequest]:
    """One page of the requests that the actor may read: a few look-ups, whatever its length."""
    page = await requests.page(session, actor, filters, position, limit)
    return Slice(await _opened(session, actor, page.rows, persons, catalogues), page.next, page.previous)


async def record_access(session: AsyncSession, row: Row, agent: Actor, now: datetime) -> None:
    """Tell that an agent has read this file."""
    await outbox.add(session, access_events.data_accessed(requests.entity(row), agent.person, now))


async def record_opening(session: AsyncSession, row: Row, agent: Actor, now: datetime) -> None:
    """The same of an agent who opens it whole: what its author added is read, too."""
    await record_access(session, row, agent, now)
    await requests.mark_read(session, row.id)


async def _opened(
    session: AsyncSession, actor: Actor, rows: Sequence[Row], persons: PersonKeys, catalogues: Catalogues
) -> list[OpenRequest]:
    forms = await catalogues.forms_of(session, {requests.form_key(row) for row in rows})
    keys = await persons.of_many({row.author for row in rows})
    attachments = await requests.attachments(session, [row.id for row in rows], internal=actor.is_agent)
    contested = await appeals.of_requests(session, [row.id for row in rows])
    # Few types have any: the others cost no look-up.
    # Whatever the form says now: what another town had certified came with its request.
    joined = await certified.of_requests(session, [row.id for row in rows]) if rows else {}
    return [
        OpenRequest(
            row,
            forms[requests.form_key(row)],
            json.loads(key.open("request.answers", row.answers)) if (key := keys.get(row.author)) else None,
            attachments.get(row.id, []),
            contested.get(row.id, []),
            [opened(each, key) for each in joined.get(row.id, [])] if key else (),
        )
        for row in rows
    ]
