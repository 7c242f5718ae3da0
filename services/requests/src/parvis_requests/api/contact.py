# SPDX-License-Identifier: EUPL-1.2
"""How agents reach somebody who filed a request without an account, and correct it."""

from datetime import timedelta
from uuid import UUID

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.operation import IF_MATCH, problems, router, token
from parvis_kit.web.types import PlainText
from parvis_requests.api.context import actor_of, language_of, now, parts_of
from parvis_requests.api.on_behalf import GivenContact
from parvis_requests.service.correct_contact import ContactCorrection, correct_contact
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


class CorrectedContact(GivenContact):
    """How to reach the person from now on: what is not said is known no more."""

    reason: PlainText = Field(
        min_length=1, max_length=2_000, description="Kept as a note for agents: name neither address in it."
    )


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


@routes.put(
    "/v1/requests/{request_id}/contact",
    **token("requests.requests.write", headers=[IF_MATCH]),
    operation_id="correctContact",
    response_model=ContactView,
    responses=problems(400, 401, 403, 404, 412, 413, 422, 428),
)
async def correct(request_id: UUID, body: CorrectedContact, request: Request, response: Response) -> object:
    """Correct what was taken down or left wrongly, by the `ETag` of the request; the old address gets nothing more."""
    runtime, seen = parts_of(request).runtime, required_version(request)
    contact = body.model_dump(exclude_none=True, exclude={"reason"})
    said = ContactCorrection(request_id, seen, contact, body.reason)
    async with runtime.database.unit_of_work() as uow:
        row, kept = await correct_contact(
            uow.session, actor_of(request), said, kept=timedelta(days=runtime.settings.confirmation_days),
            persons=runtime.persons, index=runtime.blind_index, now=now(),
        )  # fmt: skip
        await uow.commit()
    response.headers.update({"Cache-Control": "no-store", "ETag": entity_tag(row.version, language_of(request))})
    return ContactView.model_validate(kept)
