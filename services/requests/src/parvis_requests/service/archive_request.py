# SPDX-License-Identifier: EUPL-1.2
"""A closed request as a records system takes it over: what its author was told and gave, and nothing internal."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.db.keyset import Position
from parvis_kit.locale import DEFAULT
from parvis_requests.db import conversation, history, requests, retention
from parvis_requests.db.tables import Attachment, HistoryEntry
from parvis_requests.domain.errors import FileWaitsError, FormerAnswersError, NotEndedError
from parvis_requests.domain.files import Scan
from parvis_requests.domain.request import Actor
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.form import Form
from parvis_requests.service.forms_over_time import forms_over_time
from parvis_requests.service.read_messages import read_messages
from parvis_requests.service.read_request import OpenRequest, read_request, record_access
from parvis_requests.service.read_type_changes import Former, read_type_changes
from parvis_requests.service.write_message import WrittenMessage

_PIECE: Final = 200
# Read from there towards the present: before any message.
_BEGINNING: Final = Position(datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0), backward=True)


@dataclass(frozen=True, slots=True)
class ClosedFile:
    """A request that has ended, as ``author`` sees it; ``files`` are those that no antivirus holds back.

    ``form_at`` is what it was at each act, ``former`` what it had answered before it became one of another type.
    """

    opened: OpenRequest
    author: Actor
    history: Sequence[HistoryEntry]
    files: Sequence[Attachment]
    ended_at: datetime
    form_at: Callable[[int], Form]
    former: Sequence[Former]


async def read_closed_file(
    session: AsyncSession,
    actor: Actor,
    request_id: UUID,
    *,
    persons: PersonKeys,
    catalogues: Catalogues,
    now: datetime,
) -> ClosedFile:
    """The file, and the record that the agent read it, in the caller's transaction.

    Raises NotAllowedError for anybody but an agent, NotFoundError, NotEndedError, FileWaitsError while an antivirus
    looks at one of its files, KeyDestroyedError once its author was erased, or FormerAnswersError for who may not read
    all that it was answered.
    """
    agent = for_agents(actor)
    row = await requests.one(session, agent, request_id)
    author = Actor(row.author, row.collectivity, is_agent=False)
    opened = await read_request(session, author, row.id, persons=persons, catalogues=catalogues)
    state = opened.form.workflow.state(row.status)
    if state is None or not state.final:
        raise NotEndedError
    await persons.of(row.author)
    if any(file.scan == Scan.WAITING for file in opened.attachments):
        raise FileWaitsError
    kept = await retention.kept(session, row.id)
    ended_at = kept.ended_at if kept else await conversation.in_state_since(session, row)
    _, former = await read_type_changes(session, agent, row.id, persons=persons, catalogues=catalogues)
    # The key is there: what is missing is kept from the agent, and an archive has all or is none.
    if any(each.answers is None for each in former):
        raise FormerAnswersError
    await record_access(session, row, agent, now)
    return ClosedFile(
        opened=opened,
        author=author,
        history=await history.whole(session, row.id, internal=False),
        files=[file for file in opened.attachments if file.scan != Scan.INFECTED],
        ended_at=ended_at or row.updated_at,
        form_at=await forms_over_time(session, row, catalogues),
        former=former,
    )


async def conversation_of(
    database: Database, closed: ClosedFile, persons: PersonKeys
) -> AsyncIterator[Sequence[WrittenMessage]]:
    """What was said, the oldest first, in pieces; between two of them no connection waits for a slow reader."""
    place: Position | None = _BEGINNING
    while place:
        async with database.reading() as session:
            page = await read_messages(
                session, closed.author, closed.opened.row.id, place, _PIECE, persons=persons, language=DEFAULT
            )
        if page.rows:
            yield page.rows[::-1]
        place = page.previous
