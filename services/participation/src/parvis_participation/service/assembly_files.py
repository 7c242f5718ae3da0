# SPDX-License-Identifier: EUPL-1.2
"""An assembly as plain files: its sessions and its members as open data, and its calendar."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.clocks import clock_of
from parvis_kit.locale import Language
from parvis_kit.messaging.events import instant
from parvis_participation.db import assemblies, assembly_sessions
from parvis_participation.db.assembly_tables import Assembly, AssemblySession
from parvis_participation.domain.assembly import SessionState
from parvis_participation.domain.town_day import day_of
from parvis_participation.service.calendar_file import Gathering, calendar_file
from parvis_participation.service.member_names import MemberNames

MOST_LINES: Final = 5_000
_SHOWN: Final = timedelta(days=366)
_MOST_SHOWN: Final = 500


class AssemblyFile(StrEnum):
    """The files of an assembly; ``calendar.ics`` has the sessions of the last year and those to come."""

    SESSIONS = "sessions.csv"
    MEMBERS = "members.csv"
    CALENDAR = "calendar.ics"


async def assembly_file(
    session: AsyncSession, names: MemberNames, row: Assembly, file: AssemblyFile, language: Language, now: datetime
) -> bytes:
    """The file of that name; members are those in office, with the names of who lets everybody read theirs."""
    match file:
        case AssemblyFile.CALENDAR:
            found = await assembly_sessions.since(session, row.id, now - _SHOWN, _MOST_SHOWN)
            return calendar_file(row.name[language], [gathering(each, language) for each in found])
        case AssemblyFile.SESSIONS:
            found = await assembly_sessions.since(session, row.id, row.created_at, MOST_LINES)
            return _csv(_SESSION, (_session(each, language) for each in found))
        case AssemblyFile.MEMBERS:
            members = await assemblies.in_office(session, row.id, day_of(now, clock_of(row.collectivity)))
            spoken = await names.open(member for member in members if member.listed)
            lines = (
                [each.id, spoken.get(each.id), each.role, each.college, each.origin, each.begins_on, each.ends_on]
                for each in members
            )
            return _csv(_MEMBER, lines)


def gathering(row: AssemblySession, language: Language) -> Gathering:
    """A session as a calendar shows it."""
    agenda = "\n".join(f"{number}. {each['title'][language]}" for number, each in enumerate(row.agenda, 1))
    cancelled = row.state == SessionState.CANCELLED
    return Gathering(
        row.id, row.title[language], agenda, row.place[language], row.begins_at, row.ends_at, cancelled, row.version,
        row.changed_at,
    )  # fmt: skip


_SESSION: Final = ("id", "title", "place", "begins_at", "ends_at", "state", "members", "present", "quorum")
_MEMBER: Final = ("id", "name", "role", "college", "origin", "begins_on", "ends_on")


def _session(row: AssemblySession, language: Language) -> list[Any]:
    times = [instant(row.begins_at), instant(row.ends_at)]
    return [row.id, row.title[language], row.place[language], *times, row.state, row.members, row.present, row.quorum]


def _csv(columns: Sequence[str], lines: Iterable[Sequence[Any]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(["" if cell is None else _plain(str(cell)) for cell in line] for line in lines)
    return buffer.getvalue().encode()


def _plain(cell: str) -> str:
    # A spreadsheet would take such a cell for a formula.
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
