# SPDX-License-Identifier: EUPL-1.2
"""Working off the files of accounts that towns have sent, a hundred lines at a time; run by the worker.

What came of lines is committed with them: a kill leaves no line out and does none twice.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import audit, imports, local_accounts
from parvis_identity.db.import_tables import AccountImportRow
from parvis_identity.db.people import People
from parvis_identity.domain.account_file import Row
from parvis_identity.domain.audit import Act, Action, Actor, Thing
from parvis_identity.domain.imported import ACTIVATION_LIFE, Imported, RowError
from parvis_identity.domain.letter import Letter, Purpose
from parvis_identity.service.check_row import check_row
from parvis_identity.service.import_accounts import MAX_ERRORS, PART, sealing_of
from parvis_identity.service.letters import Letters
from parvis_identity.service.take_over import sealed
from parvis_kit.crypto.keys import BlindIndex, MasterKey
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.logs import logger

_EVERY_SECONDS: Final = 1.0
# Whoever waits for a letter in front of a page stands behind no more than these.
_MOST_LETTERS: Final = 2 * PART
_log = logger(__name__)


class WorkOffImports:
    """The loop, with what it needs."""

    def __init__(
        self, database: Database, master: MasterKey, persons: PersonKeys, index: BlindIndex, letters: Letters
    ) -> None:
        self._database = database
        self._key = sealing_of(master)
        self._persons = persons
        self._index = index
        self._letters = letters

    async def run(self) -> None:
        """Look every second, until cancelled."""
        while True:
            try:
                busy = await self.round(datetime.now(UTC))
            except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
                _log.warning("import_failed", error=type(error).__name__)
                busy = False
            if not busy:
                await asyncio.sleep(_EVERY_SECONDS)

    async def round(self, now: datetime) -> bool:
        """Some lines of one file; False where there is nothing to do, or the letters have to go out first."""
        async with self._database.unit_of_work() as uow:
            if await imports.letters_waiting(uow.session, _MOST_LETTERS) >= _MOST_LETTERS:
                return False
            wanted = await imports.due(uow.session)
            if wanted is None:
                return False
            part = await imports.take_part(uow.session, wanted.id)
            if part is None:
                await imports.finish(uow.session, wanted.id, now)
                await _record(uow.session, wanted, now)
            else:
                lines: list[Row] = json.loads(self._key.open(part[1], "part"))
                came, wrong = await self._worked_off(uow.session, wanted, lines, now)
                told = wrong if wanted.refused < MAX_ERRORS else []
                await imports.note(uow.session, wanted.id, came, told)
            await uow.commit()
        return True

    async def _worked_off(
        self, session: AsyncSession, wanted: AccountImportRow, lines: Sequence[Row], now: datetime
    ) -> tuple[Counter[str], list[RowError]]:
        came: Counter[str] = Counter()
        wrong: list[RowError] = []
        checked = await asyncio.to_thread(lambda: [(line, check_row(line, values)) for line, values in lines])
        for line, row in checked:
            outcome = row if isinstance(row, list) else await self._one(session, wanted, line, row, now)
            if isinstance(outcome, str):
                came[outcome] += 1
            else:
                came["refused"] += 1
                wrong += outcome
        return came, wrong

    async def _one(
        self, session: AsyncSession, wanted: AccountImportRow, line: int, row: Imported, now: datetime
    ) -> str | list[RowError]:
        email = row.identity.email or ""
        external_id = self._index.of("imported-account", row.external_id)
        email_index = People(session, self._index).email_index(email)
        if await imports.known(session, wanted.collectivity, external_id):
            return "known"
        if await local_accounts.by_email(session, email_index):
            # Whose it is, they have shown; what the town says of them is not put over what they say.
            return "existing"
        if await imports.awaited(session, wanted.collectivity, email_index):
            return [RowError(line, "/email", "address-of-another")]
        if wanted.dry_run:
            return "created"
        id_ = uuid7()
        details = sealed(await self._persons.of(id_), row)
        if not await imports.keep(session, wanted.collectivity, (external_id, email_index), (id_, details), now):
            return "known"
        letter = Letter(
            purpose=Purpose.ACTIVATION, recipient=email, language=row.language, collectivity=wanted.collectivity
        )
        await self._letters.wish(session, letter, now, ACTIVATION_LIFE)
        return "created"


async def _record(session: AsyncSession, done: AccountImportRow, now: datetime) -> None:
    counts = {"created": done.created, "known": done.known, "existing": done.existing, "refused": done.refused}
    what = {name: [str(count)] for name, count in counts.items()}
    on = Thing("account-import", str(done.id))
    act = Act(Action.ACCOUNTS_IMPORTED, Actor("service", "import"), on, now, done.collectivity, what)
    await audit.record(session, act)
