# SPDX-License-Identifier: EUPL-1.2
"""Documents that an agent asked for, as their day comes near and goes by.

Their author is reminded before it; after it the agents are alerted. Nothing is closed by that: what comes of it is for
an agent, or for a timer of the workflow that says so to the person.
"""

from contextlib import suppress
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.locale import Text
from parvis_requests.db import conversation, requests
from parvis_requests.db.tables import DocumentRequest
from parvis_requests.db.tables import Request as Row
from parvis_requests.db.timers import DOCUMENTS_MISSED, DOCUMENTS_REMINDER, NewTimer
from parvis_requests.domain.awaited import missed_at, reminded_at
from parvis_requests.domain.calendar import Holidays, end_of
from parvis_requests.domain.request import Actor, Visibility
from parvis_requests.domain.team import Alert
from parvis_requests.service.alert_agents import alert_agents
from parvis_requests.service.form import Form
from parvis_requests.service.write_message import store_words


def timers_of(asked: DocumentRequest, holidays: Holidays, clock: ZoneInfo) -> list[NewTimer]:
    """What is done by itself about documents that were just asked for."""
    code, reminder = str(asked.id), reminded_at(asked.created_at, asked.due_on, holidays, clock)
    missed = NewTimer(DOCUMENTS_MISSED, code, missed_at(asked.due_on, holidays, clock))
    return [NewTimer(DOCUMENTS_REMINDER, code, reminder), missed] if reminder else [missed]


async def ring_for_documents(
    session: AsyncSession, row: Row, form: Form, asked_id: UUID, *, missed: bool, persons: PersonKeys, now: datetime
) -> None:
    """Remind their author, or alert the agents once they were missed, in a transaction that holds the row locked.

    Not where all came, where the request has ended, or where it has moved on and waits for nothing any more.
    """
    asked = await conversation.document_request(session, row.id, asked_id)
    state, since = form.workflow.state(row.status), await conversation.in_state_since(session, row)
    moved_on = since is None or since > asked.created_at if asked else True
    if asked is None or asked.completed_at or state is None or state.final or moved_on:
        return
    if missed:
        await _alert(session, row, asked, now)
    else:
        with suppress(KeyDestroyedError):  # nobody is left to be reminded
            await _remind(session, row, form, asked, persons, now)


async def _remind(
    session: AsyncSession, row: Row, form: Form, asked: DocumentRequest, persons: PersonKeys, now: datetime
) -> None:
    lacking = await conversation.lacking(session, asked)
    names = [document.name for document in form.definition.documents if document.code in lacking]
    if not names:
        return
    words = Text(
        fr=f"Nous attendons encore de vous, jusqu'au {asked.due_on:%d/%m/%Y} inclus : "
        f"{', '.join(name.fr for name in names)}. Si vous ne pouvez pas les donner d'ici là, dites-le-nous ici.",
        en=f"We still wait for these from you, until {asked.due_on:%d/%m/%Y} included: "
        f"{', '.join(name.in_language('en') for name in names)}. If you cannot give them by then, tell us here.",
    )
    service = Actor.service(row.collectivity)
    after = requests.entity(row).after_message(service)
    await store_words(session, after, service, Visibility.PUBLIC, words, persons=persons, now=now)


async def _alert(session: AsyncSession, row: Row, asked: DocumentRequest, now: datetime) -> None:
    after = requests.entity(row).after_word()
    await requests.save(session, after, now)
    requests.record(session, after, Actor.service(after.collectivity), "documents-missed", now, Visibility.INTERNAL)
    await alert_agents(session, after, Alert.DOCUMENTS_MISSED, now, ends_at=end_of(asked.due_on))
