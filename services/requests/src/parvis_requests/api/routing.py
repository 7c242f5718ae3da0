# SPDX-License-Identifier: EUPL-1.2
"""Routing: administrators say which team handles what, and ask where a request would go, and why."""

from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.etag import entity_tag, not_modified, required_version
from parvis_kit.web.operation import IF_MATCH, IF_NONE_MATCH, NOT_MODIFIED, problems, router, token
from parvis_kit.web.types import Instant
from parvis_requests.api.context import actor_of, language_of, now, parts_of
from parvis_requests.api.schemas import Input, Labelled, Point
from parvis_requests.api.views import priority_label
from parvis_requests.domain.position import Position
from parvis_requests.service.catalogue import Catalogue
from parvis_requests.service.routing import KeptRouting, Trial, read_routing, replace_routing, try_routing
from parvis_requests.service.routing_definition import RoutingDefinition, RuleDefinition
from parvis_requests.service.workflow_definition import Code

routes = router(tags=["administration"])
_PATH: Final = "/v1/routing"
_LIMIT: Final = 1_048_576


class TownRouting(RoutingDefinition):
    """What to say of the routing of the town."""


class TownRoutingView(BaseModel):
    """The routing of the town; version 0 while it is what the file of its catalogue says."""

    rules: list[RuleDefinition]
    version: int


class RoutingTrial(Input):
    """A request that is not filed: where would it go?"""

    request_type: Code
    position: Point | None = None
    answers: dict[str, Any] = Field(default_factory=dict, max_length=200)
    at: Instant | None = Field(default=None, description="When it would be filed; now, unless said.")
    routing: TownRouting | None = Field(default=None, description="Rules to try; those that hold, unless said.")

    @property
    def asked(self) -> dict[str, Any]:
        """What the use case takes."""
        place = Position(*self.position.coordinates) if self.position else None
        return {"request_type": self.request_type, "position": place, "answers": self.answers, "at": self.at}


class ComparedTeam(BaseModel):
    """A team among which the rule chose, and how many requests go on there."""

    code: str
    open_requests: int


class TriedRule(BaseModel):
    """A rule of the town, by its place in the list: what keeps it from fitting, `null` where it fits."""

    place: int
    lacks: str | None = Field(description="`request-type`, `area`, `answers` or `hours`.")


class RoutingTrialView(BaseModel):
    """Where it would go. `place` is that of the rule of the town; `null` where a type's own rule or none decides."""

    team: Labelled
    assignee: UUID | None
    priority: Labelled
    place: int | None
    compared: list[ComparedTeam]
    rules: list[TriedRule]


@routes.get(
    _PATH,
    **token("requests.catalogue.read", headers=[IF_NONE_MATCH]),
    operation_id="readRouting",
    response_model=TownRoutingView,
    responses=problems(401, 403, 404, 422) | NOT_MODIFIED,
)
async def read(request: Request, response: Response) -> object:
    """Which team handles what, where, for which answers and when."""
    async with parts_of(request).runtime.database.reading() as session:
        kept = await read_routing(session, actor_of(request))
    if not_modified(request, entity_tag(kept.version)):
        return Response(status_code=304, headers=_headers(kept))
    response.headers.update(_headers(kept))
    return _view(kept)


@routes.put(
    _PATH,
    **token("requests.catalogue.write", headers=[IF_MATCH], body_limit=_LIMIT),
    operation_id="replaceRouting",
    response_model=TownRoutingView,
    responses=problems(400, 401, 403, 404, 412, 413, 422, 428),
)
async def replace(body: TownRouting, request: Request, response: Response) -> TownRoutingView:
    """Say it anew, in place of what the file of the catalogue says; what was filed stays where it is."""
    actor, parts, version = actor_of(request), parts_of(request), required_version(request)
    async with parts.runtime.database.unit_of_work() as uow:
        kept = await replace_routing(uow.session, actor, body, version=version)
        await uow.commit()
    parts.catalogues.forget(actor.collectivity)
    response.headers.update(_headers(kept))
    return _view(kept)


@routes.post(
    f"{_PATH}/trials",
    **token("requests.catalogue.read", body_limit=_LIMIT),
    operation_id="tryRouting",
    response_model=RoutingTrialView,
    responses=problems(400, 401, 403, 404, 413, 422),
)
async def try_(body: RoutingTrial, request: Request, response: Response) -> RoutingTrialView:
    """Where a request would go, and what keeps each rule from fitting; nothing is stored."""
    actor, parts = actor_of(request), parts_of(request)
    catalogue, looking = await parts.catalogues.of(actor.collectivity), parts.runtime.database.reading
    async with looking() as session:
        trial = await try_routing(session, actor, body.routing, body.asked, read=catalogue, looking=looking, now=now())
    response.headers["Cache-Control"] = "no-store"
    return _trial(trial, catalogue, request)


def _trial(trial: Trial, catalogue: Catalogue, request: Request) -> RoutingTrialView:
    language, routed = language_of(request), trial.routed
    name = catalogue.team_name(routed.team).in_language(language)
    return RoutingTrialView(
        team=Labelled(code=routed.team, label=name),
        assignee=routed.assignee,
        priority=priority_label(routed.priority.rank, language),
        place=routed.rule.place,
        compared=[ComparedTeam(code=code, open_requests=number) for code, number in routed.loads.items()],
        rules=[TriedRule(place=place, lacks=lacks) for place, lacks in sorted(trial.lacks.items())],
    )


def _view(kept: KeptRouting) -> TownRoutingView:
    return TownRoutingView(rules=kept.routing.rules, version=kept.version)


def _headers(kept: KeptRouting) -> dict[str, str]:
    return {"ETag": entity_tag(kept.version), "Cache-Control": "no-store"}
