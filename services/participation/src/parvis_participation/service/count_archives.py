# SPDX-License-Identifier: EUPL-1.2
"""Imported files are read and counted by the worker: each once, whoever dies meanwhile.

A file is tried so often only as it may have ended who read it: a worker that stops gives back what it reads, and one
whose database is away for a moment keeps what it has counted until it is back.
"""

import asyncio
import json
import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from parvis_files.apart import MODULE, run_apart
from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_participation.db import archives
from parvis_participation.db.archive_tables import BudgetArchive as Row
from parvis_participation.domain.archive import TRIES, ArchiveFault, ArchiveState
from parvis_participation.service.seals import canonical

_PROGRAM: Final = "parvis_participation.service.archive_program"
_PATIENCE: Final = 900.0
HELD: Final = timedelta(seconds=_PATIENCE + 60)
"""For so long nobody else reads a file that somebody reads."""
PAUSE: Final = 5.0
"""Seconds between two attempts to keep what was counted."""
_KEEP_TRIES: Final = 15
_TITLE: Final = 300

_log = logger(__name__)


class ReaderError(Exception):
    """The program that reads has failed by itself; its exit status. It is tried again."""


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
        content, tries, archive_id = row.content or b"", row.tries, row.id
        asked = row.rule, json.dumps(row.parameters)
        await uow.commit()
    try:
        told = await _told(content, asked) if tries <= TRIES else _out_of_bounds()
        packed = await asyncio.to_thread(zlib.compress, told.pop("ballots", "").encode())
        await _keep(database, archive_id, tries, told, packed, clock)
    except asyncio.CancelledError:  # this worker stops, for no fault of the file's
        await _give_back(database, archive_id, tries, clock())
        raise
    return True


async def _keep(
    database: Database,
    archive_id: UUID,
    tries: int,
    told: dict[str, Any],
    packed: bytes,
    clock: Callable[[], datetime],
) -> None:
    """Only this process knows what it counted: while the database is away it tries again, for a minute or so."""
    for tried in range(1, _KEEP_TRIES + 1):
        try:
            async with database.unit_of_work() as uow:
                row = await archives.standing(uow.session, archive_id, tries)
                if row is not None:
                    _settle(row, dict(told), packed, clock())
                    await uow.commit()
            break
        except Exception as error:
            _log.warning("archive_not_kept", archive=str(archive_id), error=type(error).__name__)
            if tried == _KEEP_TRIES:
                raise
            await asyncio.sleep(PAUSE)


async def _give_back(database: Database, archive_id: UUID, tries: int, now: datetime) -> None:
    """Let the next worker read it at once, as if it had not been tried; if that fails, once its time has run out."""
    try:
        async with database.unit_of_work() as uow:
            row = await archives.standing(uow.session, archive_id, tries)
            if row is not None:
                row.held_until, row.tries = now, tries - 1
                await uow.commit()
    except Exception as error:  # noqa: BLE001 - this worker stops, whatever it was
        _log.warning("archive_not_given_back", archive=str(archive_id), error=type(error).__name__)


async def _told(content: bytes, asked: tuple[str, str]) -> dict[str, Any]:
    try:
        status, written = await run_apart([*MODULE, _PROGRAM, *asked], content, _PATIENCE)
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
        "imported": {"source": row.source, "licence": row.licence, "file_sha256": row.digest.hex(), "meta": meta}
        | {name: told[name] for name in ("assumed", "left_out")},
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
