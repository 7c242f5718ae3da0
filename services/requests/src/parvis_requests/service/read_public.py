# SPDX-License-Identifier: EUPL-1.2
"""Read requests as the public may: words and photos where they are shown, places as precisely as allowed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.keyset import Position as Place
from parvis_requests.db import public_requests
from parvis_requests.db.catalogue import FormKey
from parvis_requests.db.public_requests import Cluster, PublicRequest, Wanted
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.position import Bounds
from parvis_requests.service.catalogue import Catalogue
from parvis_requests.service.form import Form
from parvis_requests.service.public_side import Content, contents_of, rules_of

# Older ones are in the export: a map looks at what it can group in a moment.
LONGEST: Final = timedelta(days=366)
USUAL: Final = timedelta(days=90)
# From that zoom on (some 300 m across a tile), points are shown one by one.
POINTS_FROM: Final = 17
_CELLS_A_TILE: Final = 4

# The licence of French public data unless a town chooses another (décret n° 2017-638 du 27 avril 2017).
LICENCE: Final = "Licence Ouverte / Open Licence 2.0 (Etalab)"
LICENCE_PAGE: Final = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"

Status = Literal["open", "closed"]


@dataclass(frozen=True, slots=True)
class Shown:
    """A request as the public sees it."""

    row: PublicRequest
    form: Form
    content: Content


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for; nothing named means all."""

    types: Collection[str] = ()
    statuses: Collection[Status] = ()
    areas: Collection[str] = ()
    bounds: Bounds | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Map:
    """What lies in a box: requests, clusters of requests, and whether that is all."""

    requests: Sequence[Shown]
    clusters: Sequence[Cluster]
    complete: bool


def wanted_of(catalogue: Catalogue, collectivity: str, asked: Asked, now: datetime, longest: timedelta) -> Wanted:
    """The query that asks for it; a larger area stands for those in it."""
    until = asked.until or now
    since = min(max(asked.since or until - USUAL, until - longest), until)
    areas = [area.code for area in catalogue.areas.values() if {area.code, area.parent} & set(asked.areas)]
    statuses = asked.statuses or ("open", "closed")
    return Wanted(
        collectivity=collectivity,
        rules=rules_of(catalogue, types=asked.types, opened="open" in statuses, ended="closed" in statuses),
        since=since,
        until=until,
        areas=areas if asked.areas else None,
        bounds=asked.bounds,
    )


async def read_map(session: AsyncSession, catalogue: Catalogue, wanted: Wanted, zoom: int | None, limit: int) -> Map:
    """What lies in the bounds: grouped by a grid, four cells a tile, below zoom 17; else one by one, newest first."""
    if zoom is None or zoom >= POINTS_FROM:
        found, more = await public_requests.find(session, wanted, limit)
        return Map(await shown(session, catalogue, found), [], not more)
    cell = 360 / 2**zoom / _CELLS_A_TILE
    grouped = await public_requests.clusters(session, wanted, cell, limit + 1)
    alone = [cluster.reference for cluster in grouped[:limit] if cluster.number == 1]
    single = await public_requests.find_by_reference(session, wanted.collectivity, wanted.rules, alone)
    together = [cluster for cluster in grouped[:limit] if cluster.number > 1]
    return Map(await shown(session, catalogue, single), together, len(grouped) <= limit)


async def read_one(session: AsyncSession, catalogue: Catalogue, collectivity: str, reference: str) -> Shown:
    """One request; raises NotFoundError where the public may not know of it."""
    found = await public_requests.find_by_reference(session, collectivity, rules_of(catalogue), [reference])
    if not found:
        raise NotFoundError
    return (await shown(session, catalogue, found))[0]


async def read_page(
    session: AsyncSession, catalogue: Catalogue, wanted: Wanted, place: Place | None, limit: int
) -> tuple[Sequence[Shown], Place | None]:
    """One page, newest first, and the place from which another follows."""
    found, more = await public_requests.find(session, wanted, limit, place)
    return await shown(session, catalogue, found), Place(found[-1].created_at, found[-1].id) if more else None


async def shown(session: AsyncSession, catalogue: Catalogue, found: Sequence[PublicRequest]) -> Sequence[Shown]:
    """These requests with what is shown of each."""
    contents = await contents_of(session, catalogue, found)
    forms: Mapping[FormKey, Form] = {key: known.form for key, known in catalogue.shown.items()}
    return [Shown(row, forms[FormKey(row.type_id, row.type_version)], contents[row.id]) for row in found]
