# SPDX-License-Identifier: EUPL-1.2
"""Administrators say which other bodies handle requests of which types, and how they are reached by Open311."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import SealingKey
from parvis_kit.ids import uuid7
from parvis_kit.locale import Text
from parvis_outside.destination import Network, UrlRefusedError, check_url
from parvis_requests.db import catalogue, open311_bodies
from parvis_requests.db.tables import Open311Body
from parvis_requests.domain.errors import Fault, NotFoundError, StaleVersionError
from parvis_requests.domain.forwarding import ServiceRule
from parvis_requests.domain.forwarding_errors import (
    BodyInUseError,
    ForwardedElsewhereError,
    InvalidBodyError,
    TooManyBodiesError,
)
from parvis_requests.domain.request import Actor
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.domain.workflow import SYSTEM
from parvis_requests.service.catalogue import Catalogue, Catalogues
from parvis_requests.service.form import Form
from parvis_requests.service.open311_endpoints import sealed_key
from parvis_requests.service.publish_type import allow_administration

MAX_BODIES: Final = 100


@dataclass(frozen=True, slots=True)
class BodyContent:
    """What an administrator says of a body; the key of a body that is changed stays where none is given."""

    name: Text
    endpoint: str
    format: Literal["json", "xml"]
    jurisdiction_id: str | None
    api_key: str | None
    has_updates: bool
    idempotent: bool
    rules: Sequence[ServiceRule]


@dataclass(frozen=True, slots=True)
class KeptBody:
    """A body as it is stored."""

    row: Open311Body
    rules: Sequence[ServiceRule]


@dataclass(frozen=True, slots=True)
class Administration:
    """What is needed to say something of a body."""

    catalogues: Catalogues
    keys: SealingKey
    allowed: Sequence[Network]


async def add_body(
    session: AsyncSession, actor: Actor, content: BodyContent, means: Administration, now: datetime
) -> KeptBody:
    """Work with one more.

    Raises NotAllowedError, UrlRefusedError, InvalidBodyError, ForwardedElsewhereError or TooManyBodiesError.
    """
    await _administer(session, actor, content, means)
    if await open311_bodies.count(session, actor.collectivity) >= MAX_BODIES:
        raise TooManyBodiesError
    id_ = uuid7()
    row = Open311Body(
        id=id_, collectivity=actor.collectivity, version=1, created_at=now, polled_until=now, poll_next_at=now
    )
    _write(row, content, means.keys, now)
    session.add(row)
    return await _stored(session, row, content)


async def replace_body(
    session: AsyncSession,
    actor: Actor,
    body_id: UUID,
    content: BodyContent,
    means: Administration,
    *,
    version: int,
    now: datetime,
) -> KeptBody:
    """Say it anew; raises what :func:`add_body` raises, NotFoundError or StaleVersionError."""
    await _administer(session, actor, content, means)
    row = await _seen(session, actor, body_id, version)
    row.version += 1
    _write(row, content, means.keys, now)
    return await _stored(session, row, content)


async def drop_body(session: AsyncSession, actor: Actor, body_id: UUID, *, version: int) -> None:
    """Work with it no longer; raises NotAllowedError, NotFoundError, StaleVersionError or BodyInUseError."""
    allow_administration(actor)
    await _hold(session, actor)
    row = await _seen(session, actor, body_id, version)
    if await open311_bodies.in_use(session, row.id):
        raise BodyInUseError
    await session.delete(row)
    await session.flush()


async def list_bodies(session: AsyncSession, actor: Actor) -> Sequence[KeptBody]:
    """All of the collectivity's, the oldest first; raises NotAllowedError for whoever is no agent."""
    rows = await open311_bodies.all_of(session, for_agents(actor).collectivity)
    rules = await open311_bodies.rules(session, [row.id for row in rows])
    return [KeptBody(row, rules[row.id]) for row in rows]


async def read_body(session: AsyncSession, actor: Actor, body_id: UUID) -> KeptBody:
    """One of them; raises NotAllowedError or NotFoundError."""
    row = await open311_bodies.one(session, for_agents(actor).collectivity, body_id)
    return KeptBody(row, (await open311_bodies.rules(session, [row.id]))[row.id])


async def _administer(session: AsyncSession, actor: Actor, content: BodyContent, means: Administration) -> None:
    allow_administration(actor)
    _check_endpoint(content.endpoint, means.allowed)
    await _hold(session, actor)
    _check(content.rules, await means.catalogues.of(actor.collectivity))


async def _hold(session: AsyncSession, actor: Actor) -> None:
    # One at a time with the publications; and every process learns which types go elsewhere.
    if not await catalogue.lock(session, actor.collectivity):
        raise NotFoundError
    await catalogue.touch(session, actor.collectivity)


def _check_endpoint(url: str, allowed: Sequence[Network]) -> None:
    check_url(url, allowed)
    if urlsplit(url).query:
        raise UrlRefusedError("has-a-query")


def _check(rules: Sequence[ServiceRule], offered: Catalogue) -> None:
    seen: set[str] = set()
    faults: list[Fault] = []
    for index, rule in enumerate(rules):
        where = ("services", index)
        form = offered.forms.get(rule.request_type)
        if form is None:
            faults.append(Fault((*where, "request_type"), "unknown-request-type"))
        elif rule.request_type in seen:
            faults.append(Fault((*where, "request_type"), "repeated-request-type"))
        else:
            faults += _faults(where, rule, form)
        seen.add(rule.request_type)
    if faults:
        raise InvalidBodyError(faults)


def _faults(where: tuple[str | int, ...], rule: ServiceRule, form: Form) -> list[Fault]:
    questions = form.answers_schema.get("properties", {})
    known = {transition.code: transition for transition in form.workflow.transitions}
    return [
        *(Fault((*where, "attributes", name), "unknown-question") for name in rule.attributes if name not in questions),
        *(
            Fault((*where, "acts", status), "not-an-act-of-the-service")
            for status, action in rule.acts.items()
            if action not in known or SYSTEM not in known[action].roles
        ),
    ]


def _write(row: Open311Body, content: BodyContent, keys: SealingKey, now: datetime) -> None:
    row.name, row.endpoint, row.format = content.name.model_dump(), content.endpoint, content.format
    row.jurisdiction_id, row.updated_at = content.jurisdiction_id, now
    row.has_updates, row.idempotent = content.has_updates, content.idempotent
    row.rests_until = row.failing_since = row.last_error = None
    if content.api_key is not None:
        row.api_key = sealed_key(row.id, content.api_key, keys)


async def _stored(session: AsyncSession, row: Open311Body, content: BodyContent) -> KeptBody:
    await session.flush()
    taken = await open311_bodies.replace_rules(session, row, content.rules)
    if taken is not None:
        raise ForwardedElsewhereError(taken)
    return KeptBody(row, (await open311_bodies.rules(session, [row.id]))[row.id])


async def _seen(session: AsyncSession, actor: Actor, body_id: UUID, version: int) -> Open311Body:
    row = await open311_bodies.one(session, actor.collectivity, body_id, lock=True)
    if row.version != version:
        raise StaleVersionError
    return row
