# SPDX-License-Identifier: EUPL-1.2
"""Another password: behind a link for who forgot theirs, or with the present one. Every session ends, everywhere."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import audit, local_accounts
from parvis_identity.db.local_accounts import LocalAccount
from parvis_identity.db.people import People
from parvis_identity.domain.audit import Act, Action, Thing, citizen
from parvis_identity.domain.errors import Refusal, RefusedError
from parvis_identity.domain.letter import Letter, Purpose
from parvis_identity.domain.opaque import fingerprint
from parvis_identity.domain.person import Person
from parvis_identity.service.end_sessions import end_everything
from parvis_identity.service.letters import Letters
from parvis_identity.service.local_sign_in import WrongPasswordError
from parvis_identity.service.passwords import Passwords
from parvis_identity.service.refused import note_refused
from parvis_identity.service.register import WeakPasswordError
from parvis_identity.service.throttle import Throttle
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.logs import logger

_log = logger(__name__)


class ChangePassword:
    """The use cases, with what they need."""

    def __init__(
        self,
        database: Database,
        persons: PersonKeys,
        index: BlindIndex,
        letters: Letters,
        passwords: Passwords,
        throttle: Throttle,
    ) -> None:
        self._database = database
        self._persons = persons
        self._index = index
        self._letters = letters
        self._passwords = passwords
        self._throttle = throttle

    async def invited(self, secret: str | None, now: datetime) -> Letter:
        """What the link was written for; raises RefusedError where it opens nothing any more."""
        async with self._database.reading() as session:
            return await self._letters.behind(session, secret, now, Purpose.RECOVERY)

    async def recover(self, secret: str | None, password: str, device: str, now: datetime) -> Letter:
        """Another password for who reads the letters to the account's address.

        Nobody is signed in by it: a second factor is asked for as ever. From now on the account knows the device of
        that secret, so that nobody's guesses make its owner wait there. Raises RefusedError, or WeakPasswordError after
        which another one can be chosen.
        """
        letter = await self.invited(secret, now)
        async with self._database.reading() as session:
            index = People(session, self._index).email_index(letter.recipient)
            account = await local_accounts.by_email(session, index)
        if account is None:
            raise RefusedError(Refusal.LINK_USED)
        person = await self._person(account)
        hashed = await self._chosen(person, letter.recipient, password)
        async with self._database.unit_of_work() as uow:
            await self._letters.spend(uow.session, secret, now)
            # Who reads these letters does not wait because others have guessed.
            await self._throttle.came_in(uow.session, self._throttle.strangers(index))
            await self._change(uow.session, account, person, letter.recipient, hashed, now)
            await local_accounts.remember_device(uow.session, fingerprint(device), account.person, now, proven=False)
            await uow.commit()
        _log.info("password_changed")
        return letter

    async def change(self, person_id: UUID, present: str, password: str, now: datetime) -> None:
        """Another password for who is signed in and knows the present one.

        Raises WrongPasswordError, TooManyAttemptsError, WeakPasswordError, or RefusedError where the person has none.
        """
        async with self._database.reading() as session:
            account = await local_accounts.of_person(session, person_id)
        if account is None:
            raise RefusedError(Refusal.NO_PASSWORD)
        # Counted apart from the guesses of strangers: whoever is signed in is known.
        count = self._throttle.settings(person_id)
        await self._throttle.take(count, now=now)
        if not await self._passwords.verify(account, present):
            await note_refused(self._database, Action.PASSWORD_REFUSED, person_id, now, by=citizen(person_id))
            raise WrongPasswordError
        person = await self._person(account)
        email = (await self._persons.of(person_id)).open("email", account.email)
        hashed = await self._chosen(person, email, password)
        async with self._database.unit_of_work() as uow:
            await self._throttle.came_in(uow.session, count)
            await self._change(uow.session, account, person, email, hashed, now)
            await uow.commit()
        _log.info("password_changed")

    async def _person(self, account: LocalAccount) -> Person:
        try:
            key = await self._persons.of(account.person)
        except KeyDestroyedError as error:
            raise RefusedError(Refusal.ERASED) from error
        async with self._database.reading() as session:
            person = await People(session, self._index).find(account.person, key)
        if person is None:
            raise RefusedError(Refusal.ERASED)
        return person

    async def _chosen(self, person: Person, email: str, password: str) -> bytes:
        identity = person.identity
        about = (identity.given_names, identity.family_name, identity.preferred_name, email, person.collectivity)
        weakness = await self._passwords.weakness(password, [text for text in about if text])
        if weakness:
            raise WeakPasswordError(weakness)
        return await self._passwords.hashed(person.id, password)

    async def _change(
        self, session: AsyncSession, account: LocalAccount, person: Person, email: str, hashed: bytes, now: datetime
    ) -> None:
        await local_accounts.change_password(session, account.person, hashed, now)
        await end_everything(session, account.person, "password changed", now)
        on = Thing("person", str(person.id))
        await audit.record(session, Act(Action.PASSWORD_CHANGED, citizen(person.id), on, now))
        told = Letter(
            purpose=Purpose.PASSWORD_CHANGED,
            recipient=email,
            language=person.language,
            collectivity=person.collectivity,
        )
        await self._letters.wish(session, told, now)
