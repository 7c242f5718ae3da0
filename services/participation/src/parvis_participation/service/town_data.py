# SPDX-License-Identifier: EUPL-1.2
"""The proposals and petitions of a town as open data: what was asked and what became of it, never by whom.

Their texts are not there but for the title: whoever reuses them finds the rest at their page for as long as it is
public, and none of what was taken back or removed, or was proposed within a process that not everybody sees.
"""

import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Mapping
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

_BATCH: Final = 1_000
Line = dict[str, Any]


class TownFile(StrEnum):
    """The files about a whole town."""

    PROPOSALS_CSV = "proposals.csv"
    PROPOSALS_JSON = "proposals.json"
    PROPOSALS_GEOJSON = "proposals.geojson"
    PETITIONS_CSV = "petitions.csv"
    PETITIONS_JSON = "petitions.json"


async def town_file(
    session: AsyncSession, collectivity: str, file: TownFile, smallest: int, public_url: str
) -> Callable[[], str]:
    """What writes the text of a file, in a thread, once the session is given back.

    How many support or sign something is what the worker last counted, and not told where that is below ``smallest``.
    """
    town = f"{public_url}/v1/collectivities/{collectivity}"
    if file in {TownFile.PETITIONS_CSV, TownFile.PETITIONS_JSON}:
        table, found = Table.PETITIONS, _petitions(session, collectivity, smallest, town)
    else:
        table, found = Table.PROPOSALS, _proposals(session, collectivity, smallest, town)
    lines = [line async for line in found]
    match file:
        case TownFile.PROPOSALS_CSV | TownFile.PETITIONS_CSV:
            return lambda: _csv(table, lines)
        case TownFile.PROPOSALS_GEOJSON:
            return lambda: _geojson(lines)
        case _:
            return lambda: json.dumps({"license": LICENCE, "items": lines}, ensure_ascii=False)


async def _proposals(session: AsyncSession, collectivity: str, smallest: int, town: str) -> AsyncIterator[Line]:
    place: Position | None = None
    while True:
        found = await proposal_list.told(session, collectivity, place, _BATCH)
        for each in found.rows:
            yield _proposal(each, smallest, town, clock_of(collectivity))
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


async def _petitions(session: AsyncSession, collectivity: str, smallest: int, town: str) -> AsyncIterator[Line]:
    place: Position | None = None
    while True:
        found = await petition_list.told(session, collectivity, place, _BATCH)
        for each in found.rows:
            yield _petition(each, smallest, town, clock_of(collectivity))
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


def _csv(table: Table, lines: list[Line]) -> str:
    text = io.StringIO()
    names = [column.name for column in COLUMNS[table]]
    written = csv.DictWriter(text, names)
    written.writeheader()
    written.writerows({name: _cell(value) for name, value in line.items()} for line in lines)
    return text.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return SEPARATOR.join("" if each is None else str(each) for each in value)
    # A spreadsheet would take such a cell for a formula, and somebody else wrote it.
    formula = isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{value}" if formula else value


def _geojson(lines: list[Line]) -> str:
    """Those that have a place (RFC 7946)."""
    placed = [_feature(line) for line in lines if line["longitude"] is not None]
    return json.dumps({"type": "FeatureCollection", "features": placed}, ensure_ascii=False)


def _feature(line: Mapping[str, Any]) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [line["longitude"], line["latitude"]]}
    told = {name: value for name, value in line.items() if name not in {"id", "longitude", "latitude"}}
    return {"type": "Feature", "id": line["id"], "geometry": point, "properties": told}
