# SPDX-License-Identifier: EUPL-1.2
"""The catalogue of each collectivity as a process keeps it: compiled forms, area look-up, routing."""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import floor
from typing import Any, Final, NamedTuple
from uuid import UUID

import numpy as np
from shapely import bounds, intersects_xy, prepare, total_bounds
from shapely.geometry import shape
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.clocks import clock_of
from parvis_kit.db.database import Database
from parvis_kit.locale import Text
from parvis_requests.db import areas, open311_bodies, teams
from parvis_requests.db import catalogue as stored
from parvis_requests.db.catalogue import End, FormKey
from parvis_requests.db.tables import Collectivity
from parvis_requests.domain.calendar import Holidays
from parvis_requests.domain.catalogue_search import CatalogueSearch
from parvis_requests.domain.errors import NotFoundError, OutsideTownError, UnknownTypeError
from parvis_requests.domain.forwarding import goes_on
from parvis_requests.domain.position import AreaRef, Position
from parvis_requests.domain.publicity import Publicity
from parvis_requests.domain.routing import Routing, RoutingRule
from parvis_requests.service.catalogue_file import ContactSeed, contact_of
from parvis_requests.service.find_types import search_of
from parvis_requests.service.form import Form
from parvis_requests.service.routing_definition import RoutingDefinition

# Cells of a degree: some hundred metres, in which few of a town's hundreds of areas lie.
_CELLS: Final = 200


@dataclass(frozen=True, slots=True)
class AreaRecord:
    """An area with its name and its geometry (GeoJSON)."""

    code: str
    level: str
    name: str
    parent: str | None
    geometry: Mapping[str, Any]
    retired: bool = False


class Territory:
    """Finds the smallest area that holds a position: one that is no other's parent, or else a parent itself."""

    def __init__(self, areas: Sequence[AreaRecord]) -> None:
        parent_of = {area.code: area.parent for area in areas}
        # A parent may be larger than its children are together: it comes after all that is no parent, and after them.
        self._areas = sorted(areas, key=lambda area: (area.code in parent_of.values(), -_depth(area.code, parent_of)))
        self._shapes = np.array([shape(area.geometry) for area in self._areas], dtype=object)
        prepare(self._shapes)
        west, south, east, north = total_bounds(self._shapes) if areas else (0.0, 0.0, 0.0, 0.0)
        self._cells: dict[tuple[int, int], tuple[Sequence[AreaRecord], Any]] = {}
        # Near enough to a centre for whoever prefers what is near it.
        self.middle = Position(float(west + east) / 2, float(south + north) / 2)

    def area_at(self, position: Position) -> AreaRef:
        """The area; raises OutsideTownError where no area holds the position."""
        areas, shapes = self._near(floor(position.longitude * _CELLS), floor(position.latitude * _CELLS))
        # To ask prepared shapes all at once is faster than one after the other.
        for area, found in zip(areas, intersects_xy(shapes, position.longitude, position.latitude), strict=True):
            if found:
                return AreaRef(area.code, area.parent)
        raise OutsideTownError

    def _near(self, column: int, row: int) -> tuple[Sequence[AreaRecord], Any]:
        """The areas whose bounds meet a cell, in their order, and their shapes."""
        if (known := self._cells.get((column, row))) is not None:
            return known
        west, south, east, north = bounds(self._shapes).T * _CELLS
        (places,) = ((west <= column + 1) & (east >= column) & (south <= row + 1) & (north >= row)).nonzero()
        near = [self._areas[place] for place in places], self._shapes[places]
        if near[0]:  # the cells of a town are few, those of the world are not
            self._cells[column, row] = near
        return near


def _depth(code: str, parent_of: Mapping[str, str | None]) -> int:
    depth = 0
    while depth < len(parent_of) and (parent := parent_of.get(code)) is not None:
        depth, code = depth + 1, parent
    return depth


