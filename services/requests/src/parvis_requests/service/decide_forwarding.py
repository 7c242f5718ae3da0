# SPDX-License-Identifier: EUPL-1.2
"""Agents read where a request went, and decide on one that did not arrive, or may have."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.keyset import Position, Slice
from parvis_kit.locale import Text
from parvis_requests.db import forwardings, requests
from parvis_requests.db.tables import Forwarding
from parvis_requests.domain.errors import NotFoundError, StaleVersionError
from parvis_requests.domain.forwarding import ForwardingState
from parvis_requests.domain.forwarding_errors import ForwardingError
from parvis_requests.domain.request import Actor, Visibility
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.tell_forwarding import name_of, say, tell_forwarded


class Decision(StrEnum):
    """What an agent decides on a request that did not arrive at the other body."""

    RESEND = "resend"
    RECEIVED = "received"
    GIVE_UP = "give-up"


@dataclass(frozen=True, slots=True)
class Kept:
    """A forwarding, with what its body is called."""

    row: Forwarding
    name: Text


async def read_forwarding(session: AsyncSession, actor: Actor, request_id: UUID) -> Kept:
    """Raises NotAllowedError for whoever is no agent, NotFoundError where the request goes nowhere."""
    row = await requests.one(session, for_agents(actor), request_id)
    found = await forwardings.one(session, row.collectivity, row.id)
    if found is None:
        raise NotFoundError
    return Kept(found[0], Text.model_validate(found[1].name))


async def list_forwardings(
    session: AsyncSession, actor: Actor, states: tuple[ForwardingState, ...], position: Position | None, limit: int
) -> Slice[Any]:
    """One page, newest first; raises NotAllowedError for whoever is no agent."""
    return await forwardings.page(session, for_agents(actor), states, position, limit)


async def decide_forwarding(
    session: AsyncSession,
    actor: Actor,
    request_id: UUID,
    decision: Decision,
    number: str | None,
    persons: PersonKeys,
    *,
    version: int,
    now: datetime,
) -> Kept:
    """Send it anew, note the number that it has there, or give up, in the caller's transaction.

    Raises NotAllowedError, NotFoundError, StaleVersionError, or ForwardingError where nothing waits for a decision,
    or the number is another request's.
    """
    agent = for_agents(actor)
    await requests.one(session, agent, request_id, lock=True)
    found = await forwardings.one(session, agent.collectivity, request_id, lock=True)
    if found is None:
        raise NotFoundError
    row = found[0]
    if row.version != version:
        raise StaleVersionError
    if row.state != ForwardingState.FAILED:
        raise ForwardingError
    row.version, row.updated_at, row.error = row.version + 1, now, None
    if decision is Decision.RESEND:
        row.state, row.next_at, row.look_ups, row.token = ForwardingState.WAITING, now, 0, None
        row.first_sent_at = None
    elif decision is Decision.GIVE_UP:
        row.state = ForwardingState.GIVEN_UP
    else:
        await _note_number(session, row, number or "", persons, now)
    await session.flush()
    if decision is not Decision.RECEIVED:
        await _note(session, row, decision, persons, now)
    return Kept(row, Text.model_validate(found[1].name))


async def _note_number(session: AsyncSession, row: Forwarding, number: str, persons: PersonKeys, now: datetime) -> None:
    if await forwardings.has_number(session, row.body_id, number):
        raise ForwardingError
    row.state, row.service_request_id, row.followed_at = ForwardingState.FOLLOWED, number, now
    await session.flush()
    await tell_forwarded(session, row, number, persons, now)


async def _note(session: AsyncSession, row: Forwarding, decision: Decision, persons: PersonKeys, now: datetime) -> None:
    name = await name_of(session, row)
    words = {
        Decision.RESEND: Text(
            fr=f"Un agent a demandé un nouvel envoi à {name.fr}.", en=f"An agent had it sent to {name.en} again."
        ),
        Decision.GIVE_UP: Text(
            fr=f"Un agent a renoncé à la transmission à {name.fr}.", en=f"An agent gave up forwarding it to {name.en}."
        ),
    }
    await say(session, row, Visibility.INTERNAL, words[decision], persons, now)
