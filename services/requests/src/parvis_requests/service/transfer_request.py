# SPDX-License-Identifier: EUPL-1.2
"""An agent has a request go to the administration that is competent for it; until it does, they may take it back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_requests.db import merges, requests, transfers
from parvis_requests.db.tables import Request as Row
from parvis_requests.db.tables import Transfer
from parvis_requests.domain.errors import MergedError, NotFoundError, StaleVersionError
from parvis_requests.domain.request import Actor, Visibility
from parvis_requests.domain.transfer import Receiver, TransferError
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.complete_file import form_of
from parvis_requests.service.move_reporter import nothing_ahead
from parvis_requests.service.receive_transfer import leaving
from parvis_requests.service.write_message import store_words


@dataclass(frozen=True, slots=True)
class Transferring:
    """What an agent wants, of the version that they saw; ``action`` is the act by which the request ends here."""

    request_id: UUID
    version: int
    receiver: Receiver
    action: str
    reason: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A transfer as it is read: where the request goes, or whence it came; ``reference`` is what it is called there."""

    row: Transfer
    incoming: bool
    reference: str | None


async def transfer_request(
    session: AsyncSession,
    actor: Actor,
    wanted: Transferring,
    *,
    catalogues: Catalogues,
    persons: PersonKeys,
    undo: timedelta,
    now: datetime,
) -> Shown:
    """Have it go after ``undo``; why is kept as a note, and told to the person when it goes.

    Raises NotFoundError, NotAllowedError, StaleVersionError, MergedError, TransitionError, PeriodEndedError,
    UnknownTypeError and InvalidAnswersError for the form of the receiver, TransferError, or KeyDestroyedError.
    """
    row = await requests.one(session, for_agents(actor), wanted.request_id, lock=True)
    if row.version != wanted.version:
        raise StaleVersionError
    if await merges.of(session, row.id):
        raise MergedError
    form, request = await form_of(session, row, catalogues), requests.entity(row)
    target = request.allowed(form.workflow, wanted.action, actor).target
    request.still_open(form.workflow, now)
    state, former = form.workflow.state(target), await transfers.of(session, row.id, lock=True)
    if not (state and state.final) or (former and former.failed_at is None):
        raise TransferError
    await _check_receiver(session, row, wanted.receiver, catalogues, persons, now)
    after = request.after_word()
    note = await store_words(session, after, actor, Visibility.INTERNAL, wanted.reason, persons=persons, now=now)
    if former:
        await session.delete(former)
        await session.flush()
    new = Transfer(
        request_id=row.id,
        collectivity=row.collectivity,
        agent=actor.person,
        action=wanted.action,
        note_id=note,
        to_collectivity=wanted.receiver.collectivity,
        to_type=wanted.receiver.request_type,
        to_other=wanted.receiver.body,
        due_at=now + undo,
        created_at=now,
    )
    await session.flush()
    session.add(new)
    await session.flush()
    return Shown(new, incoming=False, reference=None)


async def take_back(session: AsyncSession, actor: Actor, request_id: UUID, *, version: int) -> None:
    """Let it stay; raises NotAllowedError, NotFoundError, StaleVersionError, or TransferError once it has gone."""
    row = await requests.one(session, for_agents(actor), request_id, lock=True)
    found = await transfers.of(session, row.id, lock=True)
    if found is None:
        raise NotFoundError
    if row.version != version:
        raise StaleVersionError
    if found.done_at:
        raise TransferError
    await session.delete(found)
    await session.flush()


async def read_transfer(session: AsyncSession, actor: Actor, request_id: UUID) -> Shown:
    """Where it goes or went, or whence it came; raises NotFoundError: neither, or not gone yet for its author."""
    row = await requests.one(session, actor, request_id)
    found = await transfers.of(session, row.id)
    if found and (actor.is_agent or found.done_at):
        return Shown(found, incoming=False, reference=await transfers.reference_of(session, found.to_request_id))
    origin = await transfers.origin_of(session, row.id)
    if origin is None:
        raise NotFoundError
    return Shown(origin[0], incoming=True, reference=origin[1])


async def _check_receiver(
    session: AsyncSession, row: Row, receiver: Receiver, catalogues: Catalogues, persons: PersonKeys, now: datetime
) -> None:
    if receiver.collectivity is None or receiver.request_type is None:
        return
    if receiver.collectivity == row.collectivity:
        raise TransferError
    await nothing_ahead(session, row, now)
    try:
        offered = await catalogues.of(receiver.collectivity)
    except NotFoundError as error:
        raise TransferError from error
    answers, _ = await leaving(session, row, await persons.of(row.author))
    offered.form(receiver.request_type).check(answers)
