# SPDX-License-Identifier: EUPL-1.2
"""Teams: administrators say who is in one and when they are absent, agents read it."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Path
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Text
from parvis_kit.web.etag import entity_tag, not_modified, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    NOT_MODIFIED,
    principal_of,
    problems,
    router,
    token,
)
from parvis_kit.web.types import Instant
from parvis_requests.api.agendas import Label
from parvis_requests.api.context import actor_of, now, parts_of
from parvis_requests.api.schemas import Input
from parvis_requests.api.views import instant
from parvis_requests.domain.team import Absence, Member
from parvis_requests.service.teams import (
    KeptTeam,
    TeamContent,
    drop_team,
    list_teams,
    make_team,
    read_team,
    replace_team,
)
from parvis_requests.service.workflow_definition import Code

routes = router(tags=["administration"])
_READ: Final = "requests.catalogue.read"
_WRITE: Final = "requests.catalogue.write"
_LIMIT: Final = 262_144
_PATH: Final = "/v1/teams/{team_code}"
TeamCode = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,99}$", description="Code of a team.")]


class NewAbsence(Input):
    """When a member takes no work: from an instant until before another."""

    starts_at: Instant
    ends_at: Instant
    deputy: UUID | None = Field(default=None, description="Another member of the team, who takes it meanwhile.")


class NewMember(Input):
    """An agent of the collectivity, by the subject of their tokens."""

    agent: UUID
    absences: list[NewAbsence] = Field(default_factory=list, max_length=20)


class TeamContentBody(Input):
    """What a team is called, and who is in it."""

    name: Label
    members: list[NewMember] = Field(default_factory=list, max_length=200)

    @property
    def content(self) -> TeamContent:
        """What the use case takes."""
        members = [
            Member(each.agent, tuple(Absence(a.starts_at, a.ends_at, a.deputy) for a in each.absences))
            for each in self.members
        ]
        return TeamContent(Text(fr=self.name.fr, en=self.name.en), tuple(members))


class NewTeam(TeamContentBody):
    """A team and its code, which stays: requests, rules and request types name it."""

    code: Code


class AbsenceView(BaseModel):
    """When a member takes no work, and who does meanwhile."""

    starts_at: datetime
    ends_at: datetime
    deputy: UUID | None


class MemberView(BaseModel):
    """An agent who is in a team."""

    agent: UUID
    absences: list[AbsenceView]


class TeamView(BaseModel):
    """A team."""

    code: str
    name: Text
    members: list[MemberView]
    version: int
    created_at: datetime
    updated_at: datetime


class TeamList(BaseModel):
    """All of the collectivity's, by their codes, at most 300."""

    items: list[TeamView]


@routes.post(
    "/v1/teams",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY], body_limit=_LIMIT),
    operation_id="makeTeam",
    status_code=201,
    response_model=TeamView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def make(body: NewTeam, request: Request) -> Response:
    """Make a team, so that rules, request types and agents may give it requests."""
    actor, parts = actor_of(request), parts_of(request)

    async def effect(session: AsyncSession) -> Answer:
        made = await make_team(session, actor, body.code, body.content, now())
        return Answer.of(_view(made), {"Location": f"/v1/teams/{body.code}", **_headers(made)})

    call = idempotent_call(request, principal_of(request), await request.body())
    answer = await parts.runtime.idempotency.once(call, effect)
    parts.catalogues.forget(actor.collectivity)
    return answer


@routes.get(
    "/v1/teams",
    **token(_READ),
    operation_id="listTeams",
    response_model=TeamList,
    responses=problems(401, 403, 422),
)
async def list_(request: Request, response: Response) -> TeamList:
    """The teams of the collectivity, with who is in each and when they are absent."""
    async with parts_of(request).runtime.database.reading() as session:
        found = await list_teams(session, actor_of(request))
    response.headers["Cache-Control"] = "no-store"
    return TeamList(items=[_view(team) for team in found])


@routes.get(
    _PATH,
    **token(_READ, headers=[IF_NONE_MATCH]),
    operation_id="readTeam",
    response_model=TeamView,
    responses=problems(401, 403, 404, 422) | NOT_MODIFIED,
)
async def read(team_code: TeamCode, request: Request, response: Response) -> object:
    """One team."""
    async with parts_of(request).runtime.database.reading() as session:
        found = await read_team(session, actor_of(request), team_code)
    if not_modified(request, entity_tag(found.row.version)):
        return Response(status_code=304, headers=_headers(found))
    response.headers.update(_headers(found))
    return _view(found)


@routes.put(
    _PATH,
    **token(_WRITE, headers=[IF_MATCH], body_limit=_LIMIT),
    operation_id="replaceTeam",
    response_model=TeamView,
    responses=problems(400, 401, 403, 404, 412, 413, 422, 428),
)
async def replace(team_code: TeamCode, body: TeamContentBody, request: Request, response: Response) -> TeamView:
    """Say anew what it is called, who is in it and when they are absent."""
    actor, parts, version = actor_of(request), parts_of(request), required_version(request)
    async with parts.runtime.database.unit_of_work() as uow:
        team = await replace_team(uow.session, actor, team_code, body.content, version=version, now=now())
        await uow.commit()
    parts.catalogues.forget(actor.collectivity)
    response.headers.update(_headers(team))
    return _view(team)


@routes.delete(
    _PATH,
    **token(_WRITE, headers=[IF_MATCH]),
    operation_id="dropTeam",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412, 422, 428),
)
async def drop(team_code: TeamCode, request: Request) -> None:
    """Remove a team to which no work comes any more."""
    actor, parts, version = actor_of(request), parts_of(request), required_version(request)
    async with parts.runtime.database.unit_of_work() as uow:
        await drop_team(uow.session, actor, team_code, version=version)
        await uow.commit()
    parts.catalogues.forget(actor.collectivity)


def _view(team: KeptTeam) -> TeamView:
    row = team.row
    return TeamView(
        code=row.code,
        name=Text.model_validate(row.name),
        members=[_member(member) for member in team.members],
        version=row.version,
        created_at=instant(row.created_at),
        updated_at=instant(row.updated_at),
    )


def _member(member: Member) -> MemberView:
    absences = [
        AbsenceView(starts_at=instant(away.starts_at), ends_at=instant(away.ends_at), deputy=away.deputy)
        for away in member.absences
    ]
    return MemberView(agent=member.agent, absences=absences)


def _headers(team: KeptTeam) -> dict[str, str]:
    return {"ETag": entity_tag(team.row.version), "Cache-Control": "no-store"}
