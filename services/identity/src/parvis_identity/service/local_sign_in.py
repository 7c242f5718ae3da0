# SPDX-License-Identifier: EUPL-1.2
"""Signing in to an account of our own, with its address and its password."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from parvis_identity.db import local_accounts, second_factors
from parvis_identity.db.local_accounts import LocalAccount
from parvis_identity.db.people import People
from parvis_identity.domain import recovery_code
from parvis_identity.domain.assurance import PASSWORD
from parvis_identity.domain.audit import Action
from parvis_identity.domain.errors import Refusal, RefusedError
from parvis_identity.domain.opaque import fingerprint
from parvis_identity.service.continuation import open_json, seal_json
from parvis_identity.service.local_session import Cookies, Kept, LocalSessions
from parvis_identity.service.passwords import Passwords
from parvis_identity.service.refused import note_refused
from parvis_identity.service.second_factor import SecondFactors
from parvis_identity.service.throttle import Count, Throttle
from parvis_kit.crypto.keys import BlindIndex, MasterKey
from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.logs import logger

_PENDING_LIFE = timedelta(minutes=10)
_log = logger(__name__)


class WrongPasswordError(Exception):
    """No account has this address and this password; which of the two is wrong is nobody's business."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """Somebody who knows the password of an account, and is to show a second factor; sealed for their browser."""

    sealed: str


class LocalSignIn:
    """The use case, with what it needs."""

    def __init__(
        self,
        database: Database,
        master: MasterKey,
        persons: PersonKeys,
        index: BlindIndex,
        passwords: Passwords,
        throttle: Throttle,
        sessions: LocalSessions,
        factors: SecondFactors,
    ) -> None:
        self._database = database
        self._key = master.sealing("pending-sign-in")
        self._factors = factors
        self._persons = persons
        self._index = index
        self._passwords = passwords
        self._throttle = throttle
        self._sessions = sessions

    async def sign_in(self, email: str, password: str, kept: Kept, source: str, now: datetime) -> Cookies | Pending:
        """A new session, or the wait for a second factor where the account has one.

        Raises WrongPasswordError, TooManyAttemptsError, or RefusedError for an erased account.
        """
        counts, account = await self._attempt(email, kept, source, now)
        if not await self._passwords.verify(account, password) or account is None:
            _log.info("local_sign_in_failed")
            # An address without account costs as much: how long an answer takes tells nobody who has one.
            await note_refused(self._database, Action.PASSWORD_REFUSED, account.person if account else None, now)
            raise WrongPasswordError
        try:
            await self._persons.of(account.person)
        except KeyDestroyedError as error:
            raise RefusedError(Refusal.ERASED) from error
        renewed = await self._passwords.hashed(account.person, password) if self._passwords.outdated(account) else None
        async with self._database.unit_of_work() as uow:
            await self._throttle.came_in(uow.session, *counts)
            if renewed:
                await local_accounts.rehash(uow.session, account, renewed)
                account = replace(account, password=renewed)
            done: Cookies | Pending
            if await second_factors.of_person(uow.session, account.person):
                done = self._pending(account, kept, now)
            else:
                done = await self._sessions.open(uow.session, account.person, (PASSWORD,), kept, now)
            await uow.commit()
        return done

    async def finish(self, pending: str | None, code: str, kept: Kept, source: str, now: datetime) -> Cookies:
        """A new session for who shows the second factor too.

        Raises WrongCodeError, TooManyAttemptsError, or RefusedError where the password was given too long ago, in
        another browser, or was changed since.
        """
        members = open_json(self._key, pending, kept.browser)
        person = UUID(members["person"])
        async with self._database.reading() as session:
            account = await local_accounts.of_person(session, person)
            device = fingerprint(kept.device) if kept.device else None
            proven = device is not None and await local_accounts.proven_device(session, device, person)
        late = now - datetime.fromisoformat(members["at"]) > _PENDING_LIFE
        if late or account is None or fingerprint(account.password.hex()).hex() != members["password"]:
            raise RefusedError(Refusal.EXPIRED)
        # Nobody guesses a code on paper: its owner waits for nobody.
        counts = () if recovery_code.normal(code) else self._throttle.code(person, device if proven else None, source)
        await self._throttle.take(*counts, now=now)
        async with self._factors.refusals_noted(person, code, now), self._database.unit_of_work() as uow:
            added = await self._factors.check(uow.session, person, code, now)
            await self._throttle.came_in(uow.session, *counts)
            cookies = await self._sessions.open(uow.session, person, (PASSWORD, *added), kept, now)
            await uow.commit()
        return cookies

    def _pending(self, account: LocalAccount, kept: Kept, now: datetime) -> Pending:
        members = {
            "person": str(account.person),
            "at": now.isoformat(),
            # What was shown is this password: after a change it shows nothing.
            "password": fingerprint(account.password.hex()).hex(),
        }
        return Pending(sealed=seal_json(self._key, members, kept.browser))

    async def _attempt(
        self, email: str, kept: Kept, source: str, now: datetime
    ) -> tuple[tuple[Count, ...], LocalAccount | None]:
        async with self._database.reading() as session:
            index = People(session, self._index).email_index(email)
            account = await local_accounts.by_email(session, index)
            device = fingerprint(kept.device) if kept.device else None
            known = device is not None and await local_accounts.knows_device(session, device, index)
        counts = self._throttle.password(index, device if known else None, source)
        await self._throttle.take(*counts, now=now)
        return counts, account
