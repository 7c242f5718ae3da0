# SPDX-License-Identifier: EUPL-1.2
"""Taking away the second factors whose reset has waited long enough; run by the worker."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import factor_resets, local_accounts, second_factors
from parvis_identity.db.people import People
from parvis_identity.domain.audit import Action, Actor
from parvis_identity.domain.letter import Letter, Purpose
from parvis_identity.service.end_sessions import end_everything
from parvis_identity.service.factor_resets import record
from parvis_identity.service.letters import Letters
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.logs import logger

_EVERY_SECONDS: Final = 10.0
_WORKER: Final = Actor("service", "worker")
_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class CarryOutResets:
    """The loop, with what it needs."""

    database: Database
    persons: PersonKeys
    index: BlindIndex
    letters: Letters

    async def run(self) -> None:
        """Look every ten seconds, until cancelled."""
        while True:
            try:
                busy = await self.round(datetime.now(UTC))
            except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
                _log.warning("second_factor_reset_failed", error=type(error).__name__)
                busy = False
            if not busy:
                await asyncio.sleep(_EVERY_SECONDS)

    async def round(self, now: datetime) -> bool:
        """Carry one out, whole or not at all; False where none is due.

        Application and codes on paper go, and every session. Passkeys stay: they are ways in of their own, and who has
        one needs no reset.
        """
        async with self.database.unit_of_work() as uow:
            # The reset first, then the factor: as whoever signs in with it takes them.
            reset = await factor_resets.take_due(uow.session, now)
            if reset is None:
                return False
            await second_factors.remove(uow.session, reset.person)
            await end_everything(uow.session, reset.person, "second factor reset", now, _WORKER)
            await self._tell(uow.session, reset.person, now)
            await record(uow.session, Action.SECOND_FACTOR_RESET, _WORKER, reset, now)
            await uow.commit()
        _log.info("second_factor_reset")
        return True

    async def _tell(self, session: AsyncSession, person_id: UUID, now: datetime) -> None:
        try:
            key = await self.persons.of(person_id)
        except KeyDestroyedError:
            return  # erased meanwhile: nobody is there to be written to
        person = await People(session, self.index).find(person_id, key)
        account = await local_accounts.of_person(session, person_id)
        if person is None or account is None:
            return
        letter = Letter(
            purpose=Purpose.SECOND_FACTOR_RESET,
            recipient=key.open("email", account.email),
            language=person.language,
            collectivity=person.collectivity,
        )
        await self.letters.wish(session, letter, now)
