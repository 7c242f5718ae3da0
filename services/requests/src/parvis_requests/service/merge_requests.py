# SPDX-License-Identifier: EUPL-1.2
"""Agents put together what reports the same: the children go along with their parent, and nothing of them is lost."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.locale import Text
from parvis_requests.db import merges, requests, timers
from parvis_requests.db.tables import Merge
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.errors import (
    MergeEndedError,
    MergeError,
    MergeOtherTypeError,
    MergeOtherWorkflowError,
    MergeSilenceError,
    MergeTakenError,
    StaleVersionError,
)
from parvis_requests.domain.request import Actor, Visibility
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.complete_file import form_of
from parvis_requests.service.form import Form
from parvis_requests.service.part_request import hold_parent, part_request, tell_of_merge
from parvis_requests.service.write_message import store_words

# A parent's children move in the transaction of its own move: there is an end to them.
MAX_CHILDREN: Final = 50
_JOINED: Final = Text(
    fr="D'autres demandes sur le même sujet rejoignent la vôtre : elles avanceront avec elle.",
    en="Other requests about the same matter join yours: they will go along with it.",
)


@dataclass(frozen=True, slots=True)
class Kin:
    """With which request one goes along, and which go along with it, as far as the agent may read these."""

    parent: Row | None
    children: Sequence[Row]


async def merge_request(
    session: AsyncSession,
    actor: Actor,
    child_id: UUID,
    parent_id: UUID,
    *,
    version: int,
    catalogues: Catalogues,
    persons: PersonKeys,
    now: datetime,
) -> Row:
    """Let a request go along with another one of the same type; all of it stays.

    Its author is told with which, those who follow it and the agent who has it in hand that it did, and the other one's
    author once, as the first joins.

    They may be of different versions of it that have the same workflow. Raises NotAllowedError, NotFoundError,
    StaleVersionError, or the MergeError that says why they cannot go together.
    """
    agent = for_agents(actor)
    await merges.one_at_a_time(session, agent.collectivity)
    # A parent is locked before its children, as when it moves.
    parent = await requests.one(session, agent, parent_id, lock=True)
    child = await requests.one(session, agent, child_id, lock=True)
    if child.version != version:
        raise StaleVersionError
    form = await _check(session, parent, child, catalogues)
    first = not await merges.children(session, parent.id)
    session.add(
        Merge(
            child_id=child.id,
            parent_id=parent.id,
            collectivity=child.collectivity,
            agent=agent.person,
            created_at=now,
        )
    )
    await timers.stop(session, child.id, timers.WORKFLOW)
    joins = _joins(parent.reference)
    await tell_of_merge(session, child, agent, form, "merge", joins, persons=persons, now=now)
    if first:
        with suppress(KeyDestroyedError):  # nobody is left to be told
            joined = requests.entity(parent).after_word()
            await store_words(session, joined, agent, Visibility.PUBLIC, _JOINED, persons=persons, now=now)
    return child


async def unmerge_request(
    session: AsyncSession,
    actor: Actor,
    child_id: UUID,
    *,
    version: int,
    catalogues: Catalogues,
    persons: PersonKeys,
    now: datetime,
) -> Row:
    """Let it go its own way again, from the state in which it stands; its author is told.

    Raises NotAllowedError, NotFoundError, StaleVersionError, or MergeError where it went along with none.
    """
    agent = for_agents(actor)
    await hold_parent(session, agent.collectivity, child_id)
    child = await requests.one(session, agent, child_id, lock=True)
    if child.version != version:
        raise StaleVersionError
    form, holidays = await form_of(session, child, catalogues), (await catalogues.of(child.collectivity)).holidays
    if not await part_request(session, child, agent, form, holidays=holidays, persons=persons, now=now):
        raise MergeError
    return child


async def read_kin(session: AsyncSession, actor: Actor, request_id: UUID) -> Kin:
    """What a request goes along with; raises NotAllowedError or NotFoundError."""
    agent = for_agents(actor)
    row = await requests.one(session, agent, request_id)
    merge = await merges.of(session, row.id)
    parents = await requests.several(session, agent, [merge.parent_id] if merge else [])
    return Kin(next(iter(parents), None), await merges.children_read_by(session, agent, row.id))


async def _check(session: AsyncSession, parent: Row, child: Row, catalogues: Catalogues) -> Form:
    if parent.id == child.id or parent.type_id != child.type_id:
        raise MergeOtherTypeError
    form, own = await form_of(session, parent, catalogues), await form_of(session, child, catalogues)
    if _course(form) != _course(own):
        raise MergeOtherWorkflowError
    if form.regime or own.regime:
        raise MergeSilenceError
    ends = {state.code for state in form.workflow.states if state.final}
    if {parent.status, child.status} & ends:
        raise MergeEndedError
    known = await merges.of_any(session, [parent.id, child.id])
    others = [merge for merge in known if merge.parent_id == parent.id]
    if len(others) != len(known) or len(others) >= MAX_CHILDREN or child.id in {merge.child_id for merge in known}:
        raise MergeTakenError
    return form


def _course(form: Form) -> tuple[object, ...]:
    """What requests must have in common to go along with one another: a type may be published anew between them."""
    return form.workflow, form.definition.retention_months


def _joins(reference: str) -> Text:
    return Text(
        fr=f"Votre demande rejoint la demande {reference}, sur le même sujet : elle avancera avec elle.",
        en=f"Your request joins request {reference}, about the same matter: it will go along with it.",
    )
