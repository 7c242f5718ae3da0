# SPDX-License-Identifier: EUPL-1.2
"""In which languages a collectivity writes: agents say so, and everybody may choose one."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.etag import entity_tag, not_modified, required_version
from parvis_kit.web.operation import IF_MATCH, IF_NONE_MATCH, NOT_MODIFIED, problems, public, router, token
from parvis_notifications.api.context import now, parts_of, writer_of
from parvis_notifications.api.language_schemas import (
    MessageLanguage,
    MessageLanguageList,
    MessageLanguagesBody,
    MessageLanguagesView,
    WrittenLanguage,
)
from parvis_notifications.api.message_templates import READ, WRITE
from parvis_notifications.api.subscriptions import Collectivity
from parvis_notifications.domain.languages import SHIPPED, right_to_left
from parvis_notifications.domain.voice import spoken
from parvis_notifications.service.message_languages import Standing, offer_languages, offered, own_name, standing

routes = router(tags=["templates"])
_PATH: Final = "/v1/message-languages"


@routes.get(
    "/v1/collectivities/{collectivity}/message-languages",
    **public(),
    operation_id="listMessageLanguages",
    response_model=MessageLanguageList,
    responses=problems(422),
)
async def list_(collectivity: Collectivity, request: Request) -> object:
    """The languages that people may choose to be written to in."""
    async with parts_of(request).runtime.database.reading() as session:
        found = await offered(session, collectivity)
    return MessageLanguageList(items=[_shown(each) for each in found])


@routes.get(
    _PATH,
    **token(READ, headers=[IF_NONE_MATCH]),
    operation_id="readMessageLanguages",
    response_model=MessageLanguagesView,
    responses=problems(401, 403) | NOT_MODIFIED,
)
async def read(request: Request, response: Response) -> object:
    """In what the collectivity writes, and which messages still lack words in it."""
    writer = writer_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        found = await standing(session, writer.collectivity)
    tag = entity_tag(found.version, found.published)
    if not_modified(request, tag):
        return Response(status_code=304, headers={"ETag": tag})
    response.headers["ETag"] = tag
    return _view(found)


@routes.put(
    _PATH,
    **token(WRITE, headers=[IF_MATCH]),
    operation_id="chooseMessageLanguages",
    response_model=MessageLanguagesView,
    responses=problems(400, 401, 403, 412, 413, 422, 428),
)
async def choose(body: MessageLanguagesBody, request: Request, response: Response) -> object:
    """Write in these from now on; nothing is asked of anybody who had chosen one that is withdrawn."""
    writer, version = writer_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await offer_languages(uow.session, writer, body.languages, version=version, now=now())
        found = await standing(uow.session, writer.collectivity)
        await uow.commit()
    response.headers["ETag"] = entity_tag(found.version, found.published)
    return _view(found)


def _shown(language: str) -> MessageLanguage:
    direction = "rtl" if right_to_left(language) else "ltr"
    return MessageLanguage(language=language, name=own_name(language) or language, direction=direction)


def _view(found: Standing) -> MessageLanguagesView:
    return MessageLanguagesView(
        languages=list(found.languages),
        items=[
            WrittenLanguage(
                **_shown(each).model_dump(),
                shipped=each in SHIPPED,
                spoken=spoken(each),
                missing_occasions=list(found.missing(each)),
            )
            for each in (*SHIPPED, *found.languages)
        ],
    )
