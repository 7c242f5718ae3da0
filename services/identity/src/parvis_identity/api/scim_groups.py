# SPDX-License-Identifier: EUPL-1.2
"""Teams for the town's directory: SCIM 2.0 groups (RFC 7643 section 4.2)."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api import scim_views
from parvis_identity.api.context import parts_of
from parvis_identity.api.scim_protocol import (
    Id,
    answers,
    base_of,
    directory,
    list_options,
    options,
    place_in_list,
    resource_of,
    scim,
    scim_router,
    seen_version,
)
from parvis_identity.domain.scim import filters, patched
from parvis_identity.service import provision_teams
from parvis_identity.service.provision_teams import Group

routes = scim_router()
_PATH = "/scim/v2/Groups/{group_id}"


@routes.get("/scim/v2/Groups", **list_options(), operation_id="listScimGroups", responses=answers(200, 400))
async def list_scim_groups(request: Request) -> Response:
    """The teams of the collectivity, or those that fit the filter."""
    by, (start, count) = directory(request), place_in_list(request)
    wanted = filters(request.query_params.get("filter"), provision_teams.FILTERS)
    parts = parts_of(request)
    async with parts.database.reading() as session:
        total, found = await parts.provision_teams.list(session, by.collectivity, wanted, start - 1, count)
    return scim(scim_views.listed(total, start, [scim_views.group(one, base_of(request)) for one in found]))


@routes.post(
    "/scim/v2/Groups", **options(body=True), operation_id="makeScimGroup", status_code=201,
    responses=answers(201, 400, 409, 413, 415),
)  # fmt: skip
async def make_scim_group(request: Request) -> Response:
    """A team more."""
    by, parts, resource = directory(request), parts_of(request), await resource_of(request)
    async with parts.database.unit_of_work() as uow:
        made = await parts.provision_teams.make(uow.session, by, resource)
        await uow.commit()
    return _group(request, made, 201)


@routes.get(_PATH, **options(), operation_id="readScimGroup", responses=answers(200, 404))
async def read_scim_group(group_id: Id, request: Request) -> Response:
    """One team."""
    by, parts = directory(request), parts_of(request)
    async with parts.database.reading() as session:
        found = await parts.provision_teams.read(session, by.collectivity, group_id)
    return _group(request, found)


@routes.put(
    _PATH, **options(body=True, headers=("If-Match",)), operation_id="replaceScimGroup",
    responses=answers(200, 400, 404, 409, 412, 413, 415),
)  # fmt: skip
async def replace_scim_group(group_id: Id, request: Request) -> Response:
    """Describe a team anew, with all who are in it."""
    resource = await resource_of(request)
    return await _change(request, group_id, lambda _: resource)


@routes.patch(
    _PATH, **options(body=True, headers=("If-Match",)), operation_id="patchScimGroup",
    responses=answers(200, 400, 404, 409, 412, 413, 415),
)  # fmt: skip
async def patch_scim_group(group_id: Id, request: Request) -> Response:
    """Let agents in or out, or call the team something else."""
    body = await resource_of(request)
    return await _change(request, group_id, lambda found: patched(scim_views.group(found, ""), body))


@routes.delete(
    _PATH, **options(headers=("If-Match",)), operation_id="removeScimGroup", status_code=204,
    responses=answers(204, 404, 412),
)  # fmt: skip
async def remove_scim_group(group_id: Id, request: Request) -> Response:
    """The team is no more; its agents stay."""
    by, parts = directory(request), parts_of(request)
    async with parts.database.unit_of_work() as uow:
        await parts.provision_teams.remove(uow.session, by, group_id, seen_version(request))
        await uow.commit()
    return Response(None, 204)


async def _change(request: Request, group_id: str, changed: Callable[[Group], Mapping[str, Any]]) -> Response:
    by, parts = directory(request), parts_of(request)
    async with parts.database.unit_of_work() as uow:
        found = await parts.provision_teams.change(uow.session, by, group_id, seen_version(request), changed)
        await uow.commit()
    return _group(request, found)


def _group(request: Request, found: Group, status: int = 200) -> Response:
    view = scim_views.group(found, base_of(request))
    return scim(view, status, {"ETag": scim_views.tag(found.team.version), "Location": view["meta"]["location"]})
