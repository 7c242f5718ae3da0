# SPDX-License-Identifier: EUPL-1.2
"""Signing in to an account of our own, with its address and its password."""

from datetime import datetime

from parvis_identity.db import local_accounts
from parvis_identity.db.local_accounts import LocalAccount
from parvis_identity.db.people import People
from parvis_identity.domain.assurance import PASSWORD
from parvis_identity.domain.errors import Refusal, RefusedError
from parvis_identity.domain.opaque import fingerprint
from parvis_identity.service.local_session import Cookies, Kept, LocalSessions
from parvis_identity.service.passwords import Passwords
from parvis_identity.service.throttle import Count, Throttle
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.logs import logger

_log = logger(__name__)


class WrongPasswordError(Exception):
    """No account has this address and this password; which of the two is wrong is nobody's business."""


class LocalSignIn:
    """The use case, with what it needs."""

    def __init__(
        self,
        database: Database,
        persons: PersonKeys,
        index: BlindIndex,
        passwords: Passwords,
        throttle: Throttle,
        sessions: LocalSessions,
    ) -> None:
        self._database = database
        self._persons = persons
        self._index = index
        self._passwords = passwords
        self._throttle = throttle
        self._sessions = sessions

    async def sign_in(self, email: str, password: str, kept: Kept, source: str, now: datetime) -> Cookies:
        """A new session; raises WrongPasswordError, TooManyAttemptsError, or RefusedError for an erased account."""
        count, account = await self._attempt(email, kept, source, now)
        if not await self._passwords.verify(account, password) or account is None:
            _log.info("local_sign_in_failed")
            raise WrongPasswordError
        try:
            await self._persons.of(account.person)
        except KeyDestroyedError as error:
            raise RefusedError(Refusal.ERASED) from error
        renewed = await self._passwords.hashed(account.person, password) if self._passwords.outdated(account) else None
        async with self._database.unit_of_work() as uow:
            await self._throttle.succeeded(uow.session, count)
            if renewed:
                await local_accounts.rehash(uow.session, account, renewed)
            cookies = await self._sessions.open(uow.session, account.person, (PASSWORD,), kept, now)
            await uow.commit()
        return cookies

    async def _attempt(self, email: str, kept: Kept, source: str, now: datetime) -> tuple[Count, LocalAccount | None]:
        async with self._database.reading() as session:
            index = People(session, self._index).email_index(email)
            account = await local_accounts.by_email(session, index)
            device = fingerprint(kept.device) if kept.device else None
            known = device is not None and await local_accounts.knows_device(session, device, index)
        count = self._throttle.account(index, device if known else None)
        await self._throttle.take(self._throttle.source(source), count, now=now)
        return count, account
