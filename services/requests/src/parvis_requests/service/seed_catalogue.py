# SPDX-License-Identifier: EUPL-1.2
"""Load a collectivity's catalogue from a file: request types, areas, routing. Safe to repeat."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.logs import logger
from parvis_requests.db import catalogue, teams, type_versions
from parvis_requests.domain.area import DrawnArea
from parvis_requests.service.area_geometry import geometry_fault
from parvis_requests.service.catalogue_file import AreaSource, CatalogueSeed, read_catalogues
from parvis_requests.service.definition_faults import definition_faults, definition_warnings
from parvis_requests.service.publish_type import add_version, publish, summary_of
from parvis_requests.service.put_areas import put_areas
from parvis_requests.service.team_faults import named_teams
from parvis_requests.service.tell_catalogue import tell_types
from parvis_requests.service.type_definition import TypeDefinition

_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class CatalogueRows:
    """What a file says of one collectivity."""

    seed: CatalogueSeed
    types: Mapping[str, TypeDefinition]
    areas: list[DrawnArea]
    rules: list[dict[str, Any]]


def read_seed(file: Path) -> list[CatalogueRows]:
    """What a seed file, and the GeoJSON files beside it, say.

    Raises ValueError (with the place) for a file that does not say what it should, or a type that has a fault.
    """
    return [
        CatalogueRows(
            seed=seed,
            types=_sound(seed.definitions()),
            areas=[row for source in seed.areas for row in _areas(file.parent / source.file, source)],
            rules=[
                {"team": rule.team, "type_code": rule.type, "group_code": rule.group, "area": area}
                for rule in seed.routing
                for area in (*rule.areas, *([] if rule.areas else [None]))
            ],
        )
        for seed in read_catalogues(file)
    ]


async def seed_catalogue(session: AsyncSession, rows: CatalogueRows, now: datetime) -> None:
    """Make a collectivity's catalogue what the rows say, in the caller's transaction.

    A type that says something new gets a version more; one that is gone is offered no longer.
    """
    slug = rows.seed.collectivity
    contact = rows.seed.contact
    if contact is None or not contact.complete:
        _log.warning("contact_incomplete", collectivity=slug)
    unsaid = [code for code, definition in rows.types.items() if definition_warnings(definition)]
    if unsaid:
        _log.warning("legal_unsaid", collectivity=slug, types=unsaid)
    await catalogue.put_collectivity(
        session,
        slug,
        team=rows.seed.default_team,
        holidays=str(rows.seed.holidays),
        contact=contact.model_dump(mode="json") if contact else None,
    )
    await teams.put_teams(session, slug, _team_names(rows), {team.code for team in rows.seed.teams})
    await put_areas(session, slug, rows.areas, now)
    await catalogue.replace_rules(session, slug, rows.rules)
    offered = {stored.code: stored.version for stored in await catalogue.offered(session, slug)}
    for code, definition in rows.types.items():
        said = definition.model_dump(mode="json")
        if code in offered and offered[code].definition == said:
            continue
        type_id = await type_versions.type_id(session, slug, code, summary_of(definition))
        begun = await type_versions.draft_of(session, type_id)
        if begun:
            await type_versions.discard(session, begun)
            type_id = await type_versions.type_id(session, slug, code, summary_of(definition))
        await publish(session, await add_version(session, slug, type_id, definition, now), definition, now)
    gone = [offered[code].type_id for code in offered.keys() - rows.types.keys()]
    for type_id in gone:
        await type_versions.retire(session, type_id, now)
    await tell_types(session, gone, now)


def _team_names(rows: CatalogueRows) -> dict[str, dict[str, str]]:
    named = [rows.seed.default_team, *(rule["team"] for rule in rows.rules)]
    named += [team for definition in rows.types.values() for _, team in named_teams(definition)]
    by_code = {code: {"fr": code, "en": code} for code in named}
    return by_code | {team.code: team.name.model_dump() for team in rows.seed.teams}


def _sound(definitions: dict[str, TypeDefinition]) -> dict[str, TypeDefinition]:
    for code, definition in definitions.items():
        faults = definition_faults(definition)
        if faults:
            told = ", ".join(f"{'/'.join(map(str, fault.path))}: {fault.code}" for fault in faults)
            raise ValueError(f"{code}: {told}")
    return definitions


def _areas(file: Path, source: AreaSource) -> list[DrawnArea]:
    features = json.loads(file.read_text("utf-8"))["features"]
    for place, feature in enumerate(features):
        if fault := geometry_fault(feature["geometry"]):
            raise ValueError(f"{file.name}: /features/{place}/geometry: {fault.said}")
    return [
        DrawnArea(
            code=str(feature["properties"][source.code]),
            level=source.level,
            name=str(feature["properties"][source.name]),
            parent=source.parent_format.format(feature["properties"][source.parent]) if source.parent else None,
            geometry=feature["geometry"],
        )
        for feature in features
    ]
