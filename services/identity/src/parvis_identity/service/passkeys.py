# SPDX-License-Identifier: EUPL-1.2
"""The passkeys of a person, for themselves: which they have, one more, another name, one less."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from parvis_identity.db import identity_links, passkeys
from parvis_identity.db.people import People
from parvis_identity.domain.errors import LastWayInError, NotRecentError
from parvis_identity.domain.letter import Purpose
from parvis_identity.domain.passkey import MAX_PASSKEYS, Passkey, TooManyPasskeysError, WrongPasskeyError
from parvis_identity.domain.session import Session
from parvis_identity.service.notices import Notices
from parvis_identity.service.passkey_ceremony import Ceremonies, Question, parsed
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.logs import logger

_COLUMN = "passkey-label"
_TRANSPORTS = frozenset({"ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"})
_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Named:
    """A passkey with what its owner calls it."""

    passkey: Passkey
    label: str


class Passkeys:
    """The use cases, with what they need."""

    def __init__(
        self, database: Database, persons: PersonKeys, index: BlindIndex, notices: Notices, ceremonies: Ceremonies
    ) -> None:
        self._database = database
        self._persons = persons
        self._index = index
        self._notices = notices
        self._ceremonies = ceremonies

    async def of_person(self, person: UUID) -> Sequence[Named]:
        """Which the person has."""
        key = await self._persons.of(person)
        async with self._database.reading() as session:
            found = await passkeys.of_person(session, person)
        return [Named(passkey, key.open(_COLUMN, passkey.label)) for passkey in found]

    async def ask(self, here: Session, browser: str, now: datetime) -> Question:
        """The question by which this browser makes a key for who is signed in."""
        async with self._database.reading() as session:
            known = await passkeys.of_person(session, here.person)
            address = await self._notices.address(session, here.person)
        ids = [passkey.credential_id for passkey in known]
        return self._ceremonies.ask_for_key(here.person, address or "Parvis", ids, _place(here, browser), now)

    async def add(
        self, here: Session, browser: str, sealed: str | None, answer: str | None, label: str, now: datetime
    ) -> None:
        """Let the key that the browser made open the account from now on.

        Raises NotRecentError, WrongPasskeyError or TooManyPasskeysError.
        """
        _check_recent(here, now)
        made = await self._ceremonies.new_key(sealed, answer, _place(here, browser), now)
        passkey = Passkey(
            id=uuid7(),
            person=here.person,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            transports=_transports(answer),
            synced=made.credential_device_type.value == "multi_device",
            backed_up=made.credential_backed_up,
            label=(await self._persons.of(here.person)).seal(_COLUMN, label),
            created_at=now,
        )
        async with self._database.unit_of_work() as uow:
            await People(uow.session, self._index).lock(here.person)
            if len(await passkeys.of_person(uow.session, here.person)) >= MAX_PASSKEYS:
                raise TooManyPasskeysError
            if not await passkeys.add(uow.session, passkey):
                raise WrongPasskeyError
            await self._notices.tell(uow.session, here.person, Purpose.PASSKEY_ADDED, now)
            await uow.commit()
        _log.info("passkey_added", synced=passkey.synced)

    async def rename(self, here: Session, id_: UUID, label: str, now: datetime) -> None:
        """Call it something else; raises NotRecentError, WrongPasskeyError where the person has no such passkey."""
        _check_recent(here, now)
        sealed = (await self._persons.of(here.person)).seal(_COLUMN, label)
        async with self._database.unit_of_work() as uow:
            if not await passkeys.rename(uow.session, here.person, id_, sealed):
                raise WrongPasskeyError
            await uow.commit()

    async def remove(self, here: Session, id_: UUID, now: datetime) -> None:
        """It opens nothing any more; raises NotRecentError, WrongPasskeyError or LastWayInError."""
        _check_recent(here, now)
        async with self._database.unit_of_work() as uow:
            # Nobody removes the other one of the last two meanwhile.
            await People(uow.session, self._index).lock(here.person)
            if not await passkeys.remove(uow.session, here.person, id_):
                raise WrongPasskeyError
            if not await identity_links.ways_in(uow.session, here.person):
                raise LastWayInError
            await self._notices.tell(uow.session, here.person, Purpose.PASSKEY_REMOVED, now)
            await uow.commit()
        _log.info("passkey_removed")


def _check_recent(here: Session, now: datetime) -> None:
    if not here.recent(now):
        raise NotRecentError


def _place(here: Session, browser: str) -> str:
    # Of use to this person, in this session, in this browser.
    return f"new-key/{here.person}/{here.id}/{browser}"


def _transports(answer: str | None) -> tuple[str, ...]:
    response = parsed(answer).get("response")
    given = response.get("transports") if isinstance(response, dict) else None
    return tuple(sorted(_TRANSPORTS.intersection(t for t in given if isinstance(t, str)))) if given else ()
