# SPDX-License-Identifier: EUPL-1.2
"""For administrators and supervisors: take the second factor from who has lost it, the codes on paper included."""

from dataclasses import asdict
from typing import Final
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import now, parts_of
from parvis_identity.api.staff import JUST_NOW
from parvis_identity.domain.factor_reset import ResetReason
from parvis_identity.domain.pivot import Document
from parvis_identity.service.factor_resets import Wish
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, router, token

routes = router(tags=["counter"])
_PATH: Final = "/v1/people/{person_id}/second-factor-resets"
_SCOPE: Final = "identity.factors.write"
_PRIVATE: Final = {"Cache-Control": "no-store"}


class ResetBody(BaseModel):
    """What the agent saw, and what became of the second factor."""

    model_config = ConfigDict(extra="forbid")

    document: Document = Field(description="Which kind of document was seen, of the person who stood there.")
    reason: ResetReason


class ResetView(BaseModel):
    """A reset that waits."""

    id: UUID
    person: UUID
    document: Document
    reason: ResetReason
    agent: UUID = Field(description="Who saw the document.")
    created_at: AwareDatetime
    due_at: AwareDatetime = Field(description="From when on it is carried out; until then it can be stopped.")


@routes.post(
    _PATH,
    **token(_SCOPE, headers=[IDEMPOTENCY_KEY], sign_in=JUST_NOW),
    operation_id="askForSecondFactorReset",
    status_code=201,
    response_model=ResetView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def ask_for_second_factor_reset(person_id: UUID, body: ResetBody, request: Request) -> Response:
    """Have application and codes on paper taken away after some days; the person is told now, and can stop it."""
    caller, about = principal_of(request), parts_of(request).about_people
    wish = Wish(person=person_id, document=body.document, reason=body.reason)

    async def effect(session: AsyncSession) -> Answer:
        reset = await about.factor_resets.ask(session, caller, wish, now())
        return Answer.of(ResetView.model_validate(asdict(reset), extra="ignore"), _PRIVATE)

    return await about.idempotency.once(idempotent_call(request, caller, await request.body()), effect)


@routes.post(
    f"{_PATH}/cancellations",
    **token(_SCOPE),
    operation_id="cancelSecondFactorReset",
    status_code=204,
    response_class=Response,
    responses=problems(401, 403, 404, 422),
)
async def cancel_second_factor_reset(person_id: UUID, request: Request) -> Response:
    """Call off the one that waits; to leave an account as it is, an agent need not have signed in just now."""
    await parts_of(request).about_people.factor_resets.cancel(principal_of(request), person_id, now())
    return Response(None, 204, _PRIVATE)
