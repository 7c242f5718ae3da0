# SPDX-License-Identifier: EUPL-1.2
"""Agents and teams for the town's directory: SCIM 2.0 (RFC 7644)."""

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
from parvis_identity.domain.agent import Agent
from parvis_identity.domain.scim import filters, patched
from parvis_identity.service import provision_agents

routes = scim_router()


@routes.get("/scim/v2/ServiceProviderConfig", **options(), operation_id="readScimConfig", responses=answers(200))
async def read_scim_config(request: Request) -> Response:
    """What this server can."""
    return scim(scim_views.config(base_of(request)))


@routes.get("/scim/v2/ResourceTypes", **options(), operation_id="listScimTypes", responses=answers(200))
async def list_scim_types(request: Request) -> Response:
    """The kinds of resources."""
    types = scim_views.resource_types(base_of(request))
    return scim(scim_views.listed(len(types), 1, types))


@routes.get("/scim/v2/Schemas", **options(), operation_id="listScimSchemas", responses=answers(200))
async def list_scim_schemas(request: Request) -> Response:
    """The attributes of the resources."""
    schemas = scim_views.schemas(base_of(request))
    return scim(scim_views.listed(len(schemas), 1, schemas))


@routes.get("/scim/v2/Users", **list_options(), operation_id="listScimUsers", responses=answers(200, 400))
async def list_scim_users(request: Request) -> Response:
    """The agents of the collectivity, or those that fit the filter."""
    by, (start, count) = directory(request), place_in_list(request)
    wanted = filters(request.query_params.get("filter"), provision_agents.FILTERS)
    parts = parts_of(request)
    async with parts.database.reading() as session:
        total, found = await parts.provision_agents.list(session, by.collectivity, wanted, start - 1, count)
    return scim(scim_views.listed(total, start, [scim_views.user(agent, base_of(request)) for agent in found]))


@routes.post(
    "/scim/v2/Users", **options(body=True), operation_id="makeScimUser", responses=answers(201, 400, 409, 413, 415),
    status_code=201,
)  # fmt: skip
async def make_scim_user(request: Request) -> Response:
    """An agent more."""
    by, parts, resource = directory(request), parts_of(request), await resource_of(request)
    async with parts.database.unit_of_work() as uow:
        agent = await parts.provision_agents.make(uow.session, by, resource)
        await uow.commit()
    return _user(request, agent, 201)


@routes.get(
    "/scim/v2/Users/{user_id}", **options(headers=("If-None-Match",)), operation_id="readScimUser",
    responses=answers(200, 404) | {304: {"description": "The caller already has this version"}},
)  # fmt: skip
async def read_scim_user(user_id: Id, request: Request) -> Response:
    """One agent."""
    by, parts = directory(request), parts_of(request)
    async with parts.database.reading() as session:
        agent = await parts.provision_agents.read(session, by.collectivity, user_id)
    if request.headers.get("if-none-match") == scim_views.tag(agent.version):
        return Response(None, 304, {"ETag": scim_views.tag(agent.version)})
    return _user(request, agent)


@routes.put(
    "/scim/v2/Users/{user_id}", **options(body=True, headers=("If-Match",)), operation_id="replaceScimUser",
    responses=answers(200, 400, 404, 409, 412, 413, 415),
)  # fmt: skip
async def replace_scim_user(user_id: Id, request: Request) -> Response:
    """Describe an agent anew."""
    resource = await resource_of(request)
    return await _change_user(request, user_id, lambda _: resource)


@routes.patch(
    "/scim/v2/Users/{user_id}", **options(body=True, headers=("If-Match",)), operation_id="patchScimUser",
    responses=answers(200, 400, 404, 409, 412, 413, 415),
)  # fmt: skip
async def patch_scim_user(user_id: Id, request: Request) -> Response:
    """Change an agent; `active` false ends their sessions at once."""
    body = await resource_of(request)
    return await _change_user(request, user_id, lambda agent: patched(scim_views.user(agent, ""), body))


@routes.delete(
    "/scim/v2/Users/{user_id}", **options(headers=("If-Match",)), operation_id="removeScimUser", status_code=204,
    responses=answers(204, 404, 409, 412),
)  # fmt: skip
async def remove_scim_user(user_id: Id, request: Request) -> Response:
    """An agent goes, with every session."""
    by, parts = directory(request), parts_of(request)
    async with parts.database.unit_of_work() as uow:
        await parts.provision_agents.remove(uow.session, by, user_id, seen_version(request))
        await uow.commit()
    return Response(None, 204)


async def _change_user(request: Request, user_id: str, changed: Callable[[Agent], Mapping[str, Any]]) -> Response:
    by, parts = directory(request), parts_of(request)
    async with parts.database.unit_of_work() as uow:
        agent = await parts.provision_agents.change(uow.session, by, user_id, seen_version(request), changed)
        await uow.commit()
    return _user(request, agent)


def _user(request: Request, agent: Agent, status: int = 200) -> Response:
    view = scim_views.user(agent, base_of(request))
    headers = {"ETag": scim_views.tag(agent.version), "Location": view["meta"]["location"]}
    return scim(view, status, headers)
