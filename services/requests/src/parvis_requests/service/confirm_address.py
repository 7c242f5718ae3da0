# SPDX-License-Identifier: EUPL-1.2
"""Somebody without an account confirms their address: what they filed becomes a request, with that instant as its date.

The law takes a person for heard who is identified, by the ways that the town opens (CRPA, articles L112-8 and L112-9):
that is the case from the confirmation on, and the period of L231-4 and R112-5 counts from there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_kit.messaging import outbox
from parvis_kit.web.idempotency import IdempotentCall
from parvis_requests import events
from parvis_requests.db import attachments, confirmations, follows, requests, retention
from parvis_requests.db.hot import AlreadyAnsweredError, Submission
from parvis_requests.db.tables import Confirmation
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.request import Actor
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.follow_alone import FollowingAlone, begin_to_follow
from parvis_requests.service.submit_request import store_request
from parvis_requests.service.tracking_token import digest_of
from parvis_requests.service.waiting_request import CONTENT, WaitingRequest

_BATCH: Final = 100
# Whoever confirms has it stored at once; what is left after that time was interrupted.
_INTERRUPTED: Final = timedelta(seconds=30)
_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether an address is confirmed, and the reference of what was filed by it, once it is stored, or is followed."""

    collectivity: str
    confirmed: bool
    reference: str | None
    follows: str | None = None


class Confirming:
    """Confirms addresses, and stores what waited for them."""

    def __init__(self, database: Database, catalogues: Catalogues, persons: PersonKeys, index: BlindIndex) -> None:
        self._database = database
        self._catalogues = catalogues
        self._persons = persons
        self._index = index
        self._submission = Submission(database)

    async def standing(self, token: str, now: datetime) -> Standing:
        """How things stand, which changes nothing: programs open links to look; raises NotFoundError."""
        async with self._database.reading() as session:
            row = _good(await confirmations.by_digest(session, digest_of(token)), now)
            request = await confirmations.request_of(session, row)
            followed = await confirmations.followed_by(session, row)
        return Standing(
            row.collectivity,
            row.confirmed_at is not None,
            request.reference if request else None,
            followed.reference if followed else None,
        )

    async def confirm(self, token: str, now: datetime) -> Standing:
        """Confirm, then store; however often, it is done once. Raises NotFoundError.

        A kill in between leaves a confirmed address whose request :meth:`store_interrupted` stores.
        """
        async with self._database.unit_of_work() as uow:
            row = await self._locked(uow.session, token, now)
            if row.confirmed_at is None and row.follows:
                reporter = await confirmations.confirm(uow.session, row, now)
                parts = FollowingAlone(self._catalogues, self._persons, self._index)
                await begin_to_follow(uow.session, reporter, row.follows, parts, now)
            elif row.confirmed_at is None:
                # Before the request is there: the first mail about it goes to a confirmed address.
                await confirmations.confirm(uow.session, row, now)
                filed = await confirmations.request_of(uow.session, row)
                if filed is not None:
                    # Its receipt could go nowhere; what waits until now has one of its own when it is stored.
                    told = events.address_confirmed(requests.entity(filed), row.id, row.sent + 1, now)
                    await outbox.add(uow.session, told)
            await uow.commit()
        await self._store(row.id)
        return await self.standing(token, now)

    async def store_interrupted(self, now: datetime) -> int:
        """Store what was confirmed and is not stored yet; returns how many. One that fails holds up no other."""
        async with self._database.reading() as session:
            waiting = await confirmations.waiting(session, now - _INTERRUPTED, _BATCH)
        stored = 0
        for id_ in waiting:
            try:
                await self._store(id_)
                stored += 1
            except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
                _log.warning("confirmed_not_stored", confirmation=str(id_), error=type(error).__name__)
        return stored

    async def _locked(self, session: AsyncSession, token: str, now: datetime) -> Confirmation:
        found = _good(await confirmations.by_digest(session, digest_of(token)), now)
        if found.follows:
            # Before who is to follow it: so does whoever destroys the request.
            await follows.find(session, Actor.service(found.collectivity), found.follows)
        return _good(await confirmations.one(session, found.id, lock=True), now)

    async def _store(self, confirmation_id: UUID) -> None:
        async with self._database.unit_of_work() as uow:
            row = await confirmations.one(uow.session, confirmation_id, lock=True)
            if row is None or row.content is None or row.confirmed_at is None:
                return
            if await confirmations.request_of(uow.session, row) is None:
                try:
                    content = (await self._persons.of(row.person)).open(CONTENT, row.content)
                    waiting = WaitingRequest.model_validate_json(content)
                    form = (await self._catalogues.forms_of(uow.session, [waiting.key]))[waiting.key]
                    owner = Actor(row.person, row.collectivity, is_agent=False)
                    # What an antivirus has taken away meanwhile joins no more.
                    sound = await attachments.sound(uow.session, owner, waiting.files)
                    await store_request(
                        waiting.command(row.collectivity, row.person, sound),
                        form,
                        waiting.area_ref,
                        IdempotentCall(sha256(row.id.bytes).digest(), "confirmAddress", str(row.id), b""),
                        lambda _: b"",
                        catalogue=await self._catalogues.of(row.collectivity),
                        persons=self._persons,
                        submission=self._submission,
                        index=self._index,
                        now=row.confirmed_at,
                    )
                except (AlreadyAnsweredError, KeyDestroyedError):
                    pass  # it was stored a moment ago, or nobody can read it any more
            row.content = row.token = None
            await uow.commit()


async def forget_confirmations(database: Database, now: datetime) -> int:
    """Delete what nobody has confirmed in time, with the key of whoever filed it; returns how many rows went."""
    total = 0
    while True:
        async with database.unit_of_work() as uow:
            over = await confirmations.expired(uow.session, now, _BATCH)
            ids = [row.id for row in over]
            for person, collectivity in await confirmations.remove_unfiled(uow.session, ids):
                await retention.destroy(uow.session, collectivity, retention.KEY, [person])
            await confirmations.remove(uow.session, ids)
            await uow.commit()
        total += len(ids)
        if len(ids) < _BATCH:
            return total


def _good(row: Confirmation | None, now: datetime) -> Confirmation:
    if row is None or (row.confirmed_at is None and row.expires_at <= now):
        raise NotFoundError
    return row
