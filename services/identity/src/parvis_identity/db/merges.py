# SPDX-License-Identifier: EUPL-1.2
"""Merges of accounts: prepared, decided, and their effect on the tables."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.account_tables import LocalAccountRow, PasskeyRow
from parvis_identity.db.behalf_tables import MandateRow
from parvis_identity.db.profile_tables import EmailChangeRow, PhoneCodeRow
from parvis_identity.db.reconciliation_tables import AccountMergeRow
from parvis_identity.db.tables import ConsentRow, IdentityLinkRow, MembershipRow, PersonRow, SessionRow
from parvis_identity.domain.agreement import BORN, NAMED, Agreement
from parvis_identity.domain.merge import Merge, Reason, Side, State
from parvis_identity.domain.person import Identity
from parvis_identity.domain.pivot import Document


async def side(session: AsyncSession, person: UUID, now: datetime) -> Side:
    """What hangs on that account."""
    row = (
        await session.execute(
            select(
                PersonRow.version,
                exists().where(AccountMergeRow.absorbed == person, AccountMergeRow.state == State.DONE.value),
                select(func.count()).where(IdentityLinkRow.person == person).scalar_subquery(),
                select(func.count())
                .where(SessionRow.person == person, SessionRow.ended_at.is_(None), SessionRow.expires_at > now)
                .scalar_subquery(),
                or_(exists().where(LocalAccountRow.person == person), exists().where(PasskeyRow.person == person)),
                exists().where(MembershipRow.person == person, MembershipRow.ended_at.is_(None)),
            ).where(PersonRow.id == person)
        )
    ).one()
    version, merged, links, sessions, local, staff = row
    return Side(version=version, links=links, sessions=sessions, local=local, staff=staff, merged=merged)


async def add(session: AsyncSession, merge: Merge, objection_hash: bytes) -> None:
    """A merge that waits for a decision, and what calls it off."""
    session.add(
        AccountMergeRow(
            id=merge.id,
            collectivity=merge.collectivity,
            kept=merge.kept,
            absorbed=merge.absorbed,
            reason=merge.reason.value,
            document=merge.document.value if merge.document else None,
            state=merge.state.value,
            preview={
                "kept": asdict(merge.kept_side),
                "absorbed": asdict(merge.absorbed_side),
                "comparison": {name: found.value for name, found in merge.comparison.items()},
            },
            due_at=merge.due_at,
            objection_hash=objection_hash,
            version=merge.version,
            agent=merge.agent,
            created_at=merge.created_at,
        )
    )
    await session.flush()


async def find(session: AsyncSession, collectivity: str, id_: UUID) -> Merge | None:
    """A merge of that collectivity."""
    row = await session.scalar(
        select(AccountMergeRow).where(AccountMergeRow.id == id_, AccountMergeRow.collectivity == collectivity)
    )
    return _merge(row) if row else None


async def decide(session: AsyncSession, merge: Merge, state: State, agent: UUID, now: datetime) -> bool:
    """Set the state; False where somebody decided first."""
    decided = await session.scalar(
        update(AccountMergeRow)
        .where(AccountMergeRow.id == merge.id, AccountMergeRow.version == merge.version)
        .values(state=state.value, version=merge.version + 1, decided_by=agent, decided_at=now, objection_hash=None)
        .returning(AccountMergeRow.id)
        .execution_options(synchronize_session=False)
    )
    return decided is not None


async def to_object(session: AsyncSession, objection_hash: bytes) -> Merge | None:
    """The merge that this link calls off, while that can be done."""
    row = await session.scalar(select(AccountMergeRow).where(_called_off_by(objection_hash)))
    return _merge(row) if row else None


async def call_off(session: AsyncSession, objection_hash: bytes, now: datetime) -> Merge | None:
    """Discard it because somebody whom it concerns objects; None where that was decided already."""
    row = await session.scalar(
        update(AccountMergeRow)
        .where(_called_off_by(objection_hash))
        .values(
            state=State.DISCARDED.value,
            version=AccountMergeRow.version + 1,
            objected_at=now,
            decided_at=now,
            objection_hash=None,
        )
        .returning(AccountMergeRow)
        .execution_options(synchronize_session=False)
    )
    return _merge(row) if row else None


def _called_off_by(objection_hash: bytes) -> ColumnElement[bool]:
    return and_(AccountMergeRow.objection_hash == objection_hash, AccountMergeRow.state == State.PREPARED.value)


async def successor(session: AsyncSession, person: UUID) -> UUID:
    """The account that the person's went into, and that one's perhaps into another; their own where it is none."""
    into = select(AccountMergeRow.kept).where(AccountMergeRow.state == State.DONE.value)
    # An account that was absorbed is never kept again: this ends.
    while found := await session.scalar(into.where(AccountMergeRow.absorbed == person)):
        person = found
    return person


async def absorbed_into(session: AsyncSession, person: UUID) -> list[UUID]:
    """All accounts that went into that one, and those that had gone into these before."""
    absorbed = select(AccountMergeRow.absorbed).where(AccountMergeRow.state == State.DONE.value)
    found: list[UUID] = []
    looked: list[UUID] = [person]
    # An account that was absorbed is never kept again: this ends.
    while looked:
        looked = list(await session.scalars(absorbed.where(AccountMergeRow.kept.in_(looked))))
        found += looked
    return found


async def discard_of(session: AsyncSession, person: UUID, now: datetime) -> list[Merge]:
    """Discard what is prepared with that account, on its person's word; returns those."""
    either = or_(AccountMergeRow.kept == person, AccountMergeRow.absorbed == person)
    rows = await session.scalars(
        update(AccountMergeRow)
        .where(either, AccountMergeRow.state == State.PREPARED.value)
        .values(state=State.DISCARDED.value, version=AccountMergeRow.version + 1, decided_at=now, objection_hash=None)
        .returning(AccountMergeRow)
        .execution_options(synchronize_session=False)
    )
    return [_merge(row) for row in rows]


