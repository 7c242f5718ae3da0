# SPDX-License-Identifier: EUPL-1.2
"""What others did for the caller, and for the children of their household."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.callers import somebody
from parvis_identity.api.context import parts_of
from parvis_identity.service.see_acts import SeenAct
from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.operation import principal_of, problems, router, token

routes = router(tags=["people"])


class ActOnBehalfView(BaseModel):
    """A token was handed out with which somebody acted for the person."""

    id: UUID
    person: UUID = Field(description="The caller, or a child of their household.")
    actor: UUID = Field(description="Who acted: opaque.")
    actor_kind: Literal["agent", "citizen"]
    ground: Literal["assisted", "mandate", "parent"]
    ground_id: UUID
    organisation: UUID | None = Field(description="Through which organisation, where a mandate is an organisation's.")
    organisation_name: str | None
    channel: Literal["counter", "phone"] | None = Field(description="Where an agent assisted.")
    reason: str | None = Field(description="Why an agent assisted.")
    client_id: str = Field(description="The application that was used.")
    collectivity: str
    scopes: list[str]
    occurred_at: AwareDatetime


@routes.get(
    "/v1/me/acts-on-behalf",
    **token("identity.profile.read"),
    operation_id="listActsOnBehalf",
    response_model=Page[ActOnBehalfView],
    responses=problems(400, 401, 403, 422),
)
async def list_acts_on_behalf(
    request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None
) -> object:
    """Each time that somebody was let act for the caller, or for a child of theirs; the latest first."""
    caller, parts = somebody(principal_of(request)), parts_of(request)
    bound = [str(caller.person)]
    page = await parts.about_people.see_acts.page(caller.person, parts.runtime.cursors.read(cursor, bound), limit)
    response.headers["Cache-Control"] = "no-store"
    items, write = [_view(seen) for seen in page.rows], parts.runtime.cursors.write
    return paged(request, response, items, write(page.next, bound), write(page.previous, bound))


def _view(seen: SeenAct) -> ActOnBehalfView:
    members = {name: getattr(seen.act, name) for name in ActOnBehalfView.model_fields if hasattr(seen.act, name)}
    return ActOnBehalfView.model_validate(
        members | {"channel": seen.channel, "reason": seen.reason, "organisation_name": seen.organisation_name}
    )
