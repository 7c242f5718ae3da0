# SPDX-License-Identifier: EUPL-1.2
"""Imports of accounts as they are kept: files on their way, and what became of their lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.account_tables import LetterRow
from parvis_identity.db.import_tables import (
    AccountImportErrorRow,
    AccountImportPartRow,
    AccountImportRow,
    ImportedAccountRow,
)
from parvis_identity.domain.imported import ImportState, RowError
from parvis_kit.ids import uuid7


@dataclass(frozen=True, slots=True)
class Pending:
    """An imported account that nobody has taken over; ``details`` are sealed with the key of ``id``."""

    id: UUID
    collectivity: str
    details: bytes


async def add(
    session: AsyncSession, wanted: AccountImportRow, parts: Sequence[bytes], wrong: Sequence[RowError]
) -> None:
    """A file to work off, and what is wrong with it as a whole."""
    session.add(wanted)
    await session.flush()
    for number, content in enumerate(parts):
        row = {"account_import": wanted.id, "number": number, "content": content}
        await session.execute(insert(AccountImportPartRow).values(row))
    await _tell(session, wanted.id, wrong)


async def find(session: AsyncSession, collectivity: str, id_: UUID) -> AccountImportRow | None:
    """An import of that collectivity."""
    row = await session.get(AccountImportRow, id_)
    return row if row and row.collectivity == collectivity else None


async def errors(session: AsyncSession, id_: UUID) -> list[RowError]:
    """What is wrong with its lines, in their order."""
    rows = await session.scalars(
        select(AccountImportErrorRow)
        .where(AccountImportErrorRow.account_import == id_)
        .order_by(AccountImportErrorRow.line, AccountImportErrorRow.pointer)
    )
    return [RowError(row.line, row.pointer, row.code) for row in rows]


async def due(session: AsyncSession) -> AccountImportRow | None:
    """The oldest import that is not finished and that no other worker is at, locked."""
    row: AccountImportRow | None = await session.scalar(
        select(AccountImportRow)
        .where(AccountImportRow.state != ImportState.FINISHED.value)
        .order_by(AccountImportRow.created_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return row


async def take_part(session: AsyncSession, id_: UUID) -> tuple[int, bytes] | None:
    """The next lines, which wait no more; None where all are done."""
    first = select(func.min(AccountImportPartRow.number)).where(AccountImportPartRow.account_import == id_)
    row = (
        await session.execute(
            delete(AccountImportPartRow)
            .where(AccountImportPartRow.account_import == id_, AccountImportPartRow.number == first.scalar_subquery())
            .returning(AccountImportPartRow.number, AccountImportPartRow.content)
            .execution_options(synchronize_session=False)
        )
    ).one_or_none()
    return (row[0], row[1]) if row else None


async def note(session: AsyncSession, id_: UUID, came: Mapping[str, int], wrong: Sequence[RowError]) -> None:
    """What came of some lines."""
    values = {name: getattr(AccountImportRow, name) + count for name, count in came.items()}
    await session.execute(
        update(AccountImportRow)
        .where(AccountImportRow.id == id_)
        .values(state=ImportState.RUNNING.value, **values)
        .execution_options(synchronize_session=False)
    )
    await _tell(session, id_, wrong)


async def finish(session: AsyncSession, id_: UUID, now: datetime) -> None:
    """All lines are done."""
    await session.execute(
        update(AccountImportRow)
        .where(AccountImportRow.id == id_)
        .values(state=ImportState.FINISHED.value, finished_at=now)
        .execution_options(synchronize_session=False)
    )


async def known(session: AsyncSession, collectivity: str, external_id_index: bytes) -> bool:
    """True where the collectivity has brought that identifier before."""
    return bool(
        await session.scalar(
            select(
                exists().where(
                    ImportedAccountRow.collectivity == collectivity,
                    ImportedAccountRow.external_id_index == external_id_index,
                )
            )
        )
    )


async def awaited(session: AsyncSession, collectivity: str, email_index: bytes) -> bool:
    """True where the collectivity has brought somebody with that address, who has not come yet."""
    return bool(
        await session.scalar(
            select(
                exists().where(
                    ImportedAccountRow.collectivity == collectivity,
                    ImportedAccountRow.email_index == email_index,
                    ImportedAccountRow.person.is_(None),
                )
            )
        )
    )


async def keep(
    session: AsyncSession, collectivity: str, indexes: tuple[bytes, bytes], pending: tuple[UUID, bytes], now: datetime
) -> bool:
    """One account more, by the indexes of its identifier and of its address; False where it is known already."""
    kept = await session.scalar(
        insert(ImportedAccountRow)
        .values(
            id=pending[0],
            collectivity=collectivity,
            external_id_index=indexes[0],
            email_index=indexes[1],
            details=pending[1],
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["collectivity", "external_id_index"])
        .returning(ImportedAccountRow.id)
    )
    return kept is not None


async def waiting_for(session: AsyncSession, email_index: bytes) -> list[Pending]:
    """What was brought of whoever reads the letters to that address, the newest first, locked."""
    rows = await session.scalars(
        select(ImportedAccountRow)
        .where(ImportedAccountRow.email_index == email_index, ImportedAccountRow.person.is_(None))
        .order_by(ImportedAccountRow.id.desc())
        .with_for_update()
    )
    return [Pending(row.id, row.collectivity, row.details) for row in rows if row.details is not None]


async def claim(session: AsyncSession, id_: UUID, person: UUID, now: datetime) -> None:
    """It is that person's; what the town said is in their account from now on, and nowhere else."""
    await session.execute(
        update(ImportedAccountRow)
        .where(ImportedAccountRow.id == id_)
        .values(person=person, claimed_at=now, details=None)
        .execution_options(synchronize_session=False)
    )


async def letters_waiting(session: AsyncSession, most: int) -> int:
    """How many letters wait to be written, counted up to ``most``."""
    some = select(LetterRow.id).limit(most).subquery()
    return await session.scalar(select(func.count()).select_from(some)) or 0


async def _tell(session: AsyncSession, id_: UUID, wrong: Sequence[RowError]) -> None:
    if wrong:
        rows = [
            {"account_import": id_, "line": each.line, "pointer": each.pointer, "code": each.code} for each in wrong
        ]
        await session.execute(insert(AccountImportErrorRow).on_conflict_do_nothing(), rows)


def new_import(collectivity: str, total: int, now: datetime, *, dry_run: bool) -> AccountImportRow:
    """A file that nobody has begun with."""
    return AccountImportRow(
        id=uuid7(), collectivity=collectivity, dry_run=dry_run, state=ImportState.WAITING.value, total=total,
        created=0, known=0, existing=0, refused=0, created_at=now, finished_at=None,
    )  # fmt: skip
