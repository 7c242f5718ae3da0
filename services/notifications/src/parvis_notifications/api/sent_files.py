# SPDX-License-Identifier: EUPL-1.2
"""Files that applications sent by mail: fetched by whoever has the link, taken back by whoever sent them.

Opening the link shows what there is and fetches nothing, for programs open links to look what is behind them.
"""

from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, quote, urlencode
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.problems import MALFORMED
from parvis_kit.web.operation import problems, router, service
from parvis_notifications.api.choice_page import FORM, HTML, PAGES
from parvis_notifications.api.context import language_of, now, parts_of
from parvis_notifications.api.senders import sender_of
from parvis_notifications.api.sent_file_page import file_page, gone_page, often_page
from parvis_notifications.db import sent_files
from parvis_notifications.db.sent_file_tables import SentFile
from parvis_notifications.domain.errors import NotFoundError, RecipientRefusedError
from parvis_notifications.domain.sent_file import TYPES, FileLink, read_token
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.recipients import normal_of
from parvis_notifications.service.send_files import SENT_FILE_PATH, content_of, is_for, name_of

routes = router(tags=["sending"])
_BODY_LIMIT: Final = 4_096
_SCHEMA: Final = {
    "type": "object",
    "properties": {
        "act": {"type": "string", "const": "download"},
        "email": {"type": "string", "maxLength": 320, "description": "To which it was sent, where the page asks so."},
    },
    "required": ["act"],
    "additionalProperties": False,
}
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
}
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The file", "content": dict.fromkeys(sorted(set(TYPES.values())), _BINARY)},
    403: {"description": "A page that asks for the address again", "content": HTML},
    429: {"description": "A page that says when to come back", "content": HTML},
}
Token = Annotated[str, Query(max_length=100, description="From the mail; names that file alone, and opens it.")]


class WithdrawnFiles(BaseModel):
    """What became of the files of a message."""

    withdrawn: int = Field(ge=0, description="How many were taken back now; none where there are none any more.")


def _form_route() -> dict[str, Any]:
    options = service(cors=False, body_limit=_BODY_LIMIT)
    options["openapi_extra"]["requestBody"] = {"required": True, "content": {FORM: {"schema": _SCHEMA}}}
    return options


@routes.get(
    SENT_FILE_PATH,
    **service(cors=False),
    operation_id="showSentFile",
    response_class=Response,
    responses=problems(422) | PAGES,
)
async def show(token: Token, request: Request) -> Response:
    """Which file the town has sent, with the button that downloads it."""
    try:
        link = _link(token)
        async with parts_of(request).runtime.database.reading() as session:
            row = await sent_files.described(session, link.id, now())
        return _page(request, row, link, token)
    except NotFoundError:
        return gone_page(language_of(request)).response(language_of(request))


@routes.post(
    SENT_FILE_PATH,
    **_form_route(),
    operation_id="downloadSentFile",
    response_class=Response,
    responses=problems(400, 413, 422) | {404: PAGES[404]} | _FILE,
)
async def download(token: Token, request: Request) -> Response:
    """The file, once its reader has said to which address it was sent, where that is asked for."""
    runtime, language = parts_of(request).runtime, language_of(request)
    said = _said(await request.body())
    try:
        link = _link(token)
        if wait := parts_of(request).looks.wait(link.id, now()):
            answer = often_page("", language).response(language)
            answer.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
            return answer
        async with runtime.database.reading() as session:
            row = await sent_files.described(session, link.id, now())
            name = name_of(row, link)
            if row.recipient_index is not None and not _is_reader(request, row, said):
                return _page(request, row, link, token, wrong=True)
            whole = await sent_files.whole(session, link.id, now())
        content = await content_of(whole, link)
    except NotFoundError:
        return gone_page(language).response(language)
    # RFC 6266 with the encoding of RFC 8187.
    shown = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, headers=_HEADERS | {"Content-Disposition": shown}, media_type=whole.media_type)


@routes.post(
    "/v1/sent-messages/{sent_message_id}/file-withdrawal",
    **service(),
    operation_id="withdrawSentFiles",
    response_model=WithdrawnFiles,
    responses=problems(401, 422),
)
async def withdraw(sent_message_id: UUID, request: Request) -> object:
    """Destroy the files of a mail that the application had sent: their links work no more; again, it says none."""
    sender, runtime = await sender_of(request), parts_of(request).runtime
    async with runtime.database.unit_of_work() as uow:
        count = await sent_files.take_back(uow.session, sender.collectivity, sender.application, sent_message_id)
        await uow.commit()
    return WithdrawnFiles(withdrawn=count)


def _link(token: str) -> FileLink:
    link = read_token(token)
    if link is None:
        raise NotFoundError
    return link


def _page(request: Request, row: SentFile, link: FileLink, token: str, *, wrong: bool = False) -> Response:
    settings, language = parts_of(request).runtime.settings, language_of(request)
    return file_page(
        name_of(row, link),
        row.size,
        row.expires_at,
        town=settings.sender_name(row.collectivity),
        clock=settings.clock(row.collectivity),
        action=f"{SENT_FILE_PATH}?{urlencode({'token': token})}",
        language=language,
        confirm=row.recipient_index is not None,
        wrong=wrong,
    ).response(language)


def _is_reader(request: Request, row: SentFile, said: str) -> bool:
    try:
        address = normal_of(Channel.EMAIL, said)
    except RecipientRefusedError:
        return False
    return is_for(row, parts_of(request).runtime.blind_index, address)


def _said(body: bytes) -> str:
    fields = dict(parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True))
    if fields.pop("act", None) != "download" or fields.keys() - {"email"}:
        raise MALFORMED.problem(
            "Envoyez act=download et, si la page le demande, email.",
            "Send act=download and, where the page asks so, email.",
        )
    return fields.get("email", "")
