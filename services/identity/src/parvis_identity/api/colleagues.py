# SPDX-License-Identifier: EUPL-1.2
"""What the agents of a collectivity are called, on the internal port."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from parvis_identity.api.context import parts_of
from parvis_kit.web.operation import principal_of, problems, router, token

routes = router(tags=["internal"])


class ColleagueView(BaseModel):
    """An agent who has signed in and is not gone."""

    model_config = ConfigDict(from_attributes=True)

    person: UUID = Field(description="The subject of their tokens.")
    name: str | None = Field(description="As the town's directory has it, or else the account.")
    suspended: bool
    entitled: bool = Field(description="Whether one of their roles opens the scope that was asked about.")


class ColleaguesView(BaseModel):
    """A page of them, by the ids of their accounts."""

    items: list[ColleagueView]
    more: bool = Field(description="Whether others come after the last one.")


@routes.get(
    "/internal/v1/colleagues",
    **token("identity.particulars.read"),
    operation_id="readColleagues",
    response_model=ColleaguesView,
    responses=problems(401, 403, 404, 422),
)
async def read(
    request: Request,
    collectivity: Annotated[str, Query(pattern=r"^[a-z][a-z0-9-]{1,31}$", description="Whose agents.")],
    scope: Annotated[str, Query(max_length=100, description="What they work with.")],
    after: Annotated[UUID | None, Query(description="The account after which to go on.")] = None,
) -> ColleaguesView:
    """What the agents of a collectivity are called, for a service of Parvis's own in which they work together."""
    found, more = await parts_of(request).read_colleagues.of(collectivity, scope, after, principal_of(request))
    return ColleaguesView.model_validate({"items": found, "more": more}, from_attributes=True)
