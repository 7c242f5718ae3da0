# SPDX-License-Identifier: EUPL-1.2
"""A town brings the accounts that it had elsewhere: the file is taken in, sealed, for the worker to work off."""

import asyncio
import json
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import audit, imports
from parvis_identity.db.import_tables import AccountImportRow
from parvis_identity.domain.account_file import rows
from parvis_identity.domain.audit import Act, Action, Thing
from parvis_identity.domain.imported import RowError
from parvis_identity.service.manage_agents import By
from parvis_kit.crypto.keys import MasterKey, SealingKey

PART: Final = 100
"""Lines that the worker works off in one transaction."""
MAX_ERRORS: Final = 1_000
"""Lines whose errors are told; all are counted."""


def sealing_of(master: MasterKey) -> SealingKey:
    """The key of lines that wait."""
    return master.sealing("account-import")


async def import_accounts(
    session: AsyncSession, by: By, content: bytes, master: MasterKey, *, dry_run: bool
) -> AccountImportRow:
    """Take the file in; raises UnreadableFileError before anything is kept of it."""
    key = sealing_of(master)
    taken = await asyncio.to_thread(_sealed, content, key)
    wanted = imports.new_import(by.collectivity, taken.total, by.now, dry_run=dry_run)
    wanted.refused = taken.twice
    await imports.add(session, wanted, taken.parts, taken.wrong)
    on, what = Thing("account-import", str(wanted.id)), {"lines": [str(taken.total)], "dry-run": [str(dry_run)]}
    await audit.record(session, Act(Action.ACCOUNTS_SENT, by.actor, on, by.now, by.collectivity, what))
    return wanted


@dataclass(slots=True)
class _Taken:
    total: int = 0
    twice: int = 0
    parts: list[bytes] = field(default_factory=list)
    wrong: list[RowError] = field(default_factory=list)


def _sealed(content: bytes, key: SealingKey) -> _Taken:
    taken, lines = _Taken(), rows(content)
    # Hashes, not values: what tells lines apart takes a few megabytes, however long they are.
    seen: dict[str, set[int]] = {"external_id": set(), "email": set()}
    while part := list(islice(lines, PART)):
        taken.total += len(part)
        once = [(line, values) for line, values in part if not _twice(taken, seen, line, values)]
        if once:
            taken.parts.append(key.seal(json.dumps(once).encode(), "part"))
    return taken


def _twice(taken: _Taken, seen: dict[str, set[int]], line: int, values: dict[str, str]) -> bool:
    again = []
    for column, known in seen.items():
        value = hash(values[column].casefold() if column == "email" else values[column])
        if value in known and values[column]:
            again.append(RowError(line, f"/{column}", "twice-in-the-file"))
        known.add(value)
    taken.twice += bool(again)
    if taken.twice <= MAX_ERRORS:
        taken.wrong += again
    return bool(again)
