# SPDX-License-Identifier: EUPL-1.2
"""Requests as the public finds them: on a map, by time, one by its reference. Positions are rounded first of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.keyset import Position as Place
from parvis_requests.db.public_rules import LATITUDE, LONGITUDE, RULE, TOLD, Rule, parameters, slack
from parvis_requests.db.tables import COLUMN, PLACED, ROW
from parvis_requests.domain.position import Bounds, Box

_FOUND: Final = f"""
SELECT request.id, collectivity, reference, request.type_id, type_version, request.status, rule.ended, area,
    description, {LONGITUDE} AS longitude, {LATITUDE} AS latitude, created_at, updated_at
FROM request {RULE}
WHERE collectivity = :collectivity AND {TOLD}
"""
# A small box is read from its cells, a large one from the time that is asked for: PostgreSQL cannot tell the two apart.
_FEW_CELLS: Final = 100
_IN_CELLS: Final = f" AND {PLACED} AND {ROW} = ANY(CAST(:rows AS integer[])) AND {COLUMN} BETWEEN :first AND :last"
# What lies on the edge of two boxes is in one of them: maps that ask tile by tile show and count it once.
# PostgreSQL guesses how many rows the columns leave, but would guess far too few for what is computed from them: a
# CASE keeps it from that, and so from sorting all that there is.
_IN_BOUNDS: Final = f"""
    AND longitude BETWEEN :west - :slack AND :east + :slack AND latitude BETWEEN :south - :slack AND :north + :slack
    AND CASE WHEN {LONGITUDE} >= :west AND {LONGITUDE} < :east AND {LATITUDE} >= :south AND {LATITUDE} < :north
        THEN TRUE ELSE FALSE END
"""
_CLUSTERS: Final = """
SELECT count(*) AS number, count(*) FILTER (WHERE NOT ended) AS open, avg(longitude) AS longitude,
    avg(latitude) AS latitude, min(reference) AS reference
FROM found
GROUP BY floor(longitude / :cell), floor(latitude / :cell)
ORDER BY number DESC, reference
LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests: those of the rules, filed after ``since`` (and up to ``until``), in these areas or bounds."""

    collectivity: str
    rules: Sequence[Rule]
    since: datetime
    until: datetime
    areas: Sequence[str] | None = None
    bounds: Bounds | None = None


class PublicRequest(NamedTuple):
    """What may be told of a request once its words were looked at; the position is rounded."""

    id: UUID
    collectivity: str
    reference: str
    type_id: UUID
    type_version: int
    status: str
    ended: bool
    area: str | None
    description: str
    longitude: float | None
    latitude: float | None
    created_at: datetime
    updated_at: datetime


class Cluster(NamedTuple):
    """The requests of one cell of a grid: how many, how many open, their middle; the reference of one of them."""

    number: int
    open: int
    longitude: float
    latitude: float
    reference: str


def found_statement(wanted: Wanted, limit: int, place: Place | None = None, *, newest_first: bool = True) -> TextClause:
    """The requests in the order of their filing, from a place on; one more than ``limit`` tells that more follow."""
    way, order = ("<", "DESC") if newest_first else (">", "ASC")
    after = f" AND (created_at, request.id) {way} (:at, :id)" if place else ""
    statement = f"{_found(wanted)}{after} ORDER BY created_at {order}, request.id {order} LIMIT :limit"
    values = {"at": place.created_at, "id": place.id} if place else {}
    return text(statement).bindparams(**_values(wanted), **values, limit=limit + 1)


def clusters_statement(wanted: Wanted, cell: float, limit: int) -> TextClause:
    """The cells of a grid of ``cell`` degrees in which there are any, the fullest first."""
    statement = f"WITH found AS ({_found(wanted)}) {_CLUSTERS}"
    return text(statement).bindparams(**_values(wanted), cell=cell, limit=limit)


async def find(
    session: AsyncSession, wanted: Wanted, limit: int, place: Place | None = None, *, newest_first: bool = True
) -> tuple[list[PublicRequest], bool]:
    """The requests found, and whether more follow."""
    rows = (await session.execute(found_statement(wanted, limit, place, newest_first=newest_first))).all()
    return [PublicRequest(*row) for row in rows[:limit]], len(rows) > limit


async def find_by_reference(
    session: AsyncSession, collectivity: str, rules: Sequence[Rule], references: Sequence[str]
) -> list[PublicRequest]:
    """Those of these requests of which the public may know."""
    statement = text(f"{_FOUND} AND reference = ANY(CAST(:references AS text[]))")
    values: dict[str, Any] = {"collectivity": collectivity, "references": list(references)} | parameters(rules)
    return [PublicRequest(*row) for row in (await session.execute(statement.bindparams(**values))).all()]


async def clusters(session: AsyncSession, wanted: Wanted, cell: float, limit: int) -> list[Cluster]:
    """The clusters found."""
    return [Cluster(*row) for row in (await session.execute(clusters_statement(wanted, cell, limit))).all()]


def _found(wanted: Wanted) -> str:
    areas = " AND area = ANY(CAST(:areas AS text[]))" if wanted.areas is not None else ""
    cells = _IN_CELLS if _cells(wanted) else ""
    return (
        f"{_FOUND} AND created_at > :since AND created_at <= :until{areas}{cells}{_IN_BOUNDS if wanted.bounds else ''}"
    )


def _cells(wanted: Wanted) -> Box | None:
    # A position that is rounded into the bounds may lie beside them.
    box = wanted.bounds.cells(slack(wanted.rules)) if wanted.bounds else None
    return box if box and box.number <= _FEW_CELLS else None


def _values(wanted: Wanted) -> dict[str, Any]:
    bounds, box = wanted.bounds, _cells(wanted)
    values: dict[str, Any] = {"collectivity": wanted.collectivity, "since": wanted.since, "until": wanted.until}
    values |= parameters(wanted.rules)
    if wanted.areas is not None:
        values["areas"] = list(wanted.areas)
    if bounds:
        values |= {"west": bounds.west, "south": bounds.south, "east": bounds.east, "north": bounds.north}
        values |= {"slack": slack(wanted.rules)}
    return values | ({"rows": list(box.rows), "first": box.west, "last": box.east} if box else {})
