# SPDX-License-Identifier: EUPL-1.2
"""The ways into one's own account: which there are, one more by a provider, one less.

Whoever finds a browser signed in must not make the account theirs: both need that the person signed in just now.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from parvis_identity.db import audit, identity_links, identity_proofs, sessions
from parvis_identity.db.identity_links import Link
from parvis_identity.db.people import People
from parvis_identity.domain.audit import Act, Action, Thing, citizen
from parvis_identity.domain.errors import (
    LastWayInError,
    NotRecentError,
    Refusal,
    RefusedError,
    UnknownLinkError,
)
from parvis_identity.domain.letter import Purpose
from parvis_identity.domain.opaque import fingerprint
from parvis_identity.domain.session import Session
from parvis_identity.domain.sign_in import Vouched
from parvis_identity.service.reconcile import Reconcile
from parvis_kit.crypto.persons import KeyDestroyedError
from parvis_kit.db.database import Database
from parvis_kit.logs import logger

_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class LinkIdentity:
    """The use cases, with what they need."""

    database: Database
    reconcile: Reconcile

    async def links(self, person: UUID) -> list[Link]:
        """The identities of providers by which the person comes in, the oldest first; at most fifty."""
        async with self.database.reading() as session:
            return await identity_links.of_person(session, person)

    async def finish(self, vouched: Vouched, cookie: str | None, asked_in: UUID, now: datetime) -> None:
        """Link what the provider vouched for to the account of the browser's session; raises RefusedError.

        Args:
            vouched: what the provider says.
            cookie: the secret of the session that the browser has.
            asked_in: the session in which the person asked for it, which must be that one.
            now: the present time.
        """
        async with self.database.unit_of_work() as uow:
            here = await sessions.find(uow.session, fingerprint(cookie or ""))
            if here is None or here.id != asked_in or not here.recent(now):
                raise RefusedError(Refusal.NOT_RECENT)
            try:
                await self.reconcile.link(uow.session, here.person, vouched, now)
            except KeyDestroyedError as error:
                raise RefusedError(Refusal.ERASED) from error
            await uow.commit()
        _log.info("identity_linked", provider=vouched.provider)

    async def unlink_in(self, here: Session, link: UUID, now: datetime) -> None:
        """The same in a browser that is signed in; raises NotRecentError besides."""
        if not here.recent(now):
            raise NotRecentError
        await self.unlink(here.person, link, now)

    async def unlink(self, person: UUID, link: UUID, now: datetime) -> None:
        """Unlink, for somebody who signed in just now; raises UnknownLinkError or LastWayInError.

        What was verified of the person counts no longer: else the next sign-in would link it again by itself.
        """
        async with self.database.unit_of_work() as uow:
            # Held, so that two browsers cannot take away the last two ways at once.
            await People(uow.session, self.reconcile.index).lock(person)
            if not await identity_links.remove(uow.session, person, link):
                raise UnknownLinkError
            if not await identity_links.ways_in(uow.session, person):
                raise LastWayInError
            await identity_proofs.end(uow.session, person, now)
            await self.reconcile.tell(uow.session, Purpose.IDENTITY_UNLINKED, person, now)
            on = Thing("person", str(person))
            await audit.record(uow.session, Act(Action.IDENTITY_UNLINKED, citizen(person), on, now))
            await uow.commit()
        _log.info("identity_unlinked")
