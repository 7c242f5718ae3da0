# SPDX-License-Identifier: EUPL-1.2
"""Files that answer surveys: people send them before they answer, agents read them."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_files.content import HEIC
from parvis_files.route import FileRoute
from parvis_kit.problems import unavailable
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, problems, router, token
from parvis_participation.api.context import agent_of, citizen_of, now, parts_of
from parvis_participation.api.schemas import Code
from parvis_participation.domain.survey_errors import AntivirusAwayError, FileNotAskedError
from parvis_participation.service.respondent import Respondent
from parvis_participation.service.survey_files import KINDS, MAX_BYTES, check_asked, cleaned, keep_file, open_file

routes = router(tags=["surveys"], route_class=FileRoute)
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_FILE: Final[dict[int | str, dict[str, Any]]] = {200: {"content": dict.fromkeys(KINDS, _BINARY)}}
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Disposition": "attachment",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}
_OPTIONS: Final = token("participation.responses.write", headers=[IDEMPOTENCY_KEY], body_limit=MAX_BYTES, timeout=90)
_OPTIONS["openapi_extra"]["requestBody"] = {
    "required": True,
    "description": "A JPEG, PNG, WebP or HEIC photo (kept as JPEG), or a PDF, at most 10 MiB; recognised by content.",
    "content": dict.fromkeys((*KINDS, HEIC), _BINARY),
}


class SurveyFileView(BaseModel):
    """A file that was sent for a question; its id is the answer."""

    id: UUID
    survey_id: UUID
    question: str
    media_type: str
    size: int


@routes.post(
    "/v1/surveys/{survey_id}/files",
    **_OPTIONS,
    operation_id="sendSurveyFile",
    status_code=201,
    response_model=SurveyFileView,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
)
async def send(
    survey_id: UUID,
    request: Request,
    question: Annotated[Code | None, Query(description="The question that it answers.")] = None,
) -> Response:
    """Send a file, kept a day until one answers with it. What a camera wrote into a photo is removed."""
    citizen, parts, at = citizen_of(request), parts_of(request), now()
    respondent, content = Respondent(citizen.collectivity, citizen.person), await request.body()
    async with parts.runtime.database.reading() as session:
        kinds = await check_asked(session, respondent, survey_id, question or "", at)
    if question is None:
        raise FileNotAskedError
    try:
        kept = await cleaned(content, kinds, parts.filing.look)
    except AntivirusAwayError as error:
        raise unavailable() from error

    async def effect(session: AsyncSession) -> Answer:
        row = await keep_file(session, respondent, survey_id, question, *kept, filing=parts.filing, now=at)
        names = ("id", "survey_id", "question", "media_type", "size")
        return Answer.of(SurveyFileView(**{name: getattr(row, name) for name in names}), {"Cache-Control": "no-store"})

    return await parts.runtime.idempotency.once(idempotent_call(request, citizen, content), effect)


@routes.get(
    "/v1/surveys/{survey_id}/files/{file_id}",
    **token("participation.survey-answers.read"),
    operation_id="readSurveyFile",
    response_class=Response,
    responses=problems(401, 403, 404, 422) | _FILE,
)
async def read(survey_id: UUID, file_id: UUID, request: Request) -> Response:
    """A file that is an answer, for agents; that they took it is written down with the exports."""
    agent, parts = agent_of(request), parts_of(request)
    async with parts.runtime.database.unit_of_work() as uow:
        whose = agent.collectivity, agent.person
        media_type, content = await open_file(uow.session, parts.runtime.persons, *whose, survey_id, file_id, now=now())
        await uow.commit()
    return Response(content, headers=_HEADERS, media_type=media_type)
