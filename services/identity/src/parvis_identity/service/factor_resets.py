# SPDX-License-Identifier: EUPL-1.2
"""A way back for who has lost both the application and the codes on paper: asked for by an agent, and called off.

The agent has seen an identity document. Whoever talks an agent into it still needs the password, and waits for days in
which the person is written to, and can stop it by a link, or by signing in with what is said to be lost.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import audit, factor_resets, local_accounts, second_factors
from parvis_identity.db.people import People
from parvis_identity.domain.audit import NOBODY, Act, Action, Actor, Thing, citizen
from parvis_identity.domain.errors import NotForThisCallerError, Refusal, RefusedError
from parvis_identity.domain.factor_reset import (
    FactorReset,
    NoSecondFactorError,
    ResetReason,
    ResetWaitsError,
    StoppedBy,
    UnknownResetError,
)
from parvis_identity.domain.letter import Letter, Purpose
from parvis_identity.domain.opaque import fingerprint, new_opaque
from parvis_identity.domain.pivot import Document
from parvis_identity.service.letters import Letters
from parvis_identity.service.local_day import local_day
from parvis_identity.service.on_duty import acting, check_agent, person_before
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.logs import logger
from parvis_kit.security.principal import Principal

_log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Whose second factor an agent wants taken away, which document they saw, and why."""

    person: UUID
    document: Document
    reason: ResetReason


@dataclass(frozen=True, slots=True)
class FactorResets:
    """The use cases, with what they need."""

    database: Database
    persons: PersonKeys
    index: BlindIndex
    letters: Letters
    waiting: timedelta

    async def ask(self, session: AsyncSession, caller: Principal, wish: Wish, now: datetime) -> FactorReset:
        """A reset that waits, told to the person at once; nothing is taken yet. In the caller's transaction.

        Raises NotForThisCallerError, also for one's own account, UnknownPersonError, NoSecondFactorError or
        ResetWaitsError.
        """
        check_agent(caller)
        if wish.person == caller.person:
            raise NotForThisCallerError
        person, key = await person_before(session, People(session, self.index), self.persons, caller, wish.person, now)
        account = await local_accounts.of_person(session, wish.person)
        if account is None or await second_factors.of_person(session, wish.person) is None:
            raise NoSecondFactorError
        reset = FactorReset(
            id=uuid7(),
            person=wish.person,
            collectivity=caller.collectivity,
            document=wish.document,
            reason=wish.reason,
            agent=caller.person,
            created_at=now,
            due_at=now + self.waiting,
        )
        secret = new_opaque()
        if not await factor_resets.add(session, reset, fingerprint(secret)):
            raise ResetWaitsError
        letter = Letter(
            purpose=Purpose.SECOND_FACTOR_RESET_ASKED,
            recipient=key.open("email", account.email),
            language=person.language,
            collectivity=person.collectivity,
            code=secret,
            day=await local_day(session, person.collectivity, reset.due_at),
        )
        await self.letters.wish(session, letter, now, max(self.waiting, self.letters.life))
        what = {"document": reset.document.value, "reason": reset.reason.value}
        await record(session, Action.SECOND_FACTOR_RESET_ASKED, acting(caller), reset, now, **what)
        _log.info("second_factor_reset_asked", document=reset.document.value, reason=reset.reason.value)
        return reset

    async def cancel(self, caller: Principal, person_id: UUID, now: datetime) -> None:
        """An agent calls it off; raises NotForThisCallerError, UnknownPersonError or UnknownResetError."""
        check_agent(caller)
        async with self.database.unit_of_work() as uow:
            people = People(uow.session, self.index)
            await person_before(uow.session, people, self.persons, caller, person_id, now)
            reset = await factor_resets.stop_of(uow.session, person_id, StoppedBy.AGENT, now)
            if reset is None:
                raise UnknownResetError
            await _record_stopped(uow.session, acting(caller), reset, StoppedBy.AGENT, now)
            await uow.commit()

    async def to_object(self, secret: str) -> None:
        """Raises RefusedError unless the link of a letter can still call a reset off."""
        async with self.database.reading() as session:
            if await factor_resets.behind(session, fingerprint(secret)) is None:
                raise RefusedError(Refusal.LINK_USED)

    async def call_off(self, secret: str, now: datetime) -> None:
        """Whoever reads the letters to the account stops it; raises RefusedError as above."""
        async with self.database.unit_of_work() as uow:
            reset = await factor_resets.stop_behind(uow.session, fingerprint(secret), now)
            if reset is None:
                raise RefusedError(Refusal.LINK_USED)
            await _record_stopped(uow.session, Actor("anonymous", NOBODY), reset, StoppedBy.LETTER, now)
            await uow.commit()


async def not_lost(session: AsyncSession, person: UUID, now: datetime) -> None:
    """The person has just shown the factor that was said to be lost: what waits is called off, as they commit."""
    reset = await factor_resets.stop_of(session, person, StoppedBy.FACTOR, now)
    if reset:
        await _record_stopped(session, citizen(person), reset, StoppedBy.FACTOR, now)


async def record(
    session: AsyncSession, action: Action, actor: Actor, reset: FactorReset, now: datetime, **details: str
) -> None:
    """Keep it in the audit trail, in the caller's transaction."""
    on, what = Thing("person", str(reset.person)), {"reset": [str(reset.id)]}
    what |= {name: [value] for name, value in details.items()}
    await audit.record(session, Act(action, actor, on, now, reset.collectivity, what))


async def _record_stopped(
    session: AsyncSession, actor: Actor, reset: FactorReset, by: StoppedBy, now: datetime
) -> None:
    await record(session, Action.SECOND_FACTOR_RESET_CANCELLED, actor, reset, now, by=by.value)
    _log.info("second_factor_reset_cancelled", by=by.value)
