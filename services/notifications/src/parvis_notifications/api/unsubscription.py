# SPDX-License-Identifier: EUPL-1.2
"""To have no more mails on a topic without an account: for mail programs (RFC 8058) and for people.

The link is the right to it: whoever holds the mail may. Opening it changes nothing, for programs open links to look
what is behind them.
"""

from collections.abc import Sequence
from email import message_from_bytes
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.problems import MALFORMED
from parvis_kit.web.operation import problems, router, service
from parvis_notifications.api.context import language_of, now, parts_of
from parvis_notifications.api.unsubscription_page import asked, gone_page, standing_page
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.domain.preferences import Way
from parvis_notifications.service.delivery_tokens import UNSUBSCRIBE_PATH
from parvis_notifications.service.unsubscribe import Consent, answer_by_link, standing

routes = router(tags=["preferences"])
_FORM: Final = "application/x-www-form-urlencoded"
_PARTS: Final = "multipart/form-data"
_BODY_LIMIT: Final = 8_192
_SCHEMA: Final = {
    "type": "object",
    "properties": {
        "List-Unsubscribe": {"type": "string", "const": "One-Click", "description": "From a mail program: no more."},
        "choice": {"type": "string", "enum": ["stop", "resume"], "description": "From the page: no more, or again."},
    },
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
}
_HTML: Final = {"text/html": {"schema": {"type": "string"}}}
_PAGES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "A page", "content": _HTML},
    404: {"description": "A page that says what went wrong", "content": _HTML},
}
Token = Annotated[str, Query(max_length=100, description="From the mail; names that mail alone.")]


@routes.get(
    UNSUBSCRIBE_PATH,
    **service(cors=False),
    operation_id="showUnsubscription",
    response_class=Response,
    responses=problems(422) | _PAGES,
)
async def show(token: Token, request: Request) -> Response:
    """Whether mails like this one come, with a button that changes it."""
    return await _page(request, token)


def _form_route() -> dict[str, Any]:
    options = service(cors=False, body_limit=_BODY_LIMIT)
    content = {media_type: {"schema": _SCHEMA} for media_type in (_FORM, _PARTS)}
    options["openapi_extra"]["requestBody"] = {"required": True, "content": content}
    return options


@routes.post(
    UNSUBSCRIBE_PATH,
    **_form_route(),
    operation_id="unsubscribe",
    response_class=Response,
    responses=problems(400, 412, 413, 422) | _PAGES,
)
async def answer(token: Token, request: Request) -> Response:
    """Have no more mails like this one, or have them again."""
    return await _page(request, token, _answer(await _fields(request)))


async def _page(request: Request, token: str, given: tuple[bool, Way] | None = None) -> Response:
    parts, language = parts_of(request), language_of(request)
    delivery, database = parts.delivery_tokens.of_link(token), parts.runtime.database
    try:
        async with database.reading() as session:
            found = await standing(session, delivery)
        if given:
            wanted, way = given
            consent = Consent(wanted, way, asked(found, language, wanted=wanted))
            found = await answer_by_link(database, delivery, consent, now())
    except NotFoundError:
        return gone_page(language)
    return standing_page(found, token, parts.runtime.settings.sender_name(found.collectivity), language)


async def _fields(request: Request) -> Sequence[tuple[str, str]]:
    """The form, in either of the media types that a mail program may choose (RFC 8058 section 3.2)."""
    media_type = request.headers.get("content-type", "")
    body = await request.body()
    if media_type.partition(";")[0].strip().lower() != _PARTS:
        return parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True)
    whole = message_from_bytes(b"Content-Type: " + media_type.encode("latin-1") + b"\r\n\r\n" + body)
    parts = [part for part in whole.walk() if not part.is_multipart()] if whole.is_multipart() else []
    named = ((part.get_param("name", header="content-disposition"), part.get_payload()) for part in parts)
    return [(str(name), str(value).strip()) for name, value in named]


def _answer(fields: Sequence[tuple[str, str]]) -> tuple[bool, Way]:
    match fields:
        case [("List-Unsubscribe", "One-Click")]:
            return False, Way.ONE_CLICK
        case [("choice", "stop" | "resume" as choice)]:
            return choice == "resume", Way.PAGE
        case _:
            raise MALFORMED.problem(
                "Envoyez un seul champ : List-Unsubscribe=One-Click, choice=stop ou choice=resume.",
                "Send one field: List-Unsubscribe=One-Click, choice=stop or choice=resume.",
            )
