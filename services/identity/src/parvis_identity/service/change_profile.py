# SPDX-License-Identifier: EUPL-1.2
"""People change what is theirs to change of their own account."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from parvis_identity.db import audit, identity_proofs
from parvis_identity.db.people import People
from parvis_identity.domain.audit import Act, Action, Actor, Thing
from parvis_identity.domain.profile import StalePersonError, changed_by_themselves, topics_changed
from parvis_identity.service.hold_person import hold_person
from parvis_identity.service.read_person import Account
from parvis_identity.service.tell_change import tell_change
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database


@dataclass(frozen=True, slots=True)
class ChangeProfile:
    """The use case, with what it needs."""

    database: Database
    persons: PersonKeys
    index: BlindIndex

    async def change(self, by: Actor, wanted: Mapping[str, str | None], version: int | None, now: datetime) -> Account:
        """Put the wanted values in place, and tell which are new.

        Args:
            by: the person.
            wanted: values by the names of the identity's members, or ``language``.
            version: the one that the person saw; None takes whichever there is.
            now: the present time.

        Raises StalePersonError, UnknownPersonError, or CertifiedError where the civil status is vouched for.
        """
        person_id = UUID(by.id)
        async with self.database.unit_of_work() as uow:
            people = People(uow.session, self.index)
            before, key = await hold_person(people, self.persons, person_id)
            if version not in {None, before.version}:
                raise StalePersonError
            certifier = await identity_proofs.certifier(uow.session, person_id)
            person = changed_by_themselves(before, wanted, certifier)
            if person != before:
                person = await people.change(person, key, now)
                what = {"members": sorted(topics_changed(before, person))}
                on = Thing("person", str(person_id))
                await audit.record(uow.session, Act(Action.PROFILE_CHANGED, by, on, now, details=what))
                await tell_change(uow.session, before, person, now)
            await uow.commit()
        return Account(person=person, certifier=certifier, membership=None)
