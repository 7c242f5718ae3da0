# SPDX-License-Identifier: EUPL-1.2
"""How agents reach somebody who filed a request without an account."""

from uuid import UUID

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import problems, router, token
from parvis_requests.api.context import actor_of, now, parts_of
from parvis_requests.service.read_contact import read_contact

routes = router(tags=["requests"])


class ContactView(BaseModel):
    """What the reporter left, which nobody has checked, or an agent took down."""

    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    postal_address: str | None = None
    language: str | None = Field(default=None, description="In which they are written to.")
    account_id: str | None = Field(default=None, description="Their account in the application that they used.")
    device_id: str | None = None
    media_url: str | None = Field(default=None, description="Where they say that a photo is; open it with care.")


@routes.get(
    "/v1/requests/{request_id}/contact",
    **token("requests.requests.read"),
    operation_id="readContact",
    response_model=ContactView,
    responses=problems(401, 403, 404, 422),
)
async def read(request_id: UUID, request: Request, response: Response) -> object:
    """The contact of who filed it without an account, for agents; their look is recorded."""
    actor, runtime = actor_of(request), parts_of(request).runtime
    async with runtime.database.unit_of_work() as uow:
        contact = await read_contact(uow.session, actor, request_id, persons=runtime.persons, now=now())
        await uow.commit()
    response.headers["Cache-Control"] = "no-store"
    return ContactView.model_validate(contact)
