# SPDX-License-Identifier: EUPL-1.2
"""The number of one's own account, verified by a code that a text message brings there.

The event of it says that a code is to be sent, never which: notifications asks for code and number when it writes the
message, and says in the inbox only that one was sent.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from hmac import compare_digest
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity import events
from parvis_identity.db import audit, identity_proofs, phone_codes
from parvis_identity.db.people import People
from parvis_identity.db.phone_codes import SentCode
from parvis_identity.domain.audit import Act, Action, Actor, Thing
from parvis_identity.domain.client import EVERYWHERE
from parvis_identity.domain.errors import NotForThisCallerError
from parvis_identity.domain.person import Person
from parvis_identity.domain.phone_code import (
    LIFE,
    NoMobileError,
    NoPhoneCodeError,
    NoPhoneError,
    NoTextMessagesError,
    PhoneVerifiedError,
    WrongPhoneCodeError,
)
from parvis_identity.domain.typed_code import new_code
from parvis_identity.service.hold_person import hold_person
from parvis_identity.service.phone_numbers import takes_texts
from parvis_identity.service.read_person import Account
from parvis_identity.service.tell_change import tell_change
from parvis_identity.service.throttle import Throttle
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.messaging import outbox
from parvis_kit.security.principal import Principal, PrincipalKind

_COLUMN = "phone_code.code"


@dataclass(frozen=True, slots=True)
class ToSend:
    """What the text message says, to whom and until when; ``phone`` is E.164."""

    phone: str
    code: str
    language: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ConfirmPhone:
    """The use cases, with what they need; ``offered`` is false where no text messages are sent.

    Text messages go to numbers of the ``countries`` alone, ``per_hour`` of them at most.
    """

    database: Database
    persons: PersonKeys
    index: BlindIndex
    throttle: Throttle
    offered: bool
    countries: frozenset[int]
    per_hour: int

    async def ask(self, session: AsyncSession, by: Actor, address: str, now: datetime) -> datetime:
        """Have a code sent to the account's number, in the caller's transaction; returns until when it works.

        Raises NoTextMessagesError, NoPhoneError, NoMobileError, PhoneVerifiedError, UnknownPersonError, or
        TooManyAttemptsError for who asks too often or for one number too often: each message costs, and may wake
        somebody who is not the caller. So it is where too many ask from one network (``address`` is the caller's), or
        all together: accounts and numbers are free, whoever earns by messages has as many as they want.
        """
        if not self.offered:
            raise NoTextMessagesError
        people, person_id = People(session, self.index), UUID(by.id)
        person, key = await hold_person(people, self.persons, person_id)
        number = self._number(person)
        fingerprint = self._fingerprint(number)
        await self.throttle.require(
            session,
            self.throttle.phone_code(person_id),
            self.throttle.recipient(fingerprint, "phone-code"),
            self.throttle.texts_of(address),
            self.throttle.all_texts(self.per_hour),
            now=now,
        )
        code = new_code()
        sent = SentCode(uuid7(), person_id, key.seal(_COLUMN, code), fingerprint, now + LIFE)
        await phone_codes.put(session, sent, now)
        await outbox.add(session, events.phone_code_asked(sent.id, person, now))
        await _record(session, by, Action.PHONE_CODE_ASKED, now)
        return sent.expires_at

    def may_be_asked(self, person: Person) -> bool:
        """Whether a code can be sent to the person's number."""
        number = person.identity.phone
        return self.offered and number is not None and person.phone_verified_at is None and self._takes(number)

    async def waiting(self, person: Person, now: datetime) -> bool:
        """Whether a code that went to the person's number can be typed."""
        async with self.database.reading() as session:
            sent = await phone_codes.waiting(session, person.id, now)
        return sent is not None and self._went_to(sent, person)

    async def confirm(self, by: Actor, code: str, now: datetime) -> Account:
        """The account with its number verified, for the code that was sent there, once.

        Raises WrongPhoneCodeError, NoPhoneCodeError or UnknownPersonError.
        """
        async with self.database.unit_of_work() as uow:
            people, person_id = People(uow.session, self.index), UUID(by.id)
            person, key = await hold_person(people, self.persons, person_id)
            sent = await phone_codes.try_once(uow.session, person_id, now)
            if sent is None or not self._went_to(sent, person):
                raise NoPhoneCodeError
            if not compare_digest(key.open(_COLUMN, sent.code).encode(), code.encode()):
                await _record(uow.session, by, Action.PHONE_CODE_REFUSED, now)
                await uow.commit()  # the try counts
                raise WrongPhoneCodeError
            await phone_codes.remove(uow.session, person_id)
            after = await people.change(replace(person, phone_verified_at=now), key, now)
            await tell_change(uow.session, person, after, now)
            await _record(uow.session, by, Action.PHONE_VERIFIED, now)
            certifier = await identity_proofs.certifier(uow.session, person_id)
            await uow.commit()
        return Account(person=after, certifier=certifier, membership=None)

    async def to_send(self, id_: UUID, caller: Principal, now: datetime) -> ToSend:
        """What is sent for that event, for the service of Parvis's own that sends it.

        Raises NotForThisCallerError, or NoPhoneCodeError where the code is of no use any more.
        """
        if caller.kind is not PrincipalKind.SYSTEM or caller.collectivity != EVERYWHERE:
            raise NotForThisCallerError
        async with self.database.reading() as session:
            sent = await phone_codes.find(session, id_, now)
            if sent is None:
                raise NoPhoneCodeError
            try:
                key = await self.persons.of(sent.person)
            except KeyDestroyedError as error:
                raise NoPhoneCodeError from error
            person = await People(session, self.index).find(sent.person, key)
        if person is None or person.identity.phone is None or not self._went_to(sent, person):
            raise NoPhoneCodeError
        return ToSend(person.identity.phone, key.open(_COLUMN, sent.code), person.language, sent.expires_at)

    def _went_to(self, sent: SentCode, person: Person) -> bool:
        number = person.identity.phone
        return number is not None and compare_digest(sent.phone_index, self._fingerprint(number))

    def _fingerprint(self, number: str) -> bytes:
        return self.index.of("phone", number)

    def _takes(self, number: str) -> bool:
        return takes_texts(number, self.countries)

    def _number(self, person: Person) -> str:
        number = person.identity.phone
        if number is None:
            raise NoPhoneError
        if person.phone_verified_at is not None:
            raise PhoneVerifiedError
        if not self._takes(number):
            raise NoMobileError
        return number


async def _record(session: AsyncSession, by: Actor, action: Action, now: datetime) -> None:
    await audit.record(session, Act(action, by, Thing("person", by.id), now))
