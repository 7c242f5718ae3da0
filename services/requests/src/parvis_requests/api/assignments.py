# SPDX-License-Identifier: EUPL-1.2
"""Who gets a request: agents give it to a colleague, back to the team, or to another team."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, principal_of, problems, router, token
from parvis_kit.web.types import PlainText
from parvis_requests.api.context import actor_of, colleagues_at_hand, language_of, now, parts_of
from parvis_requests.api.named import named_request
from parvis_requests.api.schemas import Input, RequestView
from parvis_requests.api.views import request_view
from parvis_requests.domain.assignment import Handing, IfAbsent
from parvis_requests.service.assign_request import Assigning, assign_request
from parvis_requests.service.read_request import reopen_acted

routes = router(tags=["work"])


class Assigned(Input):
    """To whom requests go."""

    assignee: UUID | None = Field(default=None, description="An agent of the team; null for whoever of it takes it.")
    team: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,99}$")] | None = Field(
        default=None, description="Another team; null for the one that it is in."
    )
    if_absent: IfAbsent = Field(
        default=IfAbsent.REFUSE,
        description="Where the agent is absent: `refuse`, give it to the `deputy` or else to the team, or `anyway`.",
    )

    @property
    def handing(self) -> Handing:
        """In the domain's words."""
        return Handing(self.assignee, self.team, self.if_absent)


class NewAssignment(Assigned):
    """To whom a request goes, and why; another team is told why."""

    reason: PlainText | None = Field(
        default=None,
        min_length=1,
        max_length=10_000,
        validate_default=True,
        description="Kept as a note for the agents; needed for another team.",
    )

    @field_validator("reason")
    @classmethod
    def _said_to_another_team(cls, reason: str | None, info: ValidationInfo) -> str | None:
        if reason is None and info.data.get("team") is not None:
            french = {"fr": "Dites pourquoi la demande va à une autre équipe."}
            raise PydanticCustomError("reason_missing", "Say why the request goes to another team", french)
        return reason


@routes.post(
    "/v1/requests/{request_id}/assignment",
    **token("requests.requests.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="assignRequest",
    status_code=201,
    response_model=RequestView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def assign(request_id: UUID, body: NewAssignment, request: Request) -> Response:
    """Give the request that the agent saw (`If-Match`) to a colleague, back to the team, or to another team."""
    actor, parts, language = actor_of(request), parts_of(request), language_of(request)
    assigning = Assigning(request_id, required_version(request), body.handing, body.reason)
    catalogue, persons = await parts.catalogues.of(actor.collectivity), parts.runtime.persons

    async def effect(session: AsyncSession) -> Answer:
        row = await assign_request(session, actor, assigning, catalogues=parts.catalogues, persons=persons, now=now())
        opened = await reopen_acted(session, actor, row, persons=persons, catalogues=parts.catalogues)
        tag = entity_tag(row.version, language)
        view = named_request(request_view(opened, catalogue, actor, language), actor, colleagues_at_hand(request))
        return Answer.of(view, {"ETag": tag, "Cache-Control": "no-store"})

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)
