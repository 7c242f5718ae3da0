# SPDX-License-Identifier: EUPL-1.2
"""Erasing the accounts whose time has come; run by the worker.

All that is in our tables goes in one transaction, with the letter that says so and the event for the other services.
The keys lie in another database: which are to be destroyed is written in the same transaction, and done after it, again
and again until it is said to be done. So a kill between any two lines leaves nothing half erased.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity import events
from parvis_identity.db import erasures, factor_resets, grounds, mandates
from parvis_identity.db.empty_account import empty
from parvis_identity.db.people import People
from parvis_identity.domain.agent import LastAdministratorError
from parvis_identity.domain.audit import Action
from parvis_identity.domain.erasure import AGAIN, LAST_LETTER, Erasure, State, StoppedBy, pause_after
from parvis_identity.domain.errors import LastRepresentativeError
from parvis_identity.domain.factor_reset import StoppedBy as ResetStoppedBy
from parvis_identity.domain.letter import Purpose
from parvis_identity.service.end_sessions import end_everything
from parvis_identity.service.erasure_letters import ErasureLetters
from parvis_identity.service.erasures import record
from parvis_identity.service.leave_everything import WORKER, LeaveEverything
from parvis_identity.service.whole_account import whole_account
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_kit.messaging import outbox

_EVERY_SECONDS: Final = 10.0
_ENDED: Final = "account erased"
_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class CarryOutErasures:
    """The loop, with what it needs."""

    database: Database
    persons: PersonKeys
    index: BlindIndex
    letters: ErasureLetters
    leaving: LeaveEverything

    async def run(self) -> None:
        """Look every ten seconds, until cancelled."""
        while True:
            try:
                busy = await self.round(datetime.now(UTC))
            except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
                _log.warning("erasure_failed", error=type(error).__name__)
                busy = False
            if not busy:
                await asyncio.sleep(_EVERY_SECONDS)

    async def round(self, now: datetime) -> bool:
        """Destroy the keys of one that is emptied, and empty one that is due; False where there is neither.

        One that fails is put off, longer each time, and the next is looked at.
        """
        async with self.database.reading() as session:
            emptied, due = await erasures.emptied(session, now), await erasures.due(session, now)
        busy = False
        if emptied:
            erasure, keys = emptied
            busy = await self._tried(erasure, State.EMPTIED, self._destroy(erasure, keys, now), now)
        if due:
            busy = await self._tried(due, State.WAITING, self._empty(due, now), now) or busy
        return busy

    async def _tried(self, erasure: Erasure, state: State, part: Awaitable[bool], now: datetime) -> bool:
        try:
            return await part
        except Exception as error:  # noqa: BLE001 - whatever it was, it holds up no other
            async with self.database.unit_of_work() as uow:
                until = now + pause_after(erasure.failures + 1)
                if await erasures.put_off(uow.session, erasure, until, state):
                    await uow.commit()
            what = {"erasure": str(erasure.id), "failures": erasure.failures + 1}
            _log.warning("erasure_failed", error=type(error).__name__, **what)
            return True

    async def _empty(self, due: Erasure, now: datetime) -> bool:
        try:
            async with self.database.unit_of_work() as uow:
                # Nothing is kept where somebody was faster, or what the account is of has changed meanwhile.
                if not await self._carry_out(uow.session, due, now):
                    return False
                await uow.commit()
        except (LastAdministratorError, LastRepresentativeError) as error:
            await self._hold(due, type(error).__name__, now)
            return True
        _log.info("account_emptied")
        return True

    async def _carry_out(self, session: AsyncSession, due: Erasure, now: datetime) -> bool:
        agents = await self.leaving.leave(session, due.person, now)
        people = People(session, self.index)
        whole = await whole_account(session, people, self.persons, due.person, now)
        for account in sorted(whole):  # in one order, as merges lock theirs
            await people.lock(account)
        if await whole_account(session, people, self.persons, due.person, now) != whole:
            return False
        if not await erasures.take(session, due.id, whole + agents, now):
            return False
        await self._tell_mandates(session, due.person, now)
        await self._tell(session, due.person, Purpose.ACCOUNT_ERASED, now)
        for account in whole:
            await self._clear(session, account, due, now)
        return True

    async def _clear(self, session: AsyncSession, account: UUID, due: Erasure, now: datetime) -> None:
        await end_everything(session, account, _ENDED, now, WORKER)
        for ground, collectivity in await grounds.standing(session, account):
            await outbox.add(session, events.ground_ended(ground, collectivity, now))
        await factor_resets.stop_of(session, account, ResetStoppedBy.ERASURE, now)
        if account != due.person:
            await erasures.stop_of(session, account, StoppedBy.ERASURE, now)
        version = await empty(session, account, now)
        if version is not None:
            await outbox.add(session, events.person_erased(account, due.collectivity, version, now))

    async def _destroy(self, erasure: Erasure, keys: Sequence[UUID], now: datetime) -> bool:
        for key in keys:
            await self.persons.destroy(key)
        async with self.database.unit_of_work() as uow:
            # Whoever had read the account before it was emptied may have written since: never any more.
            for account in keys:
                await end_everything(uow.session, account, _ENDED, now, WORKER)
                await empty(uow.session, account, now)
            if not await erasures.done(uow.session, erasure.id):
                return False
            await record(uow.session, Action.ACCOUNT_ERASED, WORKER, erasure, now)
            await uow.commit()
        _log.info("account_erased", keys=len(keys))
        return True

    async def _hold(self, due: Erasure, why: str, now: datetime) -> None:
        async with self.database.unit_of_work() as uow:
            if not await erasures.hold(uow.session, due, now + AGAIN, now):
                return
            if due.held_at is None:
                await self._tell(uow.session, due.person, Purpose.ERASURE_HELD, now)
                await record(uow.session, Action.ERASURE_HELD, WORKER, due, now)
            await uow.commit()
        _log.warning("erasure_held", reason=why)

    async def _tell_mandates(self, session: AsyncSession, person: UUID, now: datetime) -> None:
        for other in await mandates.counterparts(session, person):
            await self._tell(session, other, Purpose.MANDATE_ENDED, now)

    async def _tell(self, session: AsyncSession, person_id: UUID, purpose: Purpose, now: datetime) -> None:
        key = (await self.persons.of_many({person_id})).get(person_id)
        person = await People(session, self.index).find(person_id, key) if key else None
        if person and key:
            await self.letters.tell(session, person, key, purpose, now, life=LAST_LETTER)
