# SPDX-License-Identifier: EUPL-1.2
"""Where the town's own mail room fetches the letters that it prints and posts, and says what became of them."""

from datetime import date
from typing import Final, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.problems import FORBIDDEN
from parvis_kit.security.principal import Principal, PrincipalKind
from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.operation import principal_of, problems, router, token
from parvis_notifications.api.context import now, parts_of
from parvis_notifications.domain.mail_room import Acknowledgement, MailRoomState
from parvis_notifications.domain.precompiled_letter import Postage
from parvis_notifications.service.serve_mail_room import OpenLetter, acknowledge, list_waiting, read_document

routes = router(tags=["letters"])
_PATH: Final = "/v1/mail-room-letters"
_READ: Final = "notifications.mail-room.read"
_WRITE: Final = "notifications.mail-room.write"
_PDF: Final = "application/pdf"


class MailRoomLetterView(BaseModel):
    """A letter to print and post: what a mail room puts beside its PDF."""

    id: UUID
    address_lines: list[str] = Field(description="As they show in the window of the envelope.")
    country: str = Field(description="ISO 3166-1 alpha-2.")
    sender_lines: list[str]
    postage: Postage | None = Field(description="Null: as the town usually has it.")
    size: int = Field(description="Of the PDF, in bytes.")
    sha256: str = Field(description="Of the PDF, in hexadecimal.")
    submitted_at: AwareDatetime


class AcknowledgementBody(BaseModel):
    """What became of a letter."""

    model_config = ConfigDict(extra="forbid")

    outcome: Literal["posted", "returned", "refused"] = Field(
        description="`posted`: in the hands of the post; `returned`: brought back by it, after that; `refused`: it"
        " cannot be printed or posted."
    )
    happened_on: date = Field(description="On which day, by the town's clocks.")
    pages: int | None = Field(default=None, ge=1, le=1_000, strict=True, description="That were printed.")
    postage_millicents: int | None = Field(
        default=None, ge=0, le=10_000_000, strict=True, description="Thousandths of a eurocent that the postage was."
    )


@routes.get(
    _PATH,
    **token(_READ),
    operation_id="listMailRoomLetters",
    response_model=Page[MailRoomLetterView],
    responses=problems(400, 401, 403, 422),
)
async def list_(request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None) -> object:
    """The letters that wait to be printed and posted, newest first."""
    room, runtime = _room(request), parts_of(request).runtime
    bound = ["mail-room-letters", room.collectivity]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.unit_of_work() as uow:
        found = await list_waiting(uow.session, runtime.persons, room, place, limit, now())
        await uow.commit()
    response.headers["Cache-Control"] = "no-store"
    write = runtime.cursors.write
    items = [_view(each) for each in found.rows]
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    _PATH + "/{mail_room_letter_id}/document",
    **token(_READ),
    operation_id="readMailRoomDocument",
    response_class=Response,
    responses=problems(401, 403, 404, 422)
    | {200: {"content": {_PDF: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def document(mail_room_letter_id: UUID, request: Request) -> Response:
    """The PDF of a letter, until it was acknowledged."""
    room, runtime = _room(request), parts_of(request).runtime
    async with runtime.database.unit_of_work() as uow:
        content = await read_document(uow.session, runtime.persons, room, mail_room_letter_id, now())
        await uow.commit()
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{mail_room_letter_id}.pdf"'}
    return Response(content, media_type=_PDF, headers=headers)


@routes.post(
    _PATH + "/{mail_room_letter_id}/acknowledgements",
    **token(_WRITE),
    operation_id="acknowledgeMailRoomLetter",
    status_code=204,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def acknowledge_(mail_room_letter_id: UUID, body: AcknowledgementBody, request: Request) -> None:
    """Say that a letter was posted, came back, or cannot be posted; its PDF is destroyed then. Safe to repeat."""
    room, runtime = _room(request), parts_of(request).runtime
    said = Acknowledgement(MailRoomState(body.outcome), body.happened_on, body.pages, body.postage_millicents)
    async with runtime.database.unit_of_work() as uow:
        clock = runtime.settings.clock(room.collectivity)
        await acknowledge(uow.session, room, mail_room_letter_id, said, now=now(), clock=clock)
        await uow.commit()
    await runtime.persons.destroy(mail_room_letter_id)


def _room(request: Request) -> Principal:
    principal = principal_of(request)
    if principal.kind is not PrincipalKind.SYSTEM:
        raise FORBIDDEN.problem(
            "Seule l'application du service courrier prend les lettres.", "Only the mail room's system takes letters."
        )
    return principal


def _view(letter: OpenLetter) -> MailRoomLetterView:
    row, envelope = letter.row, letter.envelope
    return MailRoomLetterView(
        id=row.id,
        address_lines=envelope["address"],
        country=envelope["country"],
        sender_lines=envelope["sender"],
        postage=Postage(row.postage) if row.postage else None,
        size=row.size,
        sha256=row.sha256.hex(),
        submitted_at=row.submitted_at or row.created_at,
    )
