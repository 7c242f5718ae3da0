# SPDX-License-Identifier: EUPL-1.2
"""People ask for their account to be erased (GDPR, article 17), and can take that back until it is done.

Nothing is taken away yet: the worker does it once the days are over. At the counter an agent asks for it who has the
demand in writing and has seen a document; the person is written to, and stops it by a link without any sign-in.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import audit, erasures, memberships, merges
from parvis_identity.db.people import People
from parvis_identity.domain.audit import ANYBODY, Act, Action, Actor, Thing
from parvis_identity.domain.erasure import (
    FEWEST_BY_AGENT,
    Erasure,
    ErasureWaitsError,
    NobodyToTellError,
    StaffErasureError,
    StoppedBy,
    UnknownErasureError,
)
from parvis_identity.domain.errors import NotForThisCallerError, Refusal, RefusedError, UnknownPersonError
from parvis_identity.domain.letter import Purpose
from parvis_identity.domain.opaque import fingerprint, new_opaque
from parvis_identity.domain.person import Person
from parvis_identity.domain.pivot import Document
from parvis_identity.service.erasure_letters import ErasureLetters
from parvis_identity.service.hold_person import hold_person
from parvis_identity.service.leave_everything import LeaveEverything
from parvis_identity.service.on_duty import acting, check_agent, person_before
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import KeyDestroyedError, PersonKey, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.logs import logger
from parvis_kit.security.principal import Principal

_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Erasures:
    """The use cases, with what they need."""

    database: Database
    persons: PersonKeys
    index: BlindIndex
    letters: ErasureLetters
    leaving: LeaveEverything
    waiting: timedelta

    async def ask(self, session: AsyncSession, by: Actor, now: datetime) -> Erasure:
        """One's own account, in the caller's transaction; the person is written to at once.

        Raises UnknownPersonError, ErasureWaitsError, and LastRepresentativeError or LastAdministratorError for who
        has to hand something over first.
        """
        person_id = UUID(by.id)
        await self.leaving.check(session, person_id)
        person, key = await hold_person(People(session, self.index), self.persons, person_id)
        return await self._put(session, by, person, key, self._wanted(person, now, self.waiting))

    async def ask_for(
        self, session: AsyncSession, caller: Principal, person_id: UUID, document: Document, now: datetime
    ) -> Erasure:
        """The same on somebody's written demand.

        Raises NotForThisCallerError as well, also for one's own account, StaffErasureError, and NobodyToTellError.
        """
        check_agent(caller)
        if person_id == caller.person:
            raise NotForThisCallerError
        people = People(session, self.index)
        person, key = await person_before(session, people, self.persons, caller, person_id, now)
        if await memberships.all_of(session, person_id):
            raise StaffErasureError
        await self.leaving.check(session, person_id)
        waiting = max(self.waiting, FEWEST_BY_AGENT)
        wanted = self._wanted(person, now, waiting, document=document, agent=caller.person)
        return await self._put(session, acting(caller), person, key, wanted)

    async def waits(self, person_id: UUID) -> Erasure | None:
        """The person's that waits."""
        async with self.database.reading() as session:
            return await erasures.of_person(session, person_id)

    async def take_back(self, by: Actor, now: datetime) -> None:
        """The person keeps their account; raises UnknownErasureError where nothing waits."""
        await self._stop(by, UUID(by.id), StoppedBy.PERSON, now)

    async def cancel(self, caller: Principal, person_id: UUID, now: datetime) -> None:
        """An agent takes it back; raises NotForThisCallerError, UnknownPersonError or UnknownErasureError."""
        check_agent(caller)
        async with self.database.unit_of_work() as uow:
            people = People(uow.session, self.index)
            await person_before(uow.session, people, self.persons, caller, person_id, now)
            await uow.commit()
        await self._stop(acting(caller), person_id, StoppedBy.AGENT, now)

    async def to_object(self, secret: str) -> None:
        """Raises RefusedError unless the link of a letter can still stop an erasure."""
        async with self.database.reading() as session:
            if await erasures.behind(session, fingerprint(secret)) is None:
                raise RefusedError(Refusal.LINK_USED)

    async def call_off(self, secret: str, now: datetime) -> None:
        """Whoever reads the letters to the account stops it; raises RefusedError as above."""
        async with self.database.unit_of_work() as uow:
            erasure = await erasures.stop_behind(uow.session, fingerprint(secret), now)
            if erasure is None:
                raise RefusedError(Refusal.LINK_USED)
            await self._stopped(uow.session, ANYBODY, erasure, StoppedBy.LETTER, now)
            await uow.commit()

    def _wanted(
        self,
        person: Person,
        now: datetime,
        waiting: timedelta,
        *,
        document: Document | None = None,
        agent: UUID | None = None,
    ) -> Erasure:
        return Erasure(
            id=uuid7(),
            person=person.id,
            collectivity=person.collectivity,
            document=document,
            agent=agent,
            created_at=now,
            due_at=now + waiting,
        )

    async def _put(self, session: AsyncSession, by: Actor, person: Person, key: PersonKey, wanted: Erasure) -> Erasure:
        now, secret = wanted.created_at, new_opaque()
        if await merges.successor(session, person.id) != person.id:
            raise UnknownPersonError  # of this one nothing is left: the account that it went into is the person's
        if not await erasures.add(session, wanted, fingerprint(secret)):
            raise ErasureWaitsError
        for merge in await merges.discard_of(session, person.id, now):
            on = Thing("account-merge", str(merge.id))
            await audit.record(session, Act(Action.MERGE_DISCARDED, by, on, now, merge.collectivity))
        due_at, life = wanted.due_at, wanted.due_at - now
        told = await self.letters.tell(
            session, person, key, Purpose.ERASURE_ASKED, now, due_at=due_at, secret=secret, life=life
        )
        if wanted.agent and not told:
            raise NobodyToTellError
        what = {"document": wanted.document.value} if wanted.document else {}
        await record(session, Action.ERASURE_ASKED, by, wanted, now, **what)
        _log.info("erasure_asked", by=by.kind)
        return wanted

    async def _stop(self, by: Actor, person_id: UUID, stopped: StoppedBy, now: datetime) -> None:
        async with self.database.unit_of_work() as uow:
            erasure = await erasures.stop_of(uow.session, person_id, stopped, now)
            if erasure is None:
                raise UnknownErasureError
            await self._stopped(uow.session, by, erasure, stopped, now)
            await uow.commit()

    async def _stopped(
        self, session: AsyncSession, by: Actor, erasure: Erasure, stopped: StoppedBy, now: datetime
    ) -> None:
        await record(session, Action.ERASURE_CANCELLED, by, erasure, now, by=stopped.value)
        try:
            key = await self.persons.of(erasure.person)
        except KeyDestroyedError:
            return  # by an operator's hand: nobody is there to be written to
        person = await People(session, self.index).find(erasure.person, key)
        if person:
            await self.letters.tell(session, person, key, Purpose.ERASURE_CANCELLED, now)
        _log.info("erasure_cancelled", by=stopped.value)


async def record(
    session: AsyncSession, action: Action, actor: Actor, erasure: Erasure, now: datetime, **details: str
) -> None:
    """Keep it in the audit trail, in the caller's transaction."""
    on, what = Thing("person", str(erasure.person)), {"erasure": [str(erasure.id)]}
    what |= {name: [value] for name, value in details.items()}
    await audit.record(session, Act(action, actor, on, now, erasure.collectivity, what))
