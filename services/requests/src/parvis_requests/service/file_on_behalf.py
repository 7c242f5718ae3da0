# SPDX-License-Identifier: EUPL-1.2
"""An agent files what somebody without an account asks for at the counter, by phone, by letter, by e-mail or elsewhere.

For a person who has an account the agent assists them, with a token that acts for them: then the request is in the
account, and this is not needed.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_requests.service.keep_reporter import keep_reporter

T = TypeVar("T")


async def file_on_behalf(
    collectivity: str,
    contact: Mapping[str, str],
    submit: Callable[[UUID], Awaitable[T]],
    *,
    database: Database,
    persons: PersonKeys,
    now: datetime,
) -> T:
    """Keep how to reach the person, then submit for them; returns what ``submit`` does, and raises what it raises."""
    person = uuid7()
    async with database.unit_of_work() as uow:
        await keep_reporter(uow.session, person, collectivity, contact, persons=persons, now=now, confirmed=True)
        await uow.commit()
    return await submit(person)
