# SPDX-License-Identifier: EUPL-1.2
"""The second factor of an account of ours: setting it up, asking for it, and taking it away."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import digest as hmac_digest
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import local_accounts, second_factors
from parvis_identity.db.local_accounts import LocalAccount
from parvis_identity.db.second_factors import Totp
from parvis_identity.domain import recovery_code, totp
from parvis_identity.domain.assurance import MULTI_FACTOR, ONE_TIME_CODE
from parvis_identity.domain.audit import Action, citizen
from parvis_identity.domain.errors import Refusal, RefusedError
from parvis_identity.domain.letter import Purpose
from parvis_identity.service.factor_resets import not_lost
from parvis_identity.service.notices import Notices
from parvis_identity.service.passwords import Passwords
from parvis_identity.service.refused import note_refused
from parvis_identity.service.throttle import Throttle
from parvis_kit.crypto.keys import MasterKey
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.logs import logger

_COLUMN = "totp"
_log = logger(__name__)


class WrongCodeError(Exception):
    """The code, or the password with it, is not the right one; which, is not said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What an account has: its address, whether it has a second factor, and how many codes on paper are left."""

    email: str
    protected: bool
    codes_left: int


class SecondFactors:
    """The use cases, with what they need."""

    def __init__(
        self,
        database: Database,
        master: MasterKey,
        persons: PersonKeys,
        notices: Notices,
        passwords: Passwords,
        throttle: Throttle,
    ) -> None:
        self._database = database
        self._code_key = master.derive("recovery-code")
        self._persons = persons
        self._notices = notices
        self._passwords = passwords
        self._throttle = throttle

    async def standing(self, person: UUID) -> Standing:
        """What the person's account has; raises RefusedError for somebody without an account of ours."""
        async with self._database.reading() as session:
            account = await self._account(session, person)
            factor = await second_factors.of_person(session, person)
            left = await second_factors.codes_left(session, person)
        email = (await self._persons.of(person)).open("email", account.email)
        return Standing(email=email, protected=factor is not None, codes_left=left)

    async def set_up(self, person: UUID, secret: bytes, password: str, code: str, now: datetime) -> list[str]:
        """Ask for codes of this secret from now on; returns the codes on paper, shown this once.

        Raises WrongCodeError unless the password is right and the code is one of the secret: so neither a stolen
        session nor a mistyped secret can lock the person out of their own account.
        """
        await self._prove(person, password, now)
        step = totp.step_of(secret, code, now)
        if step is None:
            raise WrongCodeError
        key = await self._persons.of(person)
        codes = recovery_code.new_codes()
        factor = Totp(person=person, secret=key.seal_bytes(_COLUMN, secret), last_step=step)
        async with self._database.unit_of_work() as uow:
            if not await second_factors.add(uow.session, factor, now):
                raise RefusedError(Refusal.EXPIRED)
            await second_factors.put_codes(uow.session, person, [self._hash(made) for made in codes], now)
            await self._notices.tell(uow.session, person, Purpose.SECOND_FACTOR_ADDED, now)
            await uow.commit()
        _log.info("second_factor_added")
        return codes

    async def remove(self, person: UUID, password: str, code: str, now: datetime) -> None:
        """One factor again, for who has both; raises WrongCodeError otherwise."""
        await self._prove(person, password, now)
        async with self.refusals_noted(person, code, now), self._database.unit_of_work() as uow:
            await self.check(uow.session, person, code, now)
            await second_factors.remove(uow.session, person)
            await self._notices.tell(uow.session, person, Purpose.SECOND_FACTOR_REMOVED, now)
            await uow.commit()
        _log.info("second_factor_removed")

    @asynccontextmanager
    async def refusals_noted(self, person: UUID, code: str, now: datetime) -> AsyncIterator[None]:
        """Around a transaction that checks a code: a wrong one is kept in the audit trail once that has ended."""
        try:
            yield
        except WrongCodeError:
            kind = {"code": ["paper" if recovery_code.normal(code) else "application"]}
            await note_refused(self._database, Action.SECOND_FACTOR_REFUSED, person, now, kind)
            raise

    async def check(self, session: AsyncSession, person: UUID, code: str, now: datetime) -> tuple[str, ...]:
        """Spend a code in the caller's transaction; returns the methods that it adds, raises WrongCodeError."""
        # Before the factor is spent, as the worker does it: they never wait for each other. A wrong code undoes it.
        await not_lost(session, person, now)
        paper = recovery_code.normal(code)
        if paper:
            if not await second_factors.spend_code(session, person, self._hash(paper)):
                raise WrongCodeError
            await self._notices.tell(session, person, Purpose.RECOVERY_CODE_USED, now)
            return (MULTI_FACTOR,)
        factor = await second_factors.of_person(session, person)
        if factor is None:
            raise WrongCodeError
        secret = (await self._persons.of(person)).open_bytes(_COLUMN, factor.secret)
        step = totp.step_of(secret, code.replace(" ", ""), now)
        if step is None or not await second_factors.spend_step(session, person, step):
            raise WrongCodeError
        return (ONE_TIME_CODE, MULTI_FACTOR)

    async def _prove(self, person: UUID, password: str, now: datetime) -> None:
        async with self._database.reading() as session:
            account = await self._account(session, person)
        await self._throttle.take(self._throttle.settings(person), now=now)
        if not await self._passwords.verify(account, password):
            await note_refused(self._database, Action.PASSWORD_REFUSED, person, now, by=citizen(person))
            raise WrongCodeError

    async def _account(self, session: AsyncSession, person: UUID) -> LocalAccount:
        account = await local_accounts.of_person(session, person)
        if account is None:
            raise RefusedError(Refusal.NO_PASSWORD)
        return account

    def _hash(self, code: str) -> bytes:
        # Keyed: 60 bits would not withstand somebody who has the database alone.
        return hmac_digest(self._code_key, (recovery_code.normal(code) or "").encode(), sha256)
