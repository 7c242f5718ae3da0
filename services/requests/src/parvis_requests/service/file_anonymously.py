# SPDX-License-Identifier: EUPL-1.2
"""Somebody without an account files what its type lets anybody ask for, and comes back to it by a token."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_requests.db import tracking
from parvis_requests.db.tables import Tracking
from parvis_requests.db.tracking import Tracked
from parvis_requests.domain.errors import NotFoundError, TooManyFilingsError
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.keep_reporter import keep_reporter
from parvis_requests.service.submit_request import SubmitRequest, check_submission

HOUR: Final = timedelta(hours=1)
_MAX_LENGTH: Final = 200
T = TypeVar("T")


async def file_anonymously(
    command: SubmitRequest,
    submit: Callable[[SubmitRequest, str], Awaitable[T]],
    *,
    most: int,
    catalogues: Catalogues,
    database: Database,
    persons: PersonKeys,
    now: datetime,
) -> T:
    """Keep the digest of a new token, then submit for whoever gets it; returns what ``submit`` does.

    What is refused leaves nothing behind, and does not count. A kill in between leaves a row that the worker removes.
    Raises what :func:`check_submission` raises, TooManyFilingsError where about ``most`` people without an account have
    filed in this collectivity within the hour, or what ``submit`` raises.
    """
    collectivity = command.collectivity
    check_submission(command, await catalogues.of(collectivity))
    person, token = uuid7(), secrets.token_urlsafe(32)
    async with database.unit_of_work() as uow:
        if await tracking.count_filed(uow.session, collectivity, now - HOUR, most) >= most:
            raise TooManyFilingsError
        await keep_reporter(uow.session, person, collectivity, {}, persons=persons, now=now)
        uow.session.add(Tracking(digest=digest_of(token), person=person, collectivity=collectivity, created_at=now))
        await uow.commit()
    return await submit(replace(command, author=person), token)


async def follow_token(session: AsyncSession, token: str) -> Tracked:
    """What the token follows; raises NotFoundError."""
    found = await tracking.by_digest(session, digest_of(token)) if 0 < len(token) <= _MAX_LENGTH else None
    if found is None:
        raise NotFoundError
    return found


def digest_of(token: str) -> bytes:
    """What is kept of a token. It is 32 random bytes: nothing is gained by a slow hash."""
    return sha256(token.encode()).digest()