async def successors(session: AsyncSession, people: Sequence[UUID]) -> dict[UUID, UUID]:
    """The same for several, in one look-up for each merge of a chain."""
    own = {person: person for person in people}
    done = AccountMergeRow.state == State.DONE.value
    while True:
        wanted = select(AccountMergeRow.absorbed, AccountMergeRow.kept)
        rows = await session.execute(wanted.where(AccountMergeRow.absorbed.in_(set(own.values())), done))
        into = dict(rows.tuples().all())
        if not into:
            return own
        own = {person: into.get(last, last) for person, last in own.items()}


async def absorb(session: AsyncSession, absorbed: UUID, now: datetime) -> int:
    """Leave of the absorbed account nothing but its id; returns the version that it has now."""
    await session.execute(delete(ConsentRow).where(ConsentRow.person == absorbed))
    await session.execute(delete(EmailChangeRow).where(EmailChangeRow.person == absorbed))
    await session.execute(delete(PhoneCodeRow).where(PhoneCodeRow.person == absorbed))
    # Whoever was trusted under the absorbed account is not trusted by itself under the other one.
    own = or_(MandateRow.mandator == absorbed, MandateRow.mandatary == absorbed)
    over = update(MandateRow).where(own, MandateRow.ended_at.is_(None)).values(ended_at=now, code_hash=None)
    await session.execute(over.execution_options(synchronize_session=False))
    blank: dict[str, Any] = dict.fromkeys(
        (*Identity.__dataclass_fields__, "email_index", "email_verified_at", "phone_verified_at")
    )
    version = await session.scalar(
        update(PersonRow)
        .where(PersonRow.id == absorbed)
        .values(version=PersonRow.version + 1, updated_at=now, **blank)
        .returning(PersonRow.version)
        .execution_options(synchronize_session=False)
    )
    return int(version or 0)


def _merge(row: AccountMergeRow) -> Merge:
    preview: Any = row.preview
    return Merge(
        id=row.id,
        collectivity=row.collectivity,
        kept=row.kept,
        absorbed=row.absorbed,
        reason=Reason(row.reason),
        document=Document(row.document) if row.document else None,
        kept_side=Side(**preview["kept"]),
        absorbed_side=Side(**preview["absorbed"]),
        # One that was prepared before accounts were compared says nothing of them.
        comparison={
            name: Agreement(preview.get("comparison", {}).get(name, Agreement.UNKNOWN)) for name in (*NAMED, *BORN)
        },
        due_at=row.due_at or row.created_at,
        objected_at=row.objected_at,
        state=State(row.state),
        version=row.version,
        agent=row.agent,
        created_at=row.created_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )
