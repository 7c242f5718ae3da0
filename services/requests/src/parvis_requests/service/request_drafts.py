# SPDX-License-Identifier: EUPL-1.2
"""Requests that are being written: kept whatever they still lack, until they are submitted or forgotten."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_requests.db import request_drafts
from parvis_requests.db.tables import RequestDraft
from parvis_requests.domain.errors import NotFoundError, StaleVersionError, TooManyDraftsError
from parvis_requests.domain.request import Actor

MAX_DRAFTS: Final = 20
CONTENT: Final = "request_draft.content"
_BATCH: Final = 100


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft, unsealed."""

    row: RequestDraft
    content: dict[str, Any]


async def start_draft(
    session: AsyncSession,
    actor: Actor,
    content: dict[str, Any],
    files: Sequence[UUID],
    *,
    persons: PersonKeys,
    now: datetime,
) -> OpenDraft:
    """Begin one, in the caller's transaction; raises TooManyDraftsError."""
    if await request_drafts.count(session, actor) >= MAX_DRAFTS:
        raise TooManyDraftsError
    row = RequestDraft(
        id=uuid7(),
        collectivity=actor.collectivity,
        author=actor.person,
        content=await _sealed(persons, actor, content),
        version=1,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    await session.flush()
    await request_drafts.keep_files(session, row, files)
    return OpenDraft(row, content)


async def replace_draft(
    session: AsyncSession,
    actor: Actor,
    draft_id: UUID,
    content: dict[str, Any],
    files: Sequence[UUID],
    *,
    version: int,
    persons: PersonKeys,
    now: datetime,
) -> OpenDraft:
    """Write it anew; raises NotFoundError or StaleVersionError."""
    row = await _seen(session, actor, draft_id, version)
    row.content = await _sealed(persons, actor, content)
    row.version, row.updated_at = row.version + 1, now
    await session.flush()
    await request_drafts.keep_files(session, row, files)
    return OpenDraft(row, content)


async def drop_draft(session: AsyncSession, actor: Actor, draft_id: UUID, *, version: int) -> None:
    """Forget it; raises NotFoundError or StaleVersionError."""
    await request_drafts.remove(session, await _seen(session, actor, draft_id, version))


async def forget_draft(session: AsyncSession, actor: Actor, draft_id: UUID) -> None:
    """Forget it once it was submitted; safe to repeat."""
    try:
        await request_drafts.remove(session, await request_drafts.one(session, actor, draft_id, lock=True))
    except NotFoundError:
        return


async def read_draft(session: AsyncSession, actor: Actor, draft_id: UUID, *, persons: PersonKeys) -> OpenDraft:
    """One draft of the actor's own; raises NotFoundError."""
    row = await request_drafts.one(session, actor, draft_id)
    return await _opened(persons, row)


async def list_drafts(session: AsyncSession, actor: Actor, *, persons: PersonKeys) -> list[OpenDraft]:
    """All drafts of the actor's own, the latest first."""
    return [await _opened(persons, row) for row in await request_drafts.own(session, actor, MAX_DRAFTS)]


async def forget_drafts(database: Database, before: datetime) -> int:
    """Forget those that nobody has changed since; returns how many."""
    total = 0
    while True:
        async with database.unit_of_work() as uow:
            gone = await request_drafts.remove_old(uow.session, before, _BATCH)
            await uow.commit()
        total += gone
        if gone < _BATCH:
            return total


async def _seen(session: AsyncSession, actor: Actor, draft_id: UUID, version: int) -> RequestDraft:
    row = await request_drafts.one(session, actor, draft_id, lock=True)
    if row.version != version:
        raise StaleVersionError
    return row


async def _sealed(persons: PersonKeys, actor: Actor, content: dict[str, Any]) -> bytes:
    return (await persons.of(actor.person)).seal(CONTENT, json.dumps(content, ensure_ascii=False))


async def _opened(persons: PersonKeys, row: RequestDraft) -> OpenDraft:
    return OpenDraft(row, json.loads((await persons.of(row.author)).open(CONTENT, row.content)))
