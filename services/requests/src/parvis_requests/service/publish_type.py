# SPDX-License-Identifier: EUPL-1.2
"""Drafts of request types, and their publication: a running request keeps the version that it was filed with."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.keyset import Position, Slice
from parvis_kit.ids import uuid7
from parvis_requests.db import catalogue, teams, type_versions
from parvis_requests.db.tables import RequestTypeVersion
from parvis_requests.db.type_versions import Summary
from parvis_requests.domain.errors import (
    DefinitionError,
    DraftExistsError,
    Fault,
    NotAllowedError,
    NotFoundError,
    StaleVersionError,
)
from parvis_requests.domain.request import Actor
from parvis_requests.service.catalogue_file import contact_of
from parvis_requests.service.definition_faults import definition_faults, refusals_to_court
from parvis_requests.service.team_faults import team_faults
from parvis_requests.service.tell_catalogue import tell_types
from parvis_requests.service.type_definition import TypeDefinition

ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class SavedVersion:
    """A version as it was stored; ``faults`` keep a draft from being published."""

    row: RequestTypeVersion
    code: str
    definition: TypeDefinition
    faults: Sequence[Fault] = ()


def allow_administration(actor: Actor) -> None:
    """Raise NotAllowedError unless the actor administers the collectivity's catalogue."""
    if not (actor.is_agent and ADMINISTRATOR in actor.roles):
        raise NotAllowedError


async def start_draft(
    session: AsyncSession, actor: Actor, code: str, definition: TypeDefinition, now: datetime
) -> SavedVersion:
    """Begin the next version of a type, or a new type; raises DraftExistsError where one was begun already."""
    allow_administration(actor)
    # One at a time in a collectivity: two drafts of a new code cannot both make its type.
    if not await catalogue.lock(session, actor.collectivity):
        raise NotFoundError
    type_id = await type_versions.type_id(session, actor.collectivity, code, summary_of(definition))
    if await type_versions.draft_of(session, type_id):
        raise DraftExistsError
    row = await add_version(session, actor.collectivity, type_id, definition, now)
    return _draft(row, code, definition, await teams.codes(session, actor.collectivity))


