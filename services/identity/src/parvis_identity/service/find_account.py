# SPDX-License-Identifier: EUPL-1.2
"""An agent looks for the account of somebody who stands before them, by an e-mail address that they are told."""

from dataclasses import dataclass
from datetime import datetime

from parvis_identity import events
from parvis_identity.db import audit, identity_proofs
from parvis_identity.db.people import People
from parvis_identity.domain.audit import NOBODY, Act, Action, Thing
from parvis_identity.domain.person import Person
from parvis_identity.domain.pivot import Proof
from parvis_identity.service.on_duty import acting, check_agent
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.messaging import outbox
from parvis_kit.security.principal import Principal


@dataclass(frozen=True, slots=True)
class FoundAccount:
    """An account, and what its civil status is worth."""

    person: Person
    proof: Proof | None


@dataclass(frozen=True, slots=True)
class FindAccount:
    """The use case, with what it needs."""

    database: Database
    persons: PersonKeys
    index: BlindIndex

    async def by_email(self, caller: Principal, email: str, now: datetime) -> list[FoundAccount]:
        """The accounts of the agent's collectivity with exactly that address; each person can see that they were found.

        The audit trail has by what was searched and who was found, never the address. Raises NotForThisCallerError.
        """
        check_agent(caller)
        found: list[FoundAccount] = []
        async with self.database.unit_of_work() as uow:
            people = People(uow.session, self.index)
            ids = await people.with_email(email, caller.collectivity)
            for id_, key in (await self.persons.of_many(set(ids))).items():
                person = await people.find(id_, key)
                if person is None:
                    continue
                found.append(FoundAccount(person, await identity_proofs.standing(uow.session, id_)))
                told = events.data_accessed(person, caller.client_id, "account", caller.collectivity, now)
                await outbox.add(uow.session, told)
            found.sort(key=lambda account: account.person.created_at)
            what = {"by": ["email"], "found": [str(account.person.id) for account in found]}
            on = Thing("person", NOBODY)
            act = Act(Action.ACCOUNTS_SEARCHED, acting(caller), on, now, caller.collectivity, what)
            await audit.record(uow.session, act)
            await uow.commit()
        return found
