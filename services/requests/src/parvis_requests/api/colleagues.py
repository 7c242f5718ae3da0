# SPDX-License-Identifier: EUPL-1.2
"""The colleagues of an agent by their names."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Language
from parvis_kit.web.operation import problems, router, token
from parvis_kit.web.types import PlainText
from parvis_requests.api.context import actor_of, language_of, now, parts_of
from parvis_requests.api.views import instant
from parvis_requests.domain.author import PeopleDownError
from parvis_requests.domain.colleague import MAX_LISTED
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.catalogue import Catalogue
from parvis_requests.service.list_colleagues import TeamMate, list_colleagues

routes = router(tags=["work"])
_RETRY_SECONDS = 5


class ColleagueTeamView(BaseModel):
    """A team that may give the colleague requests."""

    code: str
    label: str
    absence_ends_at: datetime | None = Field(description="Until when they take no work there; null for who is there.")
    deputy: UUID | None = Field(description="Who takes it meanwhile.")


class ColleagueView(BaseModel):
    """An agent whom a note may name, and to whom the teams that they are in may give requests."""

    agent: UUID
    name: str | None = Field(description="As the town's directory has it; null where nobody said.")
    teams: list[ColleagueTeamView]


class ColleagueList(BaseModel):
    """Colleagues, by their names."""

    items: list[ColleagueView]
    more: bool = Field(description="Whether others were found, whom narrower words would show.")


@routes.get(
    "/v1/colleagues",
    **token("requests.requests.read"),
    operation_id="listColleagues",
    response_model=ColleagueList,
    responses=problems(400, 401, 403, 422),
)
async def list_(
    request: Request,
    response: Response,
    q: Annotated[
        PlainText | None,
        Query(min_length=1, max_length=100, description="A part of the name; accents and case do not count."),
    ] = None,
    team: Annotated[
        str | None,
        Query(pattern=r"^[a-z0-9][a-z0-9_-]{0,99}$", description="Code of their team; `mine` for those of the agent."),
    ] = None,
    most: Annotated[int, Query(ge=1, le=MAX_LISTED, description="How many, 1 to 500.")] = 100,
) -> ColleagueList:
    """Agents of the town who handle requests, with their teams and absences; while identity is away, 503."""
    actor, parts, language = for_agents(actor_of(request)), parts_of(request), language_of(request)
    directory = await parts.colleagues.of(actor.collectivity)
    if not directory.known:
        raise PeopleDownError(_RETRY_SECONDS)
    catalogue = await parts.catalogues.of(actor.collectivity)
    async with parts.runtime.database.reading() as session:
        found, more = await list_colleagues(session, actor, directory, words=q, team=team, limit=most, now=now())
    response.headers.update({"Cache-Control": "no-store", "Vary": "Accept-Language", "Content-Language": language})
    return ColleagueList(items=[_view(mate, catalogue, language) for mate in found], more=more)


def _view(mate: TeamMate, catalogue: Catalogue, language: Language) -> ColleagueView:
    teams = [
        ColleagueTeamView(
            code=code,
            label=catalogue.team_name(code).in_language(language),
            absence_ends_at=instant(absence.ends_at) if absence else None,
            deputy=absence.deputy if absence else None,
        )
        for code, absence in mate.teams.items()
    ]
    return ColleagueView(agent=mate.colleague.person, name=mate.colleague.name, teams=teams)
