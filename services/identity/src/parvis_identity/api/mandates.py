# SPDX-License-Identifier: EUPL-1.2
"""Mandates: given, accepted, ended; the token to act with comes of a token exchange."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import now, parts_of
from parvis_identity.domain.behalf import DELEGABLE, Mandate
from parvis_identity.service.mandates import Wish
from parvis_kit.security.principal import Principal
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, router, token
from parvis_kit.web.types import Instant

routes = router(tags=["people"])
_PRIVATE: Final = {"Cache-Control": "no-store"}
ScopeName = Annotated[str, StringConstraints(max_length=64, pattern=r"^[a-z.-]+$")]


class MandateBody(BaseModel):
    """What the caller lets somebody do for them, and until when."""

    model_config = ConfigDict(extra="forbid")

    scopes: list[ScopeName] = Field(
        min_length=1, max_length=10, description=f"Some of {', '.join(f'`{name}`' for name in sorted(DELEGABLE))}."
    )
    ends_at: Instant = Field(description="Within five years.")
    organisation: str | None = Field(
        default=None,
        pattern=r"^([0-9]{14}|W[0-9A-Z]{9})$",
        description="SIRET or RNA number of the verified organisation that is to act; whoever represents it does.",
    )


class AcceptanceBody(BaseModel):
    """The code that the mandator handed over."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=43, max_length=43, pattern=r"^[A-Za-z0-9_-]+$")


class MandateView(BaseModel):
    """A mandate, as one of the two sees it."""

    id: UUID = Field(description="The `subject_token` of the mandatary's exchange.")
    side: Literal["given", "received"]
    mandator: UUID
    mandatary: UUID | None = Field(description="Null until it is accepted, and for an organisation's.")
    organisation: UUID | None = Field(description="The organisation that acts, where it is no person.")
    organisation_name: str | None
    scopes: list[str]
    status: Literal["offered", "accepted", "ended", "expired"]
    created_at: AwareDatetime
    offer_ends_at: AwareDatetime
    accepted_at: AwareDatetime | None
    ends_at: AwareDatetime
    ended_at: AwareDatetime | None


class OfferedMandateView(MandateView):
    """A mandate that waits for somebody."""

    code: str = Field(description="To be handed to who is to accept it; works once, and is not shown again.")


class MandateListView(BaseModel):
    """The latest first; at most a hundred."""

    items: list[MandateView]


@routes.post(
    "/v1/me/mandates",
    **token("identity.mandates.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="offerMandate",
    status_code=201,
    response_model=OfferedMandateView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def offer_mandate(body: MandateBody, request: Request) -> Response:
    """Let somebody, or an organisation, act for the caller in this collectivity; a vote is given to nobody."""
    caller, about = principal_of(request), parts_of(request).about_people

    async def effect(session: AsyncSession) -> Answer:
        wish = Wish(scopes=frozenset(body.scopes), ends_at=body.ends_at, organisation=body.organisation)
        mandate, code = await about.mandates.offer(session, caller, wish, now())
        return Answer.of(OfferedMandateView.model_validate(_shown(mandate, caller, now()) | {"code": code}), _PRIVATE)

    return await about.idempotency.once(idempotent_call(request, caller, await request.body()), effect)


@routes.get(
    "/v1/me/mandates",
    **token("identity.mandates.read"),
    operation_id="listMandates",
    response_model=MandateListView,
    responses=problems(401, 403),
)
async def list_mandates(request: Request) -> Response:
    """The mandates that the caller gave or was given in this collectivity."""
    caller = principal_of(request)
    found = await parts_of(request).about_people.mandates.of(caller)
    view = MandateListView.model_validate({"items": [_shown(mandate, caller, now()) for mandate in found]})
    return Response(view.model_dump_json(), 200, _PRIVATE, "application/json")


@routes.post(
    "/v1/me/mandate-acceptances",
    **token("identity.mandates.write"),
    operation_id="acceptMandate",
    response_model=MandateView,
    responses=problems(400, 401, 403, 404, 413, 422),
)
async def accept_mandate(body: AcceptanceBody, request: Request) -> Response:
    """Accept a mandate by its code, for oneself or for the organisation that it names and one represents."""
    caller = principal_of(request)
    return _answer(await parts_of(request).about_people.mandates.accept(caller, body.code, now()), caller)


@routes.post(
    "/v1/me/mandates/{mandate_id}/endings",
    **token("identity.mandates.write"),
    operation_id="endMandate",
    response_model=MandateView,
    responses=problems(401, 403, 404, 422),
)
async def end_mandate(mandate_id: UUID, request: Request) -> Response:
    """Revoke a mandate that one gave, or give back one that one was given."""
    caller = principal_of(request)
    return _answer(await parts_of(request).about_people.mandates.end(caller, mandate_id, now()), caller)


def _answer(mandate: Mandate, caller: Principal) -> Response:
    view = MandateView.model_validate(_shown(mandate, caller, now()))
    return Response(view.model_dump_json(), 200, _PRIVATE, "application/json")


def _shown(mandate: Mandate, caller: Principal, at: datetime) -> dict[str, Any]:
    return {
        "id": mandate.id,
        "side": "given" if mandate.mandator == caller.person else "received",
        "mandator": mandate.mandator,
        "mandatary": mandate.mandatary,
        "organisation": mandate.organisation,
        "organisation_name": mandate.organisation_name,
        "scopes": sorted(mandate.scopes),
        "status": mandate.status(at),
        "created_at": mandate.created_at,
        "offer_ends_at": mandate.offer_ends_at,
        "accepted_at": mandate.accepted_at,
        "ends_at": mandate.ends_at,
        "ended_at": mandate.ended_at,
    }
