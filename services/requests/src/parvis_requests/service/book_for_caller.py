# SPDX-License-Identifier: EUPL-1.2
"""An agent books for who calls and has no account: what they come for, how they are reached and the time, at once.

All of it is one transaction: where somebody else was faster, nothing is filed.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.ids import uuid7
from parvis_requests.db.hot import NewRequest
from parvis_requests.db.storing import Storing, SubmissionWithin
from parvis_requests.db.tables import Appointment
from parvis_requests.domain.calendar import Holidays
from parvis_requests.domain.request import Actor
from parvis_requests.service.book_appointment import Wish, book_appointment
from parvis_requests.service.keep_reporter import keep_reporter
from parvis_requests.service.submit_request import SubmitRequest

Submit = Callable[[SubmitRequest, Storing], Awaitable[NewRequest]]


async def book_for_caller(
    session: AsyncSession,
    agent: Actor,
    contact: Mapping[str, str],
    command: SubmitRequest,
    wish: Wish,
    submit: Submit,
    *,
    persons: PersonKeys,
    holidays: Holidays,
    now: datetime,
) -> tuple[NewRequest, Appointment]:
    """File and book in the caller's transaction, for a person who is new.

    Raises what ``submit`` does, and what book_appointment does.
    """
    person = uuid7()
    try:
        await keep_reporter(session, person, agent.collectivity, contact, persons=persons, now=now, confirmed=True)
        new = await submit(replace(command, author=person), SubmissionWithin(session))
        about = replace(wish, request_id=new.request.id)
        return new, await book_appointment(session, agent, about, holidays=holidays, now=now)
    except Exception:
        # It was made in another transaction, and what it sealed is rolled back in this one.
        await persons.destroy(person)
        raise
