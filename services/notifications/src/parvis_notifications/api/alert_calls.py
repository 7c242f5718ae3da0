# SPDX-License-Identifier: EUPL-1.2
"""Where providers bring what becomes of the calls of alerts, signed: a pressed key, and that a call has changed."""

from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, quote

from fastapi import Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.problems import NOT_FOUND, UNAUTHENTICATED
from parvis_kit.web.operation import problems, router, service
from parvis_notifications.api.choice_page import FORM
from parvis_notifications.api.context import now, parts_of
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.service.carry_calls import ENDED_PATH, KEYS_PATH
from parvis_notifications.service.hear_call import BroughtCall, NotSignedError, hear_key, hear_state, signed_number

routes = router(tags=["alerts"])
_BODY_LIMIT: Final = 16_384
_MOST_FIELDS: Final = 100
_XML: Final = "application/xml"
_SIGNATURE: Final = {
    "in": "header",
    "name": "X-Twilio-Signature",
    "required": True,
    "description": "HMAC-SHA1 in base64 of the address and the sorted fields, with the account's token.",
    "schema": {"type": "string", "maxLength": 100},
}
_SCHEMA: Final = {
    "type": "object",
    "additionalProperties": {"type": "string"},
    "description": "As Twilio brings them: `CallSid` names the call, `Digits` is the key that was pressed.",
}
_TWIML: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "What the call says next, as TwiML.", "content": {_XML: {"schema": {"type": "string"}}}}
}
Provider = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,31}$", description="The town's own word for it.")]
Name = Annotated[str, Query(alias="t", max_length=100, description="Names the call.")]


def _form_route() -> dict[str, Any]:
    options = service(headers=[_SIGNATURE], cors=False, body_limit=_BODY_LIMIT)
    options["openapi_extra"]["requestBody"] = {"required": True, "content": {FORM: {"schema": _SCHEMA}}}
    return options


async def signed(provider: Provider, t: Name, request: Request) -> tuple[int, BroughtCall]:
    """The call, and what is brought of it; 401 where its provider has not signed that."""
    parts = parts_of(request)
    settings = parts.runtime.settings
    text = (await request.body()).decode("utf-8", "replace")
    fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)) if _bounded(text) else {}
    url = f"{settings.public_url}{request.url.path}?t={quote(t)}"
    signature = request.headers.get("X-Twilio-Signature", "")
    brought = BroughtCall(provider, url, t, signature, {name: each.replace("\0", "") for name, each in fields.items()})
    try:
        return signed_number(brought, parts.calls, settings), brought
    except NotSignedError as error:
        raise UNAUTHENTICATED.problem(
            "Le fournisseur des appels signe ce qu'il apporte, avec le secret de son compte.",
            "The provider of the calls signs what it brings, with its account's token.",
            headers={"WWW-Authenticate": "X-Twilio-Signature"},
        ) from error


def _bounded(text: str) -> bool:
    return text.count("&") < _MOST_FIELDS


Signed = Annotated[tuple[int, BroughtCall], Depends(signed)]


@routes.post(
    KEYS_PATH,
    **_form_route(),
    operation_id="bringCallKey",
    response_class=Response,
    responses=problems(400, 401, 404, 413, 422) | _TWIML,
)
async def bring_key(signed: Signed, request: Request) -> Response:
    """Take the key that the person called has pressed: 1, they are safe; 2, they need help. Safe to repeat."""
    number, brought = signed
    try:
        async with parts_of(request).runtime.database.unit_of_work() as uow:
            said = await hear_key(uow.session, number, brought, now())
            await uow.commit()
    except NotFoundError as error:
        raise NOT_FOUND.problem("Cet appel n'est plus connu.", "This call is not known any more.") from error
    return Response(said, media_type=_XML, headers={"Cache-Control": "no-store"})


@routes.post(
    ENDED_PATH,
    **_form_route(),
    operation_id="bringCallState",
    status_code=204,
    responses=problems(400, 401, 413, 422),
)
async def bring_state(signed: Signed, request: Request) -> Response:
    """Take it that a call has changed: its provider is asked what became of it. Safe to repeat."""
    number, brought = signed
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await hear_state(uow.session, number, brought)
        await uow.commit()
    return Response(status_code=204)
