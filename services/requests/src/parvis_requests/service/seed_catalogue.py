# SPDX-License-Identifier: EUPL-1.2
"""Load a collectivity's catalogue from a file: request types, areas, routing. Safe to repeat."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.locale import Text
from parvis_requests.db import catalogue
from parvis_requests.domain.calendar import Holidays
from parvis_requests.service.workflow_definition import WorkflowDefinition, shipped_workflows


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TypeSeed(_Part):
    """One request type."""

    code: str = Field(pattern=r"^[a-z][a-z0-9-]{1,63}$")
    name: Text
    position_required: bool = True
    answers: dict[str, Any] = Field(default_factory=dict, description="Properties of the JSON Schema of the answers")
    required: list[str] = Field(default_factory=list)
    workflow: str = Field(default="report", description="Code of a shipped workflow")


class GroupSeed(_Part):
    """A group of request types."""

    code: str
    name: Text
    types: list[TypeSeed]


class AreaSource(_Part):
    """A GeoJSON file of areas, and which of its properties say what."""

    file: Path
    level: str
    code: str
    name: str
    parent: str | None = None
    parent_format: str = "{}"


class RuleSeed(_Part):
    """A routing rule; areas is a list of area codes, none for everywhere."""

    team: str
    type: str | None = None
    group: str | None = None
    areas: list[str] = Field(default_factory=list)


class CatalogueSeed(_Part):
    """The catalogue of one collectivity."""

    collectivity: str = Field(pattern=r"^[a-z][a-z0-9-]{1,31}$")
    default_team: str
    holidays: Holidays = Holidays.FRANCE
    groups: list[GroupSeed]
    areas: list[AreaSource]
    routing: list[RuleSeed] = Field(default_factory=list)


class SeedFile(_Part):
    """The file: one catalogue for each collectivity."""

    catalogues: list[CatalogueSeed]


@dataclass(frozen=True, slots=True)
class CatalogueRows:
    """The rows of one collectivity's catalogue."""

    collectivity: str
    default_team: str
    holidays: Holidays
    types: list[dict[str, Any]]
    areas: list[dict[str, Any]]
    rules: list[dict[str, Any]]


def read_seed(file: Path) -> list[CatalogueRows]:
    """The rows that a seed file and the GeoJSON files beside it describe.

    Raises ValueError (with the place) for a file that does not say what it should, or a form that is no JSON Schema.
    """
    seed = SeedFile.model_validate(yaml.safe_load(file.read_text("utf-8")))
    return [
        CatalogueRows(
            collectivity=part.collectivity,
            default_team=part.default_team,
            holidays=part.holidays,
            types=_types(part.groups),
            areas=[row for source in part.areas for row in _areas(file.parent / source.file, source)],
            rules=[
                {"team": rule.team, "type_code": rule.type, "group_code": rule.group, "area": area}
                for rule in part.routing
                for area in (*rule.areas, *([] if rule.areas else [None]))
            ],
        )
        for part in seed.catalogues
    ]


async def seed_catalogue(session: AsyncSession, rows: CatalogueRows) -> None:
    """Make a collectivity's catalogue what the rows say, in the caller's transaction."""
    await catalogue.replace(
        session,
        rows.collectivity,
        rows.default_team,
        str(rows.holidays),
        types=rows.types,
        areas=rows.areas,
        rules=rows.rules,
    )


def _types(groups: list[GroupSeed]) -> list[dict[str, Any]]:
    pairs = [(group, type_) for group in groups for type_ in group.types]
    return [
        {
            "code": type_.code,
            "group_code": group.code,
            "group_name": group.name.model_dump(),
            "name": type_.name.model_dump(),
            "answers_schema": _schema(type_),
            "position_required": type_.position_required,
            "rank": rank,
            "active": True,
            "workflow": _workflow(type_).model_dump(mode="json"),
        }
        for rank, (group, type_) in enumerate(pairs)
    ]


def _schema(type_: TypeSeed) -> dict[str, Any]:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": type_.answers,
        "required": type_.required,
        "additionalProperties": False,
    }
    jsonschema_rs.meta.validate(schema)
    return schema


def _workflow(type_: TypeSeed) -> WorkflowDefinition:
    known = shipped_workflows()
    if type_.workflow not in known:
        raise ValueError(f"{type_.code}: no workflow {type_.workflow}; there are {', '.join(known)}")
    return known[type_.workflow]


def _areas(file: Path, source: AreaSource) -> list[dict[str, Any]]:
    features = json.loads(file.read_text("utf-8"))["features"]
    return [
        {
            "code": str(feature["properties"][source.code]),
            "level": source.level,
            "name": str(feature["properties"][source.name]),
            "parent": source.parent_format.format(feature["properties"][source.parent]) if source.parent else None,
            "geometry": feature["geometry"],
        }
        for feature in features
    ]
