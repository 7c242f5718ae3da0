# SPDX-License-Identifier: EUPL-1.2
"""A file of a vote that took place elsewhere becomes an archive: kept at once, read and counted by the worker."""

import asyncio
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_files.apart import MODULE, run_apart
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_participation.db import archives
from parvis_participation.db.archive_tables import BudgetArchive as Row
from parvis_participation.domain.archive import (
    MOST_WAITING,
    TRIES,
    ArchiveFault,
    ArchiveImportedError,
    ArchiveState,
    ArchiveStateError,
    ArchivesWaitingError,
    EmptyFileError,
)
from parvis_participation.domain.counting.count import Rule
from parvis_participation.domain.errors import StaleVersionError
from parvis_participation.service.deposit_project import Author
from parvis_participation.service.seals import canonical

_PROGRAM: Final = "parvis_participation.service.archive_program"
_PATIENCE: Final = 900.0
HELD: Final = timedelta(seconds=_PATIENCE + 60)
"""For so long nobody else reads a file that somebody reads."""
_TITLE: Final = 300


@dataclass(frozen=True, slots=True)
class NewArchive:
    """A file with where it is from, and by which rule it is counted; without a title it has the file's own."""

    content: bytes
    source: str
    licence: str | None
    title: str | None
    rule: Rule


class ReaderError(Exception):
    """The program that reads has failed by itself; its exit status. It is tried again."""


async def import_archive(session: AsyncSession, agent: Author, new: NewArchive, *, now: datetime) -> Row:
    """Keep the file to be read, in the caller's transaction.

    Raises EmptyFileError, ArchiveImportedError or ArchivesWaitingError.
    """
    if not new.content.strip():
        raise EmptyFileError
    digest = sha256(new.content).digest()
    if await archives.known(session, agent.collectivity, digest):
        raise ArchiveImportedError
    if await archives.waiting(session, agent.collectivity, MOST_WAITING) >= MOST_WAITING:
        raise ArchivesWaitingError
    row = Row(
        id=uuid7(),
        collectivity=agent.collectivity,
        title=new.title,
        source=new.source,
        licence=new.licence,
        digest=digest,
        size=len(new.content),
        rule=new.rule,
        state=ArchiveState.WAITING,
        content=new.content,
        tries=0,
        held_until=now,
        imported_by=agent.person,
        version=1,
        created_at=now,
    )
    session.add(row)
    try:
        await session.flush()
    except IntegrityError as error:  # the same file came twice at one moment
        raise ArchiveImportedError from error
    return row


async def publish_archive(
    session: AsyncSession, collectivity: str, archive_id: UUID, *, version: int, now: datetime
) -> Row:
    """Let everybody read it, in the caller's transaction.

    Raises NotFoundError, StaleVersionError or ArchiveStateError.
    """
    row = await _seen(session, collectivity, archive_id, version)
    if row.state != ArchiveState.COUNTED or row.published_at is not None:
        raise ArchiveStateError
    row.published_at, row.version = now, row.version + 1
    await session.flush()
    return row


async def delete_archive(session: AsyncSession, collectivity: str, archive_id: UUID, *, version: int) -> None:
    """Leave nothing of it, whatever became of its file; raises NotFoundError or StaleVersionError."""
    await session.delete(await _seen(session, collectivity, archive_id, version))
    await session.flush()


def _utc_now() -> datetime:
    return datetime.now(UTC)


async def count_archives(database: Database, clock: Callable[[], datetime] = _utc_now) -> int:
    """Read and count the files that wait, one after the other; returns how many. Each may take minutes by the clock."""
    done = 0
    while await _count_one(database, clock):
        done += 1
    return done


async def _count_one(database: Database, clock: Callable[[], datetime]) -> bool:
    """No lock is held meanwhile: who dies over it is followed by the next one, until it has been tried often enough."""
    async with database.unit_of_work() as uow:
        row = await archives.take(uow.session, clock(), HELD)
        if row is None:
            return False
        content, rule, tries, archive_id = row.content or b"", row.rule, row.tries, row.id
        await uow.commit()
    told = await _told(content, rule) if tries <= TRIES else _out_of_bounds()
    packed = await asyncio.to_thread(zlib.compress, told.pop("ballots", "").encode())
    async with database.unit_of_work() as uow:
        current = await archives.standing(uow.session, archive_id, tries)
        if current is None:
            return True
        _settle(current, told, packed, clock())
        await uow.commit()
    return True


async def _told(content: bytes, rule: str) -> dict[str, Any]:
    try:
        status, written = await run_apart([*MODULE, _PROGRAM, rule], content, _PATIENCE)
    except TimeoutError:
        return _out_of_bounds()
    if status < 0:  # the signal that ends who takes too long, or too much
        return _out_of_bounds()
    if status:
        raise ReaderError(status)
    told: dict[str, Any] = await asyncio.to_thread(json.loads, written)
    return told


def _out_of_bounds() -> dict[str, Any]:
    return {"fault": {"line": None, "column": None, "code": ArchiveFault.BOUNDS, "given": ""}}


def _settle(row: Row, told: dict[str, Any], packed: bytes, now: datetime) -> None:
    row.content, row.version = None, row.version + 1
    if fault := told.get("fault"):
        row.state, row.fault = ArchiveState.REFUSED, fault
        return
    meta, result, seed = told["meta"], told.pop("result"), told.pop("tie_seed")
    row.title = row.title or (meta.get("description") or meta.get("instance") or meta.get("unit") or "…")[:_TITLE]
    row.begins_on, row.ends_on = (day(meta.get(name, "")) for name in ("date_begin", "date_end"))
    row.state, row.ballots, row.counted_at = ArchiveState.COUNTED, packed, now
    projects = told.pop("projects")
    row.told = told | {
        "projects": len(projects),
        "differing": sum(map(_differs, projects)),
        "chosen_otherwise": sum(each["published_chosen"] not in {None, each["chosen"]} for each in projects),
    }
    record = {
        "imported": {"source": row.source, "licence": row.licence, "file_sha256": row.digest.hex(), "meta": meta},
        "definition": {
            "budgets": [{"area": None, "amount": told["budget"]}],
            "rules": told["ballot"],
            "method": told["method"],
            "options": [
                {"code": each["code"], "label": _same(each["label"]), "cost": each["cost"], "area": None}
                for each in projects
            ],
        },
        "projects": projects,
        "tie_seed": seed,
        "voters": told["voters"],
        "results": [result],
    }
    row.record = record | {"digest": sha256(canonical(record)).hexdigest()}


def _differs(project: dict[str, Any]) -> bool:
    """Whether the file tells other votes of it than its ballots do."""
    return project["published_votes"] is not None and project["published_votes"] != project["votes"]


def _same(name: str) -> dict[str, str]:
    """A name of a file is in whatever language it is in."""
    return {"fr": name, "en": name}


def day(text: str) -> date | None:
    """A date as files write them, ``dd.mm.yyyy`` or ISO 8601; None for anything else, as a year alone."""
    for form in ("%d.%m.%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day, of no time zone
        except ValueError:
            continue
    return None


async def _seen(session: AsyncSession, collectivity: str, archive_id: UUID, version: int) -> Row:
    row = await archives.one(session, collectivity, archive_id, lock=True)
    if row.version != version:
        raise StaleVersionError
    return row
