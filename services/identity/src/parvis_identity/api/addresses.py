# SPDX-License-Identifier: EUPL-1.2
"""The postal addresses of the caller's own account."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.address_schemas import AddressBody, AddressListView, AddressView, address_view
from parvis_identity.api.callers import own_account
from parvis_identity.api.context import now, parts_of
from parvis_identity.api.me_views import PRIVATE
from parvis_identity.db.postal_addresses import KeptAddress
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

routes = router(tags=["people"])
_PATH = "/v1/me/addresses/{address_id}"


@routes.get(
    "/v1/me/addresses",
    **token("identity.profile.read"),
    operation_id="listAddresses",
    response_model=AddressListView,
    responses=problems(401, 403, 404),
)
async def list_addresses(request: Request) -> Response:
    """The caller's addresses."""
    by = own_account(principal_of(request))
    found = await parts_of(request).profiles.addresses.of_person(UUID(by.id))
    view = AddressListView(items=[address_view(kept) for kept in found])
    return Response(view.model_dump_json(), 200, PRIVATE, "application/json")


@routes.post(
    "/v1/me/addresses",
    **token("identity.profile.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="addAddress",
    status_code=201,
    response_model=AddressView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def add_address(body: AddressBody, request: Request) -> Response:
    """One address more, up to five."""
    caller, profiles = principal_of(request), parts_of(request).profiles
    by = own_account(caller)

    async def effect(session: AsyncSession) -> Answer:
        kept = await profiles.addresses.add(session, by, body.address(), now())
        return Answer.of(address_view(kept), {"Location": f"/v1/me/addresses/{kept.id}", **_headers(kept)})

    return await profiles.idempotency.once(idempotent_call(request, caller, await request.body()), effect)


@routes.get(
    _PATH,
    **token("identity.profile.read", headers=[IF_NONE_MATCH]),
    operation_id="readAddress",
    response_model=AddressView,
    responses=problems(401, 403, 404, 422) | NOT_MODIFIED,
)
async def read_address(address_id: UUID, request: Request) -> Response:
    """One of the caller's addresses."""
    by = own_account(principal_of(request))
    kept = await parts_of(request).profiles.addresses.read(UUID(by.id), address_id)
    if not_modified(request, entity_tag(kept.version)):
        return Response(None, 304, _headers(kept))
    return _answer(kept)


@routes.put(
    _PATH,
    **token("identity.profile.write", headers=[IF_MATCH]),
    operation_id="changeAddress",
    response_model=AddressView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def change_address(address_id: UUID, body: AddressBody, request: Request) -> Response:
    """Put another address in its place."""
    by, version = own_account(principal_of(request)), required_version(request)
    return _answer(await parts_of(request).profiles.addresses.change(by, address_id, body.address(), version, now()))


@routes.delete(
    _PATH,
    **token("identity.profile.write", headers=[IF_MATCH]),
    operation_id="removeAddress",
    status_code=204,
    response_class=Response,
    responses=problems(401, 403, 404, 412, 422, 428),
)
async def remove_address(address_id: UUID, request: Request) -> Response:
    """Take an address out."""
    by, version = own_account(principal_of(request)), required_version(request)
    await parts_of(request).profiles.addresses.remove(by, address_id, version, now())
    return Response(None, 204, PRIVATE)


def _answer(kept: KeptAddress) -> Response:
    return Response(address_view(kept).model_dump_json(), 200, _headers(kept), "application/json")


def _headers(kept: KeptAddress) -> dict[str, str]:
    return PRIVATE | {"ETag": entity_tag(kept.version)}
