# SPDX-License-Identifier: EUPL-1.2
"""Another e-mail address of one's own account, confirmed by a code that is sent to it; and none any more.

Where people sign in with their address, it changes with the account's. The address before is told, so that a thief
cannot keep it quiet.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from hmac import digest as hmac_digest
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import audit, email_changes, identity_proofs, letters, local_accounts
from parvis_identity.db.email_changes import Wanted
from parvis_identity.db.people import People
from parvis_identity.domain.audit import Act, Action, Actor, Thing
from parvis_identity.domain.email_change import (
    LIFE,
    EmailSignsInError,
    EmailTakenError,
    NoEmailChangeError,
    WrongEmailCodeError,
)
from parvis_identity.domain.letter import Letter, Purpose
from parvis_identity.domain.person import Person, normal_email
from parvis_identity.domain.typed_code import new_code
from parvis_identity.service.hold_person import hold_person
from parvis_identity.service.letters import Letters
from parvis_identity.service.read_person import Account
from parvis_identity.service.tell_change import tell_change
from parvis_identity.service.throttle import Throttle
from parvis_kit.crypto.keys import BlindIndex, MasterKey
from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.logs import logger

_COLUMN = "email_change.address"
_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class ChangeEmail:
    """The use cases, with what they need."""

    database: Database
    master: MasterKey
    persons: PersonKeys
    index: BlindIndex
    letters: Letters
    throttle: Throttle

    async def ask(self, session: AsyncSession, by: Actor, email: str, now: datetime) -> datetime:
        """Send a code to the address, in the caller's transaction; returns until when it works.

        Nothing is said, or different, where the address has an account: that comes out for who reads its letters
        alone. Raises UnknownPersonError, or TooManyAttemptsError for who asks too often or for one address too often.
        """
        people, person_id = People(session, self.index), UUID(by.id)
        person, key = await hold_person(people, self.persons, person_id)
        recipient = self.throttle.recipient(people.email_index(email), Purpose.EMAIL_CODE)
        await self.throttle.require(session, self.throttle.email_change(person_id), recipient, now=now)
        code = new_code()
        wanted = Wanted(key.seal(_COLUMN, email), self._hash(person_id, code))
        await email_changes.put(session, person_id, wanted, now, LIFE)
        await self.letters.wish(session, _letter(Purpose.EMAIL_CODE, person, email, code), now, LIFE)
        await _record(session, by, Action.EMAIL_CHANGE_ASKED, now)
        return now + LIFE

    async def wanted(self, person_id: UUID, now: datetime) -> str | None:
        """The address whose code is waited for."""
        async with self.database.reading() as session:
            sealed = await email_changes.address(session, person_id, now)
        return (await self.persons.of(person_id)).open(_COLUMN, sealed) if sealed else None

    async def confirm(self, by: Actor, code: str, now: datetime) -> Account:
        """Take the address over for the code that was sent to it, once.

        Raises WrongEmailCodeError, NoEmailChangeError where no code works any more, EmailTakenError where somebody
        else signs in with the address, or UnknownPersonError.
        """
        async with self.database.unit_of_work() as uow:
            people, person_id = People(uow.session, self.index), UUID(by.id)
            person, key = await hold_person(people, self.persons, person_id)
            wanted = await email_changes.try_once(uow.session, person_id, now)
            if wanted is None:
                raise NoEmailChangeError
            if not compare_digest(wanted.code_hash, self._hash(person_id, code)):
                await _record(uow.session, by, Action.EMAIL_CODE_REFUSED, now)
                await uow.commit()  # the try counts
                raise WrongEmailCodeError
            await email_changes.remove(uow.session, person_id)
            after = await self._take(uow.session, by, person, key, key.open(_COLUMN, wanted.address), now)
            certifier = await identity_proofs.certifier(uow.session, person_id)
            await uow.commit()
        return Account(person=after, certifier=certifier, membership=None)

    async def remove(self, by: Actor, now: datetime) -> Account:
        """Have no address any more; raises EmailSignsInError or UnknownPersonError."""
        async with self.database.unit_of_work() as uow:
            people, person_id = People(uow.session, self.index), UUID(by.id)
            person, key = await hold_person(people, self.persons, person_id)
            if await local_accounts.of_person(uow.session, person_id):
                raise EmailSignsInError
            if person.identity.email:
                await self._tell(uow.session, Purpose.EMAIL_REMOVED, person, now)
                await email_changes.remove(uow.session, person_id)
                person = await self._put(uow.session, person, key, None, now)
                await _record(uow.session, by, Action.EMAIL_REMOVED, now)
            certifier = await identity_proofs.certifier(uow.session, person_id)
            await uow.commit()
        return Account(person=person, certifier=certifier, membership=None)

    async def _take(
        self, session: AsyncSession, by: Actor, person: Person, key: PersonKey, email: str, now: datetime
    ) -> Person:
        index = People(session, self.index).email_index(email)
        try:
            await local_accounts.change_email(session, person.id, key.seal("email", email), index)
        except IntegrityError as error:
            raise EmailTakenError from error
        same = normal_email(person.identity.email or "") == normal_email(email)
        if not same:
            await self._tell(session, Purpose.EMAIL_CHANGED, person, now)
        await _record(session, by, Action.EMAIL_VERIFIED if same else Action.EMAIL_CHANGED, now)
        return await self._put(session, person, key, email, now)

    async def _put(
        self, session: AsyncSession, person: Person, key: PersonKey, email: str | None, now: datetime
    ) -> Person:
        known = person.known_as(replace(person.identity, email=email))
        wanted = replace(known, email_verified_at=now if email else None, own=person.own | {"email"})
        after = await People(session, self.index).change(wanted, key, now)
        await tell_change(session, person, after, now)
        return after

    async def _tell(self, session: AsyncSession, purpose: Purpose, person: Person, now: datetime) -> None:
        before = person.identity.email
        if before:
            await letters.forget_links(session, People(session, self.index).email_index(before))
            await self.letters.wish(session, _letter(purpose, person, before), now)

    def _hash(self, person_id: UUID, code: str) -> bytes:
        return hmac_digest(self.master.derive("email-code"), person_id.bytes + code.encode(), sha256)


def _letter(purpose: Purpose, person: Person, recipient: str, code: str | None = None) -> Letter:
    return Letter(
        purpose=purpose, recipient=recipient, language=person.language, collectivity=person.collectivity, code=code
    )


async def _record(session: AsyncSession, by: Actor, action: Action, now: datetime) -> None:
    await audit.record(session, Act(action, by, Thing("person", by.id), now))
    _log.info(action.value.replace("-", "_"))
