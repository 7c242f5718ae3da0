# SPDX-License-Identifier: EUPL-1.2
"""The proposals and petitions of a town as open data: what was asked and what became of it, never by whom.

Their texts are not there but for the title: whoever reuses them finds the rest at their page for as long as it is
public, and none of what was taken back or removed, or was proposed within a process that not everybody sees.
"""

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.clocks import clock_of
from parvis_kit.db.keyset import Position
from parvis_participation.db import petition_list, petitions, proposal_list
from parvis_participation.domain.town_day import day_of
from parvis_participation.service.budget_dataset import LICENCE
from parvis_participation.service.data_dictionary import COLUMNS, SEPARATOR, Table
from parvis_participation.service.prepared_files import Piece

_BATCH: Final = 1_000
Line = dict[str, Any]


class TownFile(StrEnum):
    """The files about a whole town."""

    PROPOSALS_CSV = "proposals.csv"
    PROPOSALS_JSON = "proposals.json"
    PROPOSALS_GEOJSON = "proposals.geojson"
    PETITIONS_CSV = "petitions.csv"
    PETITIONS_JSON = "petitions.json"


@dataclass(frozen=True, slots=True)
class _Format:
    """How lines are written; ``line`` gives None for what this format has no place for."""

    begin: str
    line: Callable[[Line], str | None]
    between: str
    end: str


async def town_file(
    session: AsyncSession, collectivity: str, file: TownFile, smallest: int, public_url: str
) -> AsyncIterator[Piece]:
    """The text of a file, piece by piece: never more of it is in memory than a thousand lines.

    How many support or sign something is not told where that is below ``smallest``.
    """
    town = f"{public_url}/v1/collectivities/{collectivity}"
    if file in {TownFile.PETITIONS_CSV, TownFile.PETITIONS_JSON}:
        table, found = Table.PETITIONS, _petitions(session, collectivity, smallest, town)
    else:
        table, found = Table.PROPOSALS, _proposals(session, collectivity, smallest, town)
    written = _format(table, file)
    yield Piece(written.begin)
    before = ""
    async for lines in found:
        told = await asyncio.to_thread(_told, written, lines)
        yield Piece(before + written.between.join(told) if told else "", len(lines))
        before = written.between if told else before
    yield Piece(written.end)


def _told(written: _Format, lines: Sequence[Line]) -> list[str]:
    return [told for told in map(written.line, lines) if told is not None]


async def _proposals(session: AsyncSession, collectivity: str, smallest: int, town: str) -> AsyncIterator[list[Line]]:
    place: Position | None = None
    while True:
        found = await proposal_list.told(session, collectivity, place, _BATCH)
        yield [_proposal(each, smallest, town, clock_of(collectivity)) for each in found.rows]
        if (place := found.next) is None:
            return


def _proposal(row: Any, smallest: int, town: str, clock: ZoneInfo) -> Line:
    longitude, latitude = (row.position or {}).get("coordinates") or (None, None)
    return {
        "id": str(row.id),
        "title": row.title,
        "created_on": _day(row.created_at, clock),
        "process_id": None if row.process_id is None else str(row.process_id),
        "estimate": row.estimate,
        "supports": _enough(row.supports, smallest),
        "supported_anew": bool(row.earlier_supports),
        "earlier_supports": [_enough(number, smallest) for number in row.earlier_supports],
        "takes_supports": row.takes_supports,
        "outcome": row.outcome,
        "outcome_on": None if row.outcome_on is None else row.outcome_on.isoformat(),
        "cost": row.cost,
        "longitude": longitude,
        "latitude": latitude,
        "page": f"{town}/proposals/{row.id}",
    }


async def _petitions(session: AsyncSession, collectivity: str, smallest: int, town: str) -> AsyncIterator[list[Line]]:
    place: Position | None = None
    while True:
        found = await petition_list.told(session, collectivity, place, _BATCH)
        yield [_petition(each, smallest, town, clock_of(collectivity)) for each in found.rows]
        if (place := found.next) is None:
            return


def _petition(each: petitions.Signed, smallest: int, town: str, clock: ZoneInfo) -> Line:
    row = each.row
    return {
        "id": str(row.id),
        "title": row.title,
        "state": row.state,
        "admitted_on": _day(row.decided_at, clock),
        "closes_on": _day(row.closes_at, clock),
        "verified": row.verified,
        "signatures": _enough(each.signatures, smallest),
        "thresholds": len(row.thresholds),
        "reached": row.reached,
        "answer_due_on": None if row.answer_due_on is None else row.answer_due_on.isoformat(),
        "answered_on": _day(row.answered_at, clock),
        "page": f"{town}/petitions/{row.id}",
    }


def _day(at: datetime | None, clock: ZoneInfo) -> str | None:
    return None if at is None else day_of(at, clock).isoformat()


def _enough(number: int, smallest: int) -> int | None:
    return number if number == 0 or number >= smallest else None


def _format(table: Table, file: TownFile) -> _Format:
    match file:
        case TownFile.PROPOSALS_CSV | TownFile.PETITIONS_CSV:
            names = [column.name for column in COLUMNS[table]]
            return _Format(_csv_line(names), lambda line: _csv_line(_cell(line[name]) for name in names), "", "")
        case TownFile.PROPOSALS_GEOJSON:
            return _Format('{"type": "FeatureCollection", "features": [', _feature, ", ", "]}")
        case _:
            return _Format(f'{{"license": {json.dumps(LICENCE)}, "items": [', _json, ", ", "]}")


def _csv_line(cells: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _json(told: Mapping[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False)


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return SEPARATOR.join("" if each is None else str(each) for each in value)
    # A spreadsheet would take such a cell for a formula, and somebody else wrote it.
    formula = isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{value}" if formula else value


def _feature(line: Line) -> str | None:
    """One that has a place (RFC 7946)."""
    if line["longitude"] is None:
        return None
    point = {"type": "Point", "coordinates": [line["longitude"], line["latitude"]]}
    told = {name: value for name, value in line.items() if name not in {"id", "longitude", "latitude"}}
    return _json({"type": "Feature", "id": line["id"], "geometry": point, "properties": told})
