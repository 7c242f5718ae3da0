# SPDX-License-Identifier: EUPL-1.2
"""For agents: assist somebody at the counter or on the phone; the token to act with comes of a token exchange."""

from typing import Final, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import now, parts_of
from parvis_identity.domain.behalf import Channel
from parvis_identity.domain.person import Identity
from parvis_identity.service.assist import Wanted
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, router, token
from parvis_kit.web.types import PlainText

routes = router(tags=["counter"])
_PRIVATE: Final = {"Cache-Control": "no-store"}


class NewcomerBody(BaseModel):
    """Somebody without account, as they say who they are."""

    model_config = ConfigDict(extra="forbid")

    given_names: PlainText = Field(min_length=1, max_length=200)
    family_name: PlainText = Field(min_length=1, max_length=200)


class AssistanceBody(BaseModel):
    """Whom the agent assists, where, and why; either somebody with an account or a newcomer."""

    model_config = ConfigDict(extra="forbid")

    person: UUID | None = Field(default=None, description="Somebody with an account.")
    newcomer: NewcomerBody | None = Field(default=None, description="Somebody without.")
    channel: Channel
    reason: PlainText = Field(min_length=1, max_length=200, description="For the person's own eyes.")

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.person is None) == (self.newcomer is None):
            raise ValueError("either person or newcomer")
        return self


class AssistanceView(BaseModel):
    """An assisted session: its id is the `subject_token` of the exchange."""

    id: UUID
    person: UUID
    expires_at: AwareDatetime


@routes.post(
    "/v1/assisted-sessions",
    **token("identity.assistance.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="beginAssistance",
    status_code=201,
    response_model=AssistanceView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def begin_assistance(body: AssistanceBody, request: Request) -> Response:
    """Begin to assist somebody, for half an hour at most; they can see when, where and why."""
    caller, about = principal_of(request), parts_of(request).about_people
    newcomer = Identity(**body.newcomer.model_dump()) if body.newcomer else None
    wanted = Wanted(person=body.person, newcomer=newcomer, channel=body.channel, reason=body.reason)

    async def effect(session: AsyncSession) -> Answer:
        begun = await about.assist.begin(session, caller, wanted, now())
        view = AssistanceView(id=begun.id, person=begun.person, expires_at=begun.expires_at)
        return Answer.of(view, _PRIVATE)

    return await about.idempotency.once(idempotent_call(request, caller, await request.body()), effect)


@routes.post(
    "/v1/assisted-sessions/{assistance_id}/endings",
    **token("identity.assistance.write"),
    operation_id="endAssistance",
    status_code=204,
    response_class=Response,
    responses=problems(401, 403, 404, 422),
)
async def end_assistance(assistance_id: UUID, request: Request) -> Response:
    """The person has left: nothing more can be exchanged; tokens that were end within five minutes."""
    await parts_of(request).about_people.assist.end(principal_of(request), assistance_id, now())
    return Response(None, 204, _PRIVATE)
