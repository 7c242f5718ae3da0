# SPDX-License-Identifier: EUPL-1.2
"""Opening an account of our own, by the link that was sent to its address.

The password is chosen behind the link, by who reads the letters: an account that a stranger has begun in somebody's
name cannot exist.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from parvis_identity import events
from parvis_identity.db import audit, local_accounts
from parvis_identity.db.local_accounts import LocalAccount
from parvis_identity.db.people import People
from parvis_identity.domain.assurance import PASSWORD
from parvis_identity.domain.audit import Act, Action, Thing, citizen
from parvis_identity.domain.client import Audience
from parvis_identity.domain.errors import Refusal, RefusedError
from parvis_identity.domain.letter import Letter, Purpose
from parvis_identity.domain.opaque import fingerprint
from parvis_identity.domain.password import Weakness
from parvis_identity.domain.person import Identity, Person
from parvis_identity.service.letters import Letters
from parvis_identity.service.local_session import Cookies, Kept, LocalSessions
from parvis_identity.service.passwords import Passwords
from parvis_identity.service.take_over import TakeOver
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.messaging import outbox


class WeakPasswordError(Exception):
    """The password cannot be taken; the link can still be used."""

    def __init__(self, weakness: Weakness) -> None:
        super().__init__(weakness)
        self.weakness = weakness


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the person writes into the form behind the link."""

    given_names: str
    family_name: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """An account is open; with ``cookies``, its owner is signed in, in the browser that asked for it."""

    letter: Letter
    cookies: Cookies | None


class Register:
    """The use case, with what it needs."""

    def __init__(
        self,
        database: Database,
        persons: PersonKeys,
        index: BlindIndex,
        letters: Letters,
        passwords: Passwords,
        sessions: LocalSessions,
        imported: TakeOver,
    ) -> None:
        self._database = database
        self._persons = persons
        self._index = index
        self._letters = letters
        self._passwords = passwords
        self._sessions = sessions
        self._imported = imported

    async def invited(self, secret: str | None, now: datetime) -> Letter:
        """What the link was written for; raises RefusedError where it opens nothing any more."""
        async with self._database.reading() as session:
            return await self._letters.behind(session, secret, now, Purpose.REGISTRATION, Purpose.ACTIVATION)

    async def finish(self, secret: str | None, choice: Choice, kept: Kept, now: datetime) -> Registered:
        """Open the account; raises RefusedError, or WeakPasswordError after which another one can be chosen."""
        letter = await self.invited(secret, now)
        about = (choice.given_names, choice.family_name, letter.recipient, letter.collectivity)
        weakness = await self._passwords.weakness(choice.password, about)
        if weakness:
            raise WeakPasswordError(weakness)
        person = _person(letter, choice, now)
        password = await self._passwords.hashed(person.id, choice.password)
        # In another browser than the one that asked, somebody else may have asked: it is not signed in.
        same = letter.browser == fingerprint(kept.browser).hex()
        cookies = None
        async with self._database.unit_of_work() as uow:
            await self._letters.spend(uow.session, secret, now)
            key = await self._persons.of(person.id)
            people = People(uow.session, self._index)
            person, imported = await self._imported.completed(uow.session, person)
            account = LocalAccount(
                person=person.id,
                email=key.seal("email", letter.recipient),
                email_index=people.email_index(letter.recipient),
                password=password,
            )
            await people.add(person, key)
            await self._imported.claim(uow.session, person, imported, now)
            try:
                await local_accounts.add(uow.session, account, now)
            except IntegrityError as error:
                raise RefusedError(Refusal.LINK_USED) from error
            await outbox.add(uow.session, events.person_registered(person, Audience.CITIZEN.value))
            on = Thing("person", str(person.id))
            await audit.record(uow.session, Act(Action.ACCOUNT_OPENED, citizen(person.id), on, now))
            if same:
                cookies = await self._sessions.open(uow.session, person.id, (PASSWORD,), kept, now)
            await uow.commit()
        return Registered(letter=letter, cookies=cookies)


def _person(letter: Letter, choice: Choice, now: datetime) -> Person:
    return Person(
        id=uuid7(),
        collectivity=letter.collectivity,
        language=letter.language,
        version=1,
        created_at=now,
        identity=Identity(given_names=choice.given_names, family_name=choice.family_name, email=letter.recipient),
        email_verified_at=now,
        own=frozenset({"email"}),
    )
