# SPDX-License-Identifier: EUPL-1.2
"""The audit trail in the database: entries added by acts, read by auditors."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB, TEXT
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.audit_tables import AuditEntryRow, AuditLinkRow
from parvis_identity.domain.audit import NOBODY, Act, Entry
from parvis_kit.db import keyset
from parvis_kit.db.keyset import Position, Slice
from parvis_kit.ids import uuid7

# One round trip, and no lock that another act could wait for: the chain is the worker's business.
_RECORD: Final = text(
    "WITH entry AS (INSERT INTO audit_entry (id, collectivity, occurred_at, action, actor_kind, actor, client_id,"
    " object_kind, object, details) VALUES (:id, COALESCE(:collectivity,"
    " (SELECT collectivity FROM person WHERE id = :person), '*'), :occurred_at, :action, :actor_kind, :actor,"
    " :client_id, :object_kind, :object, :details) RETURNING id) INSERT INTO audit_waiting SELECT id FROM entry"
).bindparams(bindparam("details", type_=JSONB), bindparam("collectivity", type_=TEXT), bindparam("person", type_=Uuid))


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFilter:
    """Which entries; what is None does not restrict."""

    action: str | None = None
    actor: str | None = None
    client_id: str | None = None
    object_kind: str | None = None
    object: str | None = None
    occurred_after: datetime | None = None
    occurred_before: datetime | None = None


async def record(session: AsyncSession, act: Act) -> None:
    """Keep the act, in the caller's transaction: what was not committed was not done, and is not told."""
    await session.execute(
        _RECORD,
        {
            "id": uuid7(),
            "collectivity": act.collectivity,
            "person": _person(act),
            "occurred_at": act.at,
            "action": act.action.value,
            "actor_kind": act.actor.kind,
            "actor": act.actor.id,
            "client_id": act.actor.client_id,
            "object_kind": act.on.kind,
            "object": act.on.id,
            "details": {name: list(values) for name, values in act.details.items()},
        },
    )


async def page(
    session: AsyncSession, collectivity: str, wanted: EntryFilter, position: Position | None, limit: int
) -> Slice[Entry]:
    """A page of the collectivity's entries, newest first."""
    statement = select(AuditEntryRow, AuditLinkRow.sequence).outerjoin(
        AuditLinkRow, AuditLinkRow.entry == AuditEntryRow.id
    )
    statement = statement.where(AuditEntryRow.collectivity == collectivity)
    for name in ("action", "actor", "client_id", "object_kind", "object"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(AuditEntryRow, name) == value)
    if wanted.occurred_after is not None:
        statement = statement.where(AuditEntryRow.occurred_at > wanted.occurred_after)
    if wanted.occurred_before is not None:
        statement = statement.where(AuditEntryRow.occurred_at < wanted.occurred_before)
    rows = await session.execute(keyset.at(statement, AuditEntryRow.occurred_at, AuditEntryRow.id, position, limit))
    return keyset.cut([entry_of(row, sequence) for row, sequence in rows], position, limit, key="occurred_at")


def entry_of(row: Any, sequence: int | None) -> Entry:
    """An entry as it is kept."""
    return Entry(
        id=row.id,
        collectivity=row.collectivity,
        occurred_at=row.occurred_at,
        action=row.action,
        actor_kind=row.actor_kind,
        actor=row.actor,
        client_id=row.client_id,
        object_kind=row.object_kind,
        object=row.object,
        details=row.details,
        sequence=sequence,
    )


def _person(act: Act) -> UUID | None:
    # Whose collectivity it is where none is named: of the person acted on, or else of the one who acts.
    if act.on.kind == "person" and act.on.id != NOBODY:
        return UUID(act.on.id)
    return UUID(act.actor.id) if act.actor.kind in {"citizen", "agent"} else None
