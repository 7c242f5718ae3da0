# SPDX-License-Identifier: EUPL-1.2
"""Somebody who comes by FranceConnect, or has an account already, takes over what a town brought of them.

Nothing that a town brought was ever verified, so no sign-in finds it by itself: anybody could be given another's. The
link of its letter shows that they read the letters to its address, and their name must be the one that the town wrote.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from parvis_identity.db.people import People
from parvis_identity.domain.errors import Refusal, RefusedError, UnknownPersonError
from parvis_identity.domain.imported import Imported
from parvis_identity.domain.letter import Purpose
from parvis_identity.domain.person import Person, normal_email
from parvis_identity.domain.session import Session
from parvis_identity.service.hold_person import hold_person
from parvis_identity.service.letters import Letters
from parvis_identity.service.take_over import TakeOver
from parvis_identity.service.tell_change import tell_change
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database


class NothingToClaimError(Exception):
    """What waits at that address is about somebody of another name, or was taken over already."""


@dataclass(frozen=True, slots=True)
class ClaimImported:
    """The use case, with what it needs."""

    database: Database
    persons: PersonKeys
    index: BlindIndex
    letters: Letters
    imported: TakeOver

    async def claim(self, secret: str, here: Session, now: datetime) -> None:
        """It is theirs from now on; the link stays good for another try where it is not.

        Raises RefusedError for a link that opens nothing or an erased account, or NothingToClaimError.
        """
        async with self.database.unit_of_work() as uow:
            letter = await self.letters.behind(uow.session, secret, now, Purpose.ACTIVATION)
            await self.letters.spend(uow.session, secret, now)
            people = People(uow.session, self.index)
            try:
                person, key = await hold_person(people, self.persons, here.person)
            except UnknownPersonError as error:
                raise RefusedError(Refusal.ERASED) from error
            found = await self.imported.waiting(uow.session, letter.recipient, person.identity)
            if not found:
                raise NothingToClaimError
            after = _reached(person, letter.recipient, [imported for _, imported in found], now)
            if after != person:
                after = await people.change(after, key, now)
                await tell_change(uow.session, person, after, now)
            await self.imported.claim(uow.session, person, [pending for pending, _ in found], now)
            await uow.commit()


def _reached(person: Person, address: str, found: list[Imported], now: datetime) -> Person:
    # Contact points alone, where the account has none: its civil status was verified, and the town's word never was.
    identity, own = person.identity, person.own
    if identity.phone is None and "phone" not in own:
        identity = replace(identity, phone=next((one.identity.phone for one in found if one.identity.phone), None))
    if identity.email is None:
        identity, own = replace(identity, email=address), own | {"email"}
    reached = replace(person.known_as(identity), own=own)
    # They have just shown that they read the letters to it.
    read = normal_email(identity.email or "") == normal_email(address)
    return replace(reached, email_verified_at=reached.email_verified_at or now) if read else reached
