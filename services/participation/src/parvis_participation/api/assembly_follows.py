# SPDX-License-Identifier: EUPL-1.2
"""People follow an assembly."""

from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import problems, router, token
from parvis_participation.api.assembly_answers import AssemblyFollowView
from parvis_participation.api.context import citizen_of, now, parts_of
from parvis_participation.db import assemblies
from parvis_participation.service.follow_assembly import follow_assembly

routes = router(tags=["assemblies"])
_FOLLOW: Final = "/v1/assemblies/{assembly_id}/followers/mine"


@routes.get(
    _FOLLOW,
    **token("participation.follows.read"),
    operation_id="readAssemblyFollow",
    response_model=AssemblyFollowView,
    responses=problems(401, 403, 404, 422),
)
async def read_follow(assembly_id: UUID, request: Request, response: Response) -> AssemblyFollowView:
    """Whether one follows an assembly."""
    citizen = citizen_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await assemblies.one(session, citizen.collectivity, assembly_id, published=True)
        following = await assemblies.follows(session, row.id, citizen.person)
    response.headers["Cache-Control"] = "no-store"
    return AssemblyFollowView(assembly_id=row.id, following=following)


@routes.put(
    _FOLLOW,
    **token("participation.follows.write"),
    operation_id="followAssembly",
    response_model=AssemblyFollowView,
    responses=problems(401, 403, 404, 422),
)
async def follow(assembly_id: UUID, request: Request, response: Response) -> AssemblyFollowView:
    """Be told of its sessions and minutes from now on; asked again, nothing changes."""
    await _follow(request, assembly_id, following=True)
    response.headers["Cache-Control"] = "no-store"
    return AssemblyFollowView(assembly_id=assembly_id, following=True)


@routes.delete(
    _FOLLOW,
    **token("participation.follows.write"),
    operation_id="followAssemblyNoMore",
    status_code=204,
    responses=problems(401, 403, 404, 422),
)
async def follow_no_more(assembly_id: UUID, request: Request) -> Response:
    """Be told of them no more; asked again, nothing changes."""
    await _follow(request, assembly_id, following=False)
    return Response(status_code=204)


async def _follow(request: Request, assembly_id: UUID, *, following: bool) -> None:
    citizen = citizen_of(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        who = citizen.collectivity, citizen.person
        await follow_assembly(uow.session, *who, assembly_id, following=following, now=now())
        await uow.commit()
