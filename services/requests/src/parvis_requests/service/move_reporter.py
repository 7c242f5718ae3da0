# SPDX-License-Identifier: EUPL-1.2
"""Somebody who filed without an account, at the collectivity to which their request goes.

There they are another person: each collectivity destroys what it keeps of them at its own time, by their key. Their
contact is sealed anew for it, with whether the address is confirmed; their tracking token, and what is still to be
confirmed, follow the request there.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_kit.ids import uuid7
from parvis_requests.db import appointments, confirmations, reporters, tracking, waits
from parvis_requests.db.tables import Reporter
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.transfer import TransferError
from parvis_requests.service.ask_confirmation import LINK, send_confirmation
from parvis_requests.service.keep_reporter import CONTACT


@dataclass(frozen=True, slots=True)
class Author:
    """Whose the request is at its receiver; ``told_by_token`` where a tracking token went with it."""

    person: UUID
    told_by_token: bool
    former: PersonKey
    key: PersonKey

    def anew(self, column: str, sealed: bytes) -> bytes:
        """What the former person's key seals, sealed with theirs; the same where they are one."""
        return sealed if self.key is self.former else self.key.seal(column, self.former.open(column, sealed))


async def nothing_ahead(session: AsyncSession, row: Row, now: datetime) -> Reporter | None:
    """Who filed it, if without an account; raises TransferError while an appointment about it holds them here.

    Their token follows the request: they could neither move nor cancel that appointment any more.
    """
    reporter = await reporters.of(session, row.collectivity, row.author)
    if reporter and await appointments.ahead_of(session, row.collectivity, row.author, now):
        raise TransferError
    return reporter


async def author_there(
    session: AsyncSession, origin: Row, collectivity: str, *, persons: PersonKeys, now: datetime
) -> Author:
    """Who the author is at that collectivity, in the caller's transaction, which holds the request.

    Raises TransferError or KeyDestroyedError.
    """
    former = await persons.of(origin.author)
    # Held before the contact is read: whoever confirms it meanwhile has done so before, or does so there.
    asked = await confirmations.of_person(session, origin.author)
    reporter = await nothing_ahead(session, origin, now)
    if reporter is None:
        return Author(origin.author, told_by_token=False, former=former, key=former)
    person = uuid7()
    key = await persons.of(person)
    session.add(
        Reporter(
            person=person,
            collectivity=collectivity,
            contact=key.seal(CONTACT, former.open(CONTACT, reporter.contact)),
            confirmed_at=reporter.confirmed_at,
            created_at=now,
        )
    )
    await session.flush()
    if asked:
        asked.person, asked.collectivity = person, collectivity
        asked.token = key.seal(LINK, former.open(LINK, asked.token)) if asked.token else None
        if asked.confirmed_at is None and asked.expires_at > now:
            # The mail that was asked for here may not have gone yet, and says where it was filed.
            await send_confirmation(session, asked, now)
    await waits.remove_about(session, origin.id)
    moved = await tracking.move(session, origin.author, person, collectivity)
    return Author(person, told_by_token=moved, former=former, key=key)
