# SPDX-License-Identifier: EUPL-1.2
"""The erasure of an account (GDPR, article 17): one's own, or somebody's who demands it of an agent in writing."""

from typing import Final, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from parvis_identity.api.callers import own_account
from parvis_identity.api.context import now, parts_of
from parvis_identity.api.staff import JUST_NOW
from parvis_identity.domain.erasure import Erasure
from parvis_identity.domain.pivot import Document
from parvis_identity.domain.session import RECENT
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, router, token

routes = router(tags=["people"])
desk_routes = router(tags=["counter"])
_OWN: Final = "/v1/me/erasures"
_PATH: Final = "/v1/people/{person_id}/erasures"
_SCOPE: Final = "identity.erasures.write"
_PRIVATE: Final = {"Cache-Control": "no-store"}


class ErasureView(BaseModel):
    """An erasure that waits."""

    id: UUID
    asked_by: Literal["person", "agent"] = Field(description="The person themselves, or an agent at the counter.")
    created_at: AwareDatetime
    due_at: AwareDatetime = Field(description="From when on it is carried out; until then it can be taken back.")
    held_at: AwareDatetime | None = Field(
        description="Since when it waits longer, because nobody else administers the collectivity or represents an "
        "organisation."
    )


class ErasureList(BaseModel):
    """What waits: one erasure, or none."""

    items: list[ErasureView]


class ErasureBody(BaseModel):
    """What the agent saw, of who demands it in writing."""

    model_config = ConfigDict(extra="forbid")

    document: Document = Field(description="Which kind of document was seen, of the person who demands it.")


@routes.post(
    _OWN,
    **token(_SCOPE, headers=[IDEMPOTENCY_KEY], sign_in={"max_age": int(RECENT.total_seconds())}),
    operation_id="askForErasure",
    status_code=201,
    response_model=ErasureView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def ask_for_erasure(request: Request) -> Response:
    """Have one's own account erased after some days, just after signing in; a letter tells, with a link to stop it."""
    caller, about = principal_of(request), parts_of(request).about_people
    by = own_account(caller)

    async def effect(session: AsyncSession) -> Answer:
        return Answer.of(_view(await about.erasures.ask(session, by, now())), _PRIVATE)

    return await about.idempotency.once(idempotent_call(request, caller, await request.body()), effect)


@routes.get(
    _OWN,
    **token("identity.profile.read"),
    operation_id="listOwnErasures",
    response_model=ErasureList,
    responses=problems(401, 403),
)
async def list_own_erasures(request: Request) -> Response:
    """The erasure of one's own account that waits, if any."""
    by = own_account(principal_of(request))
    waiting = await parts_of(request).about_people.erasures.waits(UUID(by.id))
    items = ErasureList(items=[_view(waiting)] if waiting else [])
    return JSONResponse(items.model_dump(mode="json"), headers=_PRIVATE)


@routes.post(
    f"{_OWN}/cancellations",
    **token(_SCOPE),
    operation_id="takeBackErasure",
    status_code=204,
    response_class=Response,
    responses=problems(401, 403, 404),
)
async def take_back_erasure(request: Request) -> Response:
    """Keep one's account, whoever asked for the erasure; to leave it as it is, no sign-in of just now is needed."""
    await parts_of(request).about_people.erasures.take_back(own_account(principal_of(request)), now())
    return Response(None, 204, _PRIVATE)


@desk_routes.post(
    _PATH,
    **token(_SCOPE, headers=[IDEMPOTENCY_KEY], sign_in=JUST_NOW),
    operation_id="askForErasureOfPerson",
    status_code=201,
    response_model=ErasureView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def ask_for_erasure_of_person(person_id: UUID, body: ErasureBody, request: Request) -> Response:
    """Have the account of who demands it in writing erased, after three days at least; the person is told at once."""
    caller, about = principal_of(request), parts_of(request).about_people

    async def effect(session: AsyncSession) -> Answer:
        erasure = await about.erasures.ask_for(session, caller, person_id, body.document, now())
        return Answer.of(_view(erasure), _PRIVATE)

    return await about.idempotency.once(idempotent_call(request, caller, await request.body()), effect)


@desk_routes.post(
    f"{_PATH}/cancellations",
    **token(_SCOPE),
    operation_id="cancelErasure",
    status_code=204,
    response_class=Response,
    responses=problems(401, 403, 404, 422),
)
async def cancel_erasure(person_id: UUID, request: Request) -> Response:
    """Take back the one that waits, whoever asked for it; the person is told."""
    await parts_of(request).about_people.erasures.cancel(principal_of(request), person_id, now())
    return Response(None, 204, _PRIVATE)


def _view(erasure: Erasure) -> ErasureView:
    return ErasureView(
        id=erasure.id,
        asked_by="agent" if erasure.agent else "person",
        created_at=erasure.created_at,
        due_at=erasure.due_at,
        held_at=erasure.held_at,
    )