class ShownForm(NamedTuple):
    """A version of a type whose requests the public may know of, and how they are shown."""

    form: Form
    publicity: Publicity


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that one collectivity offers, at one version.

    Attributes:
        forms: what is on offer, by code.
        search: finds what is on offer by words.
        last: of each type what is on offer, or was last, by the type's id.
        shown: retired versions, too, where they and the type's last one are public.
        areas: those that are retired, too: what was filed there bears their names.
        ends: the states of all versions in which requests have come to their end.
        stages: the codes of all others.
        forwarded: the types whose requests go to another body, and whether those that came by Open311 do, too.
    """

    version: int
    contact: ContactSeed
    forms: Mapping[str, Form]
    search: CatalogueSearch
    last: Mapping[UUID, Form]
    shown: Mapping[FormKey, ShownForm]
    ends: Collection[End]
    stages: Collection[str]
    areas: Mapping[str, AreaRecord]
    territory: Territory
    routing: Routing
    teams: Mapping[str, Text]
    forwarded: Mapping[str, bool]
    holidays: Holidays

    @property
    def name(self) -> Text:
        """What the collectivity is called."""
        return self.contact.name

    def form(self, code: str) -> Form:
        """The form of a request type; raises UnknownTypeError."""
        form = self.forms.get(code)
        if form is None:
            raise UnknownTypeError
        return form

    def offered(self, code: str) -> Form:
        """The same, where the code is part of an address; raises NotFoundError."""
        form = self.forms.get(code)
        if form is None:
            raise NotFoundError
        return form

    def forwards(self, type_code: str, client_id: str) -> bool:
        """Whether a request of that type, filed by that client, goes to another body."""
        relays = self.forwarded.get(type_code)
        return relays is not None and goes_on(client_id, relays=relays)

    def team_name(self, code: str) -> Text:
        """What a team is called; by its code once it is no more."""
        return self.teams.get(code) or Text(fr=code, en=code)


class Catalogues:
    """The catalogues that this process has read; each is checked for a newer version after some seconds."""

    def __init__(self, database: Database, seconds: float) -> None:
        self._database = database
        self._seconds = seconds
        self._known: dict[str, tuple[float, Catalogue]] = {}
        self._forms: dict[FormKey, Form] = {}

    async def of(self, collectivity: str) -> Catalogue:
        """The catalogue; raises NotFoundError for a collectivity that this service does not know."""
        known = self._known.get(collectivity)
        if known and known[0] > time.monotonic():
            return known[1]
        async with self._database.reading() as session:
            version = await stored.version(session, collectivity)
            if version is None:
                raise NotFoundError
            current = known[1] if known and known[1].version == version else None
            if current is None:
                town = await stored.collectivity(session, collectivity)
                offered = await stored.offered_keys(session, collectivity)
                last_keys = await stored.last_versions(session, collectivity)
                compiled = await self.forms_of(session, [*offered, *last_keys])
                forms = sorted((compiled[key] for key in offered), key=lambda form: (form.definition.rank, form.code))
                last = {key.type_id: compiled[key] for key in last_keys}
                rules = await _rules(session, town)
                current = Catalogue(
                    version=version,
                    contact=contact_of(town),
                    forms={form.code: form for form in forms},
                    search=search_of((form.code, form.definition) for form in forms),
                    last=last,
                    shown=await self._shown(session, collectivity, last),
                    ends=await stored.ends(session, collectivity),
                    stages=await stored.stages(session, collectivity),
                    areas=(known_areas := {row.code: _area(row) for row in await areas.all_of(session, collectivity)}),
                    territory=Territory([area for area in known_areas.values() if not area.retired]),
                    routing=Routing(
                        [*rules, *(rule for form in forms for rule in form.rules)],
                        town.default_team,
                        Holidays(town.holidays),
                        clock_of(collectivity),
                    ),
                    teams={
                        row.code: Text.model_validate(row.name) for row in await teams.all_of(session, collectivity)
                    },
                    forwarded=await open311_bodies.forwarded_types(session, collectivity),
                    holidays=Holidays(town.holidays),
                )
        self._known[collectivity] = (time.monotonic() + self._seconds, current)
        return current

    async def _shown(
        self, session: AsyncSession, collectivity: str, last: Mapping[UUID, Form]
    ) -> dict[FormKey, ShownForm]:
        # What a request was filed as binds, and what the town said last of its type: the more reserved of the two.
        keys = await stored.public_versions(session, collectivity)
        known = await self.forms_of(session, keys)
        return {
            key: ShownForm(known[key], then.at_most(today))
            for key in keys
            if (then := known[key].publicity) and (today := last[key.type_id].publicity)
        }

    async def forms_of(self, session: AsyncSession, keys: Collection[FormKey]) -> Mapping[FormKey, Form]:
        """The forms that stored requests were filed with, whether still on offer or not; they never change."""
        missing = set(keys) - self._forms.keys()
        if missing:
            self._forms |= {form.key: form for form in map(Form.of, await stored.versions(session, missing))}
        return self._forms

    def forget(self, collectivity: str) -> None:
        """Look at the next use whether this catalogue has changed."""
        self._known.pop(collectivity, None)


async def _rules(session: AsyncSession, town: Collectivity) -> list[RoutingRule]:
    # What administrators said takes the place of what the file of the catalogue says.
    if town.routing is not None:
        return RoutingDefinition.model_validate(town.routing).domain()
    rows = await stored.routing_rules(session, town.collectivity)
    return [RoutingRule(row.team, row.type_code, row.group_code, row.area) for row in rows]


def _area(row: Any) -> AreaRecord:
    return AreaRecord(row.code, row.level, row.name, row.parent, row.geometry, retired=row.retired_at is not None)
