# SPDX-License-Identifier: EUPL-1.2
"""The keys of voters, on the internal port."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from parvis_identity.api.context import parts_of
from parvis_kit.web.operation import principal_of, problems, router, token

routes = router(tags=["internal"])


class NewRollKey(BaseModel):
    """Who votes, in which vote; in the body, for addresses are written down along the way."""

    model_config = ConfigDict(extra="forbid")

    person: UUID
    label: str = Field(pattern=r"^[a-z0-9/-]{1,100}$", description="Names one vote: the keys of two cannot be joined.")


class RollKeyView(BaseModel):
    """Under which key the person stands on the roll of that vote."""

    person_key: str | None = Field(description="32 bytes, in hexadecimal; null where nobody verified who they are.")


@routes.post(
    "/internal/v1/roll-keys",
    **token("identity.rolls.read"),
    operation_id="makeRollKey",
    response_model=RollKeyView,
    responses=problems(400, 401, 403, 413, 422),
)
async def make_roll_key(body: NewRollKey, request: Request) -> RollKeyView:
    """A person's key on the roll of a vote, for the service that keeps the roll."""
    key = await parts_of(request).roll_keys.of(body.person, body.label, principal_of(request))
    return RollKeyView(person_key=key.hex() if key else None)
