# SPDX-License-Identifier: EUPL-1.2
"""An agent has verified, in the person's presence, that the telephone is theirs: text messages may go to it."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from parvis_identity.db import audit
from parvis_identity.db.people import People
from parvis_identity.domain.audit import Act, Action, Thing
from parvis_identity.domain.profile import PhoneDiffersError
from parvis_identity.service.on_duty import acting, check_agent, person_before
from parvis_identity.service.tell_change import tell_change
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.security.principal import Principal


@dataclass(frozen=True, slots=True)
class VerifyPhone:
    """The use case, with what it needs."""

    database: Database
    persons: PersonKeys
    index: BlindIndex

    async def verify(self, caller: Principal, person_id: UUID, number: str, now: datetime) -> None:
        """Keep that the number is the person's.

        Raises NotForThisCallerError, UnknownPersonError, or PhoneDiffersError where their account has another one, or
        none; the person sees in any case that the agent looked.
        """
        check_agent(caller)
        async with self.database.unit_of_work() as uow:
            people = People(uow.session, self.index)
            person, key = await person_before(uow.session, people, self.persons, caller, person_id, now)
            same = person.identity.phone == number
            if same:
                after = await people.change(replace(person, phone_verified_at=now), key, now)
                await tell_change(uow.session, person, after, now)
                on = Thing("person", str(person_id))
                act = Act(Action.PHONE_VERIFIED, acting(caller), on, now, caller.collectivity)
                await audit.record(uow.session, act)
            await uow.commit()
        if not same:
            raise PhoneDiffersError
