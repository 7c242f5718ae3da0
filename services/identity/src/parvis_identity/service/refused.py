# SPDX-License-Identifier: EUPL-1.2
"""Ways in that stayed shut: kept in the audit trail, on their own, since what was refused leaves nothing else."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from parvis_identity.db import audit
from parvis_identity.domain.audit import ANYBODY, NOBODY, Act, Action, Actor, Thing
from parvis_kit.db.database import Database


async def note_refused(
    database: Database,
    action: Action,
    person: UUID | None,
    now: datetime,
    details: Mapping[str, Sequence[str]] | None = None,
    by: Actor = ANYBODY,
) -> None:
    """Somebody tried to come in as the person, None where nobody has that account, and was refused.

    In a transaction of its own, to be called outside any other: that of the attempt is rolled back. How often it can
    be called, the throttle bounds.
    """
    on = Thing("person", str(person) if person else NOBODY)
    async with database.unit_of_work() as uow:
        await audit.record(uow.session, Act(action, by, on, now, details=details or {}))
        await uow.commit()
