# SPDX-License-Identifier: EUPL-1.2
"""An agent extends the legal period of a request, as the text that governs it allows."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_requests.db import requests, timers
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.errors import ExtensionError, StaleVersionError
from parvis_requests.domain.request import Actor, Visibility
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.legal_timers import legal_timers
from parvis_requests.service.write_message import store_words


async def extend_period(
    session: AsyncSession,
    actor: Actor,
    request_id: UUID,
    reason: str,
    *,
    version: int,
    catalogues: Catalogues,
    persons: PersonKeys,
    now: datetime,
) -> Row:
    """Extend it once, in the caller's transaction, and tell the person why.

    Raises NotFoundError, NotAllowedError, ExtensionError, PeriodEndedError or StaleVersionError.
    """
    row = await requests.one(session, actor, request_id, lock=True)
    if row.version != version:
        raise StaleVersionError
    key = requests.form_key(row)
    form = (await catalogues.forms_of(session, [key]))[key]
    after = requests.entity(row).extended(actor, form.workflow, form.regime, now)
    if after.clock is None or form.regime is None:
        raise ExtensionError
    await requests.save(session, after, now)
    requests.record(session, after, actor, "extend", now)
    await timers.stop(session, after.id, timers.ALERT, timers.SILENCE)
    timers.start(session, after, legal_timers(after.clock, form.regime, now))
    await store_words(session, after.after_word(), actor, Visibility.PUBLIC, reason, persons=persons, now=now)
    await session.flush()
    await session.refresh(row)
    return row
