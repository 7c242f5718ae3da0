# SPDX-License-Identifier: EUPL-1.2
"""The applications of a collectivity, for those who administer them."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.client_schemas import (
    ClientDescription,
    ClientId,
    ClientListView,
    ClientView,
    ClientWithSecretView,
    Scopes,
    client_view,
    with_secret,
)
from parvis_identity.api.context import now, parts_of
from parvis_identity.api.staff import JUST_NOW, actor_of, staff_of
from parvis_identity.db import managed_clients
from parvis_identity.domain.client import UnknownClientError
from parvis_identity.domain.scopes import CATALOGUE
from parvis_identity.service import manage_clients
from parvis_identity.service.manage_clients import OF_OUR_OWN, By
from parvis_kit.locale import Text
from parvis_kit.problems import VALIDATION, FieldError
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

routes = router(tags=["clients"])
_PATH = "/v1/clients/{client_id}"


class SecretRotation(BaseModel):
    """How a client changes over to another secret."""

    model_config = ConfigDict(extra="forbid")

    overlap_hours: int = Field(default=24, ge=0, le=720, description="So long the present secret is taken as well.")


class ClientTransition(BaseModel):
    """Whether a client works."""

    model_config = ConfigDict(extra="forbid")

    action: Literal["disable", "enable"]


class NewRegistrationToken(BaseModel):
    """What a partner may register."""

    model_config = ConfigDict(extra="forbid")

    scopes: Annotated[Scopes, Field(min_length=1, description="The client may ask for these, or for fewer.")]
    hours: int = Field(default=72, ge=1, le=720, description="So long the token can be used.")


class RegistrationTokenView(BaseModel):
    """An initial access token (RFC 7591 section 3); it registers one client."""

    token: str = Field(description="Shown this once; give it to the partner by a safe way.")
    expires_at: AwareDatetime


@routes.get(
    "/v1/clients",
    **token("identity.clients.read"),
    operation_id="listClients",
    response_model=ClientListView,
    responses=problems(401, 403),
)
async def list_clients(request: Request, response: Response) -> ClientListView:
    """The applications of the caller's collectivity."""
    caller = staff_of(request)
    async with parts_of(request).database.reading() as session:
        found = await managed_clients.of_collectivity(session, caller.collectivity)
    response.headers["Cache-Control"] = "no-store"
    return ClientListView(items=[client_view(managed) for managed in found])


@routes.post(
    "/v1/clients",
    **token("identity.clients.write", headers=[IDEMPOTENCY_KEY], sign_in=JUST_NOW),
    operation_id="makeClient",
    status_code=201,
    response_model=ClientWithSecretView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def make_client(body: ClientDescription, request: Request) -> Response:
    """Register an application; a confidential one without keys gets a secret, shown this once."""
    by = _by(request)
    client = body.client(manage_clients.new_client_id(), by.collectivity)

    async def effect(session: AsyncSession) -> Answer:
        made = await manage_clients.make(session, by, client)
        view = with_secret(made.managed, made.secret)
        return Answer.of(view, {"Location": f"/v1/clients/{view.client_id}", **_headers(view)})

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts_of(request).runtime.idempotency.once(call, effect)


@routes.get(
    _PATH,
    **token("identity.clients.read", headers=[IF_NONE_MATCH]),
    operation_id="readClient",
    response_model=ClientView,
    responses=problems(401, 403, 404, 422) | NOT_MODIFIED,
)
async def read_client(client_id: ClientId, request: Request) -> Response:
    """One application."""
    caller = staff_of(request)
    async with parts_of(request).database.reading() as session:
        found = await managed_clients.find(session, client_id, caller.collectivity)
    if found is None:
        raise UnknownClientError
    view = client_view(found)
    if not_modified(request, entity_tag(view.version)):
        return Response(None, 304, _headers(view))
    return _answer(view)


@routes.put(
    _PATH,
    **token("identity.clients.write", headers=[IF_MATCH], sign_in=JUST_NOW),
    operation_id="changeClient",
    response_model=ClientView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def change_client(client_id: ClientId, body: ClientDescription, request: Request) -> Response:
    """Describe an application anew; it keeps its secret."""
    by, version = _by(request), required_version(request)
    wanted = body.client(client_id, by.collectivity)
    async with parts_of(request).database.unit_of_work() as uow:
        changed = await manage_clients.change(uow.session, by, client_id, wanted, version)
        await uow.commit()
    return _answer(client_view(changed))


@routes.post(
    f"{_PATH}/secret-rotations",
    **token("identity.clients.write", headers=[IF_MATCH], sign_in=JUST_NOW),
    operation_id="rotateClientSecret",
    response_model=ClientWithSecretView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def rotate_client_secret(client_id: ClientId, body: SecretRotation, request: Request) -> Response:
    """Another secret for an application, shown this once; both are taken for a while."""
    by, version, overlap = _by(request), required_version(request), timedelta(hours=body.overlap_hours)
    async with parts_of(request).database.unit_of_work() as uow:
        rotated = await manage_clients.rotate(uow.session, by, client_id, overlap, version)
        await uow.commit()
    return _answer(with_secret(rotated.managed, rotated.secret))


@routes.post(
    f"{_PATH}/transitions",
    **token("identity.clients.write", headers=[IF_MATCH], sign_in=JUST_NOW),
    operation_id="takeClient",
    response_model=ClientView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def take_client(client_id: ClientId, body: ClientTransition, request: Request) -> Response:
    """Disable or enable an application; what a disabled one was allowed has ended for good."""
    by, version = _by(request), required_version(request)
    async with parts_of(request).database.unit_of_work() as uow:
        changed = await manage_clients.enable(uow.session, by, client_id, version, enabled=body.action == "enable")
        await uow.commit()
    return _answer(client_view(changed))


@routes.post(
    "/v1/client-registration-tokens",
    **token("identity.clients.write", headers=[IDEMPOTENCY_KEY], sign_in=JUST_NOW),
    operation_id="allowClientRegistration",
    status_code=201,
    response_model=RegistrationTokenView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def allow_client_registration(body: NewRegistrationToken, request: Request) -> Response:
    """Let a partner register one application by itself (RFC 7591), for citizens, with some of these scopes."""
    by, life = _by(request), timedelta(hours=body.hours)
    if not set(body.scopes) <= CATALOGUE.keys() - OF_OUR_OWN:
        text = Text(fr="Droit inconnu ou réservé.", en="Unknown or reserved scope.")
        raise VALIDATION.problem(errors=[FieldError("/scopes", "unknown-scope", text)])

    async def effect(session: AsyncSession) -> Answer:
        made = await manage_clients.allow_registration(session, by, sorted(set(body.scopes)), life)
        view = RegistrationTokenView(token=made, expires_at=by.now + life)
        return Answer.of(view, {"Cache-Control": "no-store"})

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts_of(request).runtime.idempotency.once(call, effect)


def _by(request: Request) -> By:
    caller = staff_of(request)
    return By(actor_of(caller), caller.collectivity, now())


def _answer(view: ClientView) -> Response:
    return Response(view.model_dump_json(), 200, _headers(view), "application/json")


def _headers(view: ClientView) -> dict[str, str]:
    return {"ETag": entity_tag(view.version), "Cache-Control": "no-store"}
