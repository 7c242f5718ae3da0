# SPDX-License-Identifier: EUPL-1.2
"""An agent assists somebody at the counter or on the phone, who may have no account: a short while, for a reason."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity import events
from parvis_identity.db import assistances, audit
from parvis_identity.db.people import People
from parvis_identity.domain.audit import Act, Action, Thing
from parvis_identity.domain.behalf import ASSISTED, Assistance, Channel
from parvis_identity.domain.client import Audience
from parvis_identity.domain.errors import UnknownGroundError
from parvis_identity.domain.person import Identity, Person
from parvis_identity.service.on_duty import acting, check_agent, person_before
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.locale import DEFAULT
from parvis_kit.messaging import outbox
from parvis_kit.security.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Whom to assist: somebody with an account, or ``newcomer`` as they say who they are."""

    person: UUID | None
    newcomer: Identity | None
    channel: Channel
    reason: str


@dataclass(frozen=True, slots=True)
class Assist:
    """The use cases, with what they need."""

    database: Database
    persons: PersonKeys
    index: BlindIndex

    async def begin(self, session: AsyncSession, caller: Principal, wanted: Wanted, now: datetime) -> Assistance:
        """Begin, in the caller's transaction; raises NotForThisCallerError or UnknownPersonError.

        Somebody without account gets a file of their own that nobody can sign in to.
        """
        check_agent(caller)
        people = People(session, self.index)
        if wanted.person:
            person, key = await person_before(session, people, self.persons, caller, wanted.person, now)
        else:
            person, key = await self._newcomer(session, people, caller, wanted.newcomer or Identity(), now)
        begun = Assistance(
            id=uuid7(),
            collectivity=caller.collectivity,
            person=person.id,
            agent=caller.person,
            channel=wanted.channel,
            reason=wanted.reason,
            created_at=now,
            expires_at=now + ASSISTED,
        )
        await assistances.add(session, begun, key)
        on, what = Thing("assistance", str(begun.id)), {"person": [str(person.id)], "channel": [wanted.channel.value]}
        await audit.record(session, Act(Action.ASSISTANCE_BEGUN, acting(caller), on, now, caller.collectivity, what))
        return begun

    async def end(self, caller: Principal, id_: UUID, now: datetime) -> None:
        """The person has left; raises NotForThisCallerError, or UnknownGroundError where it is over or another's."""
        check_agent(caller)
        async with self.database.unit_of_work() as uow:
            if not await assistances.end(uow.session, id_, caller.person, caller.collectivity, now):
                raise UnknownGroundError
            await outbox.add(uow.session, events.ground_ended(id_, caller.collectivity, now))
            on = Thing("assistance", str(id_))
            await audit.record(uow.session, Act(Action.ASSISTANCE_ENDED, acting(caller), on, now, caller.collectivity))
            await uow.commit()

    async def _newcomer(
        self, session: AsyncSession, people: People, caller: Principal, identity: Identity, now: datetime
    ) -> tuple[Person, PersonKey]:
        person = Person(
            id=uuid7(),
            collectivity=caller.collectivity,
            language=DEFAULT,
            version=1,
            created_at=now,
            identity=identity,
        )
        key = await self.persons.of(person.id)
        await people.add(person, key)
        await outbox.add(session, events.person_registered(person, Audience.CITIZEN.value))
        return person, key
