# SPDX-License-Identifier: EUPL-1.2
"""Somebody without an account files what its type lets anybody ask for, and comes back to it by a token."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_requests.db import confirmations, tracking
from parvis_requests.db.tables import Reporter, Tracking
from parvis_requests.domain.errors import TooManyFilingsError
from parvis_requests.service.ask_confirmation import ask_confirmation
from parvis_requests.service.keep_reporter import change_contact, keep_reporter
from parvis_requests.service.submit_request import SubmitRequest
from parvis_requests.service.tracking_token import digest_of
from parvis_requests.service.waiting_request import WaitingRequest

HOUR: Final = timedelta(hours=1)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many file in a collectivity within an hour, and how long a mail's link is good."""

    most: int
    kept: timedelta


@dataclass(frozen=True, slots=True)
class Uploader:
    """Somebody without an account who has sent files, by their token, before they file."""

    person: UUID
    token: str


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody without an account: the token is theirs alone; until when they confirm the address, if they left one."""

    person: UUID
    token: str
    confirm_before: datetime


async def file_anonymously(
    command: SubmitRequest,
    contact: Mapping[str, str],
    submit: Callable[[SubmitRequest, str], Awaitable[T]],
    *,
    bounds: Bounds,
    database: Database,
    persons: PersonKeys,
    index: BlindIndex,
    now: datetime,
    uploader: Uploader | None = None,
) -> T:
    """Welcome somebody, then submit what was checked for them; returns what ``submit`` does.

    A kill in between leaves a row that the worker removes. Raises TooManyFilingsError, or what ``submit`` raises.
    """
    async with database.unit_of_work() as uow:
        newcomer = await welcome(
            uow.session,
            command.collectivity,
            contact,
            None,
            bounds=bounds,
            persons=persons,
            index=index,
            now=now,
            uploader=uploader,
        )
        await uow.commit()
    return await submit(replace(command, author=newcomer.person), newcomer.token)


async def welcome(
    session: AsyncSession,
    collectivity: str,
    contact: Mapping[str, str],
    waiting: WaitingRequest | None,
    *,
    bounds: Bounds,
    persons: PersonKeys,
    index: BlindIndex,
    now: datetime,
    uploader: Uploader | None = None,
) -> Newcomer:
    """Keep the digest of a new token, and have the address that they left confirmed, in the caller's transaction.

    ``waiting`` is what becomes a request only then; an ``uploader`` is known, and keeps their token. Raises
    TooManyFilingsError where about so many people have filed in this collectivity within the hour as the bounds allow.
    """
    if await tracking.count_filed(session, collectivity, now - HOUR, bounds.most) >= bounds.most:
        raise TooManyFilingsError
    if uploader is None:
        uploader, reporter = await introduce(session, collectivity, contact, persons=persons, now=now)
    else:
        reporter = await session.get_one(Reporter, uploader.person)
        await change_contact(reporter, contact, persons=persons)
        await confirmations.forget(session, reporter.person)
    if "email" in contact:
        email, kept = contact["email"], bounds.kept
        await ask_confirmation(session, reporter, email, waiting, kept=kept, persons=persons, index=index, now=now)
    return Newcomer(uploader.person, uploader.token, now + bounds.kept)


async def introduce(
    session: AsyncSession, collectivity: str, contact: Mapping[str, str], *, persons: PersonKeys, now: datetime
) -> tuple[Uploader, Reporter]:
    """Somebody new with a token of their own, of which only the digest is kept; in the caller's transaction."""
    person, token = uuid7(), secrets.token_urlsafe(32)
    reporter = await keep_reporter(session, person, collectivity, contact, persons=persons, now=now)
    session.add(Tracking(digest=digest_of(token), person=person, collectivity=collectivity, created_at=now))
    await session.flush()
    return Uploader(person, token), reporter