async def add_version(
    session: AsyncSession, collectivity: str, type_id: UUID, definition: TypeDefinition, now: datetime
) -> RequestTypeVersion:
    """Store the type's next version as a draft."""
    row = RequestTypeVersion(
        id=uuid7(),
        type_id=type_id,
        collectivity=collectivity,
        number=await type_versions.next_number(session, type_id),
        state="draft",
        revision=1,
        definition=definition.model_dump(mode="json"),
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    await session.flush()
    return row


async def read_draft(session: AsyncSession, actor: Actor, draft_id: UUID) -> SavedVersion:
    """A draft of the actor's collectivity; raises NotAllowedError or NotFoundError."""
    allow_administration(actor)
    return await _saved(session, await type_versions.draft(session, actor.collectivity, draft_id))


async def list_drafts(
    session: AsyncSession, actor: Actor, position: Position | None, limit: int
) -> Slice[SavedVersion]:
    """One page of the drafts of the actor's collectivity, newest first."""
    allow_administration(actor)
    page = await type_versions.drafts(session, actor.collectivity, position, limit)
    codes = await type_versions.codes(session, [row.type_id for row in page.rows])
    known = await teams.codes(session, actor.collectivity)
    saved = [_draft(row, codes[row.type_id], TypeDefinition.model_validate(row.definition), known) for row in page.rows]
    return Slice(saved, page.next, page.previous)


async def list_versions(
    session: AsyncSession, actor: Actor, code: str, position: Position | None, limit: int
) -> Slice[SavedVersion]:
    """One page of what the actor's collectivity has offered under that code, the newest first."""
    allow_administration(actor)
    page = await type_versions.versions(session, actor.collectivity, code, position, limit)
    return Slice([_offered(row, code) for row in page.rows], page.next, page.previous)


async def read_version(session: AsyncSession, actor: Actor, code: str, number: int) -> SavedVersion:
    """What was offered as that version; raises NotAllowedError or NotFoundError."""
    allow_administration(actor)
    return _offered(await type_versions.version(session, actor.collectivity, code, number), code)


def _offered(row: RequestTypeVersion, code: str) -> SavedVersion:
    return SavedVersion(row, code, TypeDefinition.model_validate(row.definition))


async def change_draft(
    session: AsyncSession, actor: Actor, draft_id: UUID, definition: TypeDefinition, *, revision: int, now: datetime
) -> SavedVersion:
    """Replace the definition of the revision that the actor saw; raises StaleVersionError after another change."""
    row = await _seen(session, actor, draft_id, revision)
    row.definition, row.revision, row.updated_at = definition.model_dump(mode="json"), row.revision + 1, now
    await session.flush()
    return await _saved(session, row)


async def discard_draft(session: AsyncSession, actor: Actor, draft_id: UUID, *, revision: int) -> None:
    """Throw a draft away."""
    await type_versions.discard(session, await _seen(session, actor, draft_id, revision))


async def publish_draft(
    session: AsyncSession, actor: Actor, draft_id: UUID, *, revision: int, now: datetime
) -> SavedVersion:
    """Offer the draft from now on, in place of the version before.

    Raises NotAllowedError, NotFoundError, StaleVersionError, or DefinitionError with every fault of the definition.
    """
    saved = await _saved(session, await _seen(session, actor, draft_id, revision))
    await catalogue.touch(session, actor.collectivity)
    await publish(session, saved.row, saved.definition, now)
    return saved


async def publish(session: AsyncSession, row: RequestTypeVersion, definition: TypeDefinition, now: datetime) -> None:
    """Offer a version whose collectivity's catalogue was touched; raises DefinitionError.

    What has a legal period is offered by a collectivity alone whose receipts can say how to reach it; what can be
    refused, by one alone that says to which court one goes then (article R421-5 of the code of administrative justice).
    """
    faults = _faults(definition, await teams.codes(session, row.collectivity))
    contact = contact_of(await catalogue.collectivity(session, row.collectivity))
    if definition.legal and not contact.complete:
        faults.append(Fault(("legal",), "contact-missing"))
    if contact.court is None:
        faults += [Fault(where, "court-missing") for where in refusals_to_court(definition)]
    if faults:
        raise DefinitionError(faults)
    await type_versions.offer(session, row, summary_of(definition), now)
    await tell_types(session, [row.type_id], now)


async def retire_type(session: AsyncSession, actor: Actor, code: str, *, number: int, now: datetime) -> None:
    """Offer a type no longer; raises NotFoundError, or StaleVersionError where another version is on offer."""
    allow_administration(actor)
    row = await type_versions.on_offer(session, actor.collectivity, code)
    if row is None:
        raise NotFoundError
    if row.number != number:
        raise StaleVersionError
    await catalogue.touch(session, actor.collectivity)
    await type_versions.retire(session, row.type_id, now)
    await tell_types(session, [row.type_id], now)


async def _seen(session: AsyncSession, actor: Actor, draft_id: UUID, revision: int) -> RequestTypeVersion:
    allow_administration(actor)
    row = await type_versions.draft(session, actor.collectivity, draft_id, lock=True)
    if row.revision != revision:
        raise StaleVersionError
    return row


async def _saved(session: AsyncSession, row: RequestTypeVersion) -> SavedVersion:
    codes = await type_versions.codes(session, [row.type_id])
    known = await teams.codes(session, row.collectivity)
    return _draft(row, codes[row.type_id], TypeDefinition.model_validate(row.definition), known)


def _draft(row: RequestTypeVersion, code: str, definition: TypeDefinition, known: Collection[str]) -> SavedVersion:
    return SavedVersion(row, code, definition, _faults(definition, known))


def _faults(definition: TypeDefinition, known: Collection[str]) -> list[Fault]:
    return [*definition_faults(definition), *team_faults(definition, known)]


def summary_of(definition: TypeDefinition) -> Summary:
    """What the type's own row repeats of a definition."""
    return Summary(
        group_code=definition.group,
        group_name=definition.group_name.model_dump(),
        name=definition.name.model_dump(),
        answers_schema=definition.form.answers_schema,
        position_required=definition.position_required,
        rank=definition.rank,
        workflow=definition.workflow.model_dump(mode="json"),
        access=str(definition.access),
    )
