# SPDX-License-Identifier: EUPL-1.2
"""The catalogue of each collectivity as a process keeps it: compiled forms, area look-up, routing."""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import jsonschema_rs
from shapely import STRtree, points
from shapely.geometry import shape
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_requests.db import catalogue as stored
from parvis_requests.domain.calendar import Holidays
from parvis_requests.domain.errors import (
    AnswerFault,
    InvalidAnswersError,
    NotFoundError,
    OutsideTownError,
    UnknownTypeError,
)
from parvis_requests.domain.position import AreaRef, Position
from parvis_requests.domain.routing import RoutingRule, team_for
from parvis_requests.domain.workflow import Workflow
from parvis_requests.service.workflow_definition import WorkflowDefinition, workflow_or_default

_MAX_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Form:
    """A request type on offer, with its answers' schema compiled."""

    id: UUID
    code: str
    group: str
    group_name: Mapping[str, str]
    name: Mapping[str, str]
    answers_schema: Mapping[str, Any]
    position_required: bool
    workflow: Workflow
    workflow_definition: WorkflowDefinition
    validator: jsonschema_rs.Draft202012Validator

    def check(self, answers: Mapping[str, Any]) -> None:
        """Raise InvalidAnswersError with each fault where the answers do not fit the schema."""
        if self.validator.is_valid(answers):
            return
        faults = [
            AnswerFault(tuple(error.instance_path), str(error.kind.name), error.message)
            for _, error in zip(range(_MAX_FAULTS), self.validator.iter_errors(answers), strict=False)
        ]
        raise InvalidAnswersError(faults)


@dataclass(frozen=True, slots=True)
class AreaRecord:
    """An area with its name and its geometry (GeoJSON)."""

    code: str
    level: str
    name: str
    parent: str | None
    geometry: Mapping[str, Any]


class Territory:
    """Finds the smallest area that holds a position: those that are no other area's parent."""

    def __init__(self, areas: Sequence[AreaRecord]) -> None:
        parents = {area.parent for area in areas}
        self._leaves = [area for area in areas if area.code not in parents]
        self._tree = STRtree([shape(area.geometry) for area in self._leaves])

    def area_at(self, position: Position) -> AreaRef:
        """The area; raises OutsideTownError where no area holds the position."""
        found = self._tree.query(points((position.longitude, position.latitude)), predicate="intersects")
        if len(found) == 0:
            raise OutsideTownError
        area = self._leaves[int(min(found))]
        return AreaRef(area.code, area.parent)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that one collectivity offers, at one version."""

    version: int
    forms: Mapping[str, Form]
    areas: Mapping[str, AreaRecord]
    territory: Territory
    rules: Sequence[RoutingRule]
    default_team: str
    holidays: Holidays

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

    def team(self, form: Form, area: AreaRef | None) -> str:
        """The team that handles a request of that type there."""
        return team_for(self.rules, form.code, form.group, area, default=self.default_team)


class Catalogues:
    """The catalogues that this process has read; each is checked for a newer version after some seconds."""

    def __init__(self, database: Database, seconds: float) -> None:
        self._database = database
        self._seconds = seconds
        self._known: dict[str, tuple[float, Catalogue]] = {}
        self._forms: dict[UUID, Form] = {}

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
                forms = [_form(row) for row in await stored.request_types(session, collectivity)]
                self._forms |= {form.id: form for form in forms}
                current = Catalogue(
                    version=version,
                    forms={form.code: form for form in forms},
                    areas=(areas := {row.code: _area(row) for row in await stored.areas(session, collectivity)}),
                    territory=Territory(list(areas.values())),
                    rules=[
                        RoutingRule(row.team, row.type_code, row.group_code, row.area)
                        for row in await stored.routing_rules(session, collectivity)
                    ],
                    default_team=town.default_team,
                    holidays=Holidays(town.holidays),
                )
        self._known[collectivity] = (time.monotonic() + self._seconds, current)
        return current

    async def forms_of(self, session: AsyncSession, type_ids: Collection[UUID]) -> Mapping[UUID, Form]:
        """The forms that stored requests were filed with, whether still on offer or not."""
        missing = set(type_ids) - self._forms.keys()
        if missing:
            self._forms |= {row.id: _form(row) for row in await stored.versions(session, missing)}
        return self._forms

    def forget(self) -> None:
        """Read everything again at the next use."""
        self._known.clear()
        self._forms.clear()


def _form(row: Any) -> Form:
    workflow = workflow_or_default(row.workflow)
    return Form(
        id=row.id,
        code=row.code,
        group=row.group_code,
        group_name=row.group_name,
        name=row.name,
        answers_schema=row.answers_schema,
        position_required=row.position_required,
        workflow=workflow.domain(),
        workflow_definition=workflow,
        validator=jsonschema_rs.Draft202012Validator(row.answers_schema, validate_formats=True),
    )


def _area(row: Any) -> AreaRecord:
    return AreaRecord(row.code, row.level, row.name, row.parent, row.geometry)
