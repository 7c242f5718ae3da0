# SPDX-License-Identifier: EUPL-1.2
"""Letters of the town as PDFs, which an agent prints."""

from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import problems, router, token
from parvis_notifications.api.context import now, parts_of, writer_of
from parvis_notifications.api.message_templates import ONE, READ
from parvis_notifications.api.template_schemas import ADDRESS, AddressLine, LanguageTag, Values
from parvis_notifications.db import sendable_templates
from parvis_notifications.domain.template_json import from_json
from parvis_notifications.outgoing.letter_pdf import letter_pdf
from parvis_notifications.service.write_letter import LetterWish, written_letter

routes = router(tags=["templates"])
_PDF: Final = "application/pdf"
_HEADERS: Final = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="lettre.pdf"'}


class NewLetter(BaseModel):
    """A letter to one postal address."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address_lines: list[AddressLine] = Field(
        min_length=2,
        max_length=7,
        description=ADDRESS,
    )
    sender_lines: list[AddressLine] = Field(
        default_factory=list, max_length=4, description="What stands below the town's name: service, street, town."
    )
    personalisation: Values = Field(default_factory=dict, description="By variable.")
    language: LanguageTag = "fr"


@routes.post(
    ONE + "/letters",
    **token(READ),
    operation_id="writeLetter",
    response_class=Response,
    responses=problems(400, 401, 403, 404, 413, 422)
    | {200: {"content": {_PDF: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def write(message_template_id: UUID, body: NewLetter, request: Request) -> Response:
    """The published template as a letter (PDF/A-3a, PDF/UA-1) for a window envelope, to print; nothing is kept."""
    writer, runtime = writer_of(request), parts_of(request).runtime
    async with runtime.database.reading() as session:
        version = await sendable_templates.holding(session, writer.collectivity, message_template_id)
    settings, town = runtime.settings, writer.collectivity
    today = now().astimezone(settings.clock(town)).date()
    letter = written_letter(from_json(version.content), _wish(body), settings.sender_name(town), today)
    return Response(await letter_pdf(letter), media_type=_PDF, headers=dict(_HEADERS))


def _wish(body: NewLetter) -> LetterWish:
    return LetterWish(body.language, body.personalisation, body.address_lines, body.sender_lines)
