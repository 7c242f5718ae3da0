# SPDX-License-Identifier: EUPL-1.2
"""Where a town's operators bring the text messages and the telephone calls that come in for it, signed."""

from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import Depends
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Text
from parvis_kit.problems import UNAUTHENTICATED, Kind, Problem
from parvis_kit.web.operation import problems, router, service
from parvis_notifications.api.context import now, parts_of
from parvis_notifications.api.subscriptions import Collectivity
from parvis_notifications.domain.errors import TooManyReceivedError
from parvis_notifications.domain.inbound import CallOutcome, InboundCall, InboundText
from parvis_notifications.domain.signed_hook import HookRefusedError, SignedCall, check
from parvis_notifications.service.inbound_secrets import check_by_secrets
from parvis_notifications.service.receive_hooks import ReceiveHooks

routes = router(tags=["inbound"])
TOO_MANY_RECEIVED: Final = Kind(
    "too-many-received", 429, Text(fr="Trop de messages reçus", en="Too many messages received")
)
_RETRY_SECONDS: Final = 600
INBOUND_NUMBER: Final = r"^\+?[0-9]{3,15}$"
_BODY_LIMIT: Final = 16_384
_LONGEST_CALL: Final = timedelta(days=1)


def _header(name: str, description: str, most: int) -> dict[str, Any]:
    schema = {"type": "string", "maxLength": most}
    return {"in": "header", "name": name, "required": True, "description": description, "schema": schema}


_HEADERS: Final = [
    _header("webhook-id", "Name of this message or call, the same each time that it is brought.", 255),
    _header("webhook-timestamp", "Time of this attempt, in seconds since 1970; within five minutes of ours.", 12),
    _header(
        "webhook-signature",
        "`v1,` and the HMAC-SHA256 in base64 of id, timestamp and body as sent, joined by dots; more than one with"
        " spaces between.",
        1_500,
    ),
]


class InboundTextBody(BaseModel):
    """A text message that somebody sent to a number of the town."""

    model_config = ConfigDict(extra="forbid")

    sender: str = Field(
        pattern=r"^(\+[1-9][0-9]{3,14}|[0-9A-Za-z][0-9A-Za-z .&_-]{0,19})$",
        description="Number in E.164; or a short number, or a word, where the operator has that.",
    )
    text: str = Field(min_length=1, max_length=2_000, description="Its words, put together where it came in parts.")
    recipient: Annotated[str, Field(pattern=INBOUND_NUMBER)] | None = Field(
        default=None,
        description="The number of the town that it came to: where a key of an application has it, the text is that"
        " application's.",
    )


class InboundCallBody(BaseModel):
    """A telephone call to a number of the town, once it is over."""

    model_config = ConfigDict(extra="forbid")

    caller: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{3,14}$")] | None = Field(
        description="Number in E.164; null where it was withheld."
    )
    outcome: CallOutcome = Field(description="`answered` or `missed`.")
    began_at: AwareDatetime = Field(description="When it began to ring.")
    seconds: int = Field(
        ge=0, le=int(_LONGEST_CALL.total_seconds()), strict=True, description="How long was spoken; 0 where missed."
    )


async def signed(collectivity: Collectivity, request: Request) -> tuple[str, str]:
    """The town to which something is brought, and the caller's name for it; 401 where it is not signed for that."""
    headers = request.headers
    id_, timestamp, signature = (headers.get(each["name"], "") for each in _HEADERS)
    call = SignedCall(id_, timestamp, signature, await request.body())
    try:
        await _checked(collectivity, call, request)
    except HookRefusedError as error:
        raise UNAUTHENTICATED.problem(
            "Signez l'appel selon Standard Webhooks, avec un secret de cette collectivité.",
            "Sign the call as Standard Webhooks has it, with a secret of this collectivity.",
            headers={"WWW-Authenticate": "Standard-Webhooks"},
        ) from error
    return collectivity, id_


async def _checked(collectivity: str, call: SignedCall, request: Request) -> None:
    """By a secret of the settings, or one that the town's administrators made; raises HookRefusedError."""
    parts, at = parts_of(request), now()
    try:
        check(call, parts.runtime.settings.inbound_secrets(collectivity), at)
    except HookRefusedError:
        async with parts.runtime.database.unit_of_work() as uow:
            await check_by_secrets(uow.session, collectivity, call, parts.inbound_secrets, at)
            await uow.commit()


Signed = Annotated[tuple[str, str], Depends(signed)]


@routes.post(
    "/v1/collectivities/{collectivity}/inbound-texts",
    **service(headers=_HEADERS, cors=False, body_limit=_BODY_LIMIT),
    operation_id="bringInboundText",
    status_code=204,
    responses=problems(400, 401, 413, 422, 429),
)
async def bring_text(hook: Signed, body: InboundTextBody, request: Request) -> Response:
    """Take a text message in for agents to read, or do as it says where that is STOP or START. Safe to repeat."""
    try:
        await receive_hooks(request).text(*hook, InboundText(body.sender, body.text, recipient=body.recipient or ""))
    except TooManyReceivedError as error:
        raise later() from error
    return Response(status_code=204)


@routes.post(
    "/v1/collectivities/{collectivity}/inbound-calls",
    **service(headers=_HEADERS, cors=False, body_limit=_BODY_LIMIT),
    operation_id="bringInboundCall",
    status_code=204,
    responses=problems(400, 401, 413, 422, 429),
)
async def bring_call(hook: Signed, body: InboundCallBody, request: Request) -> Response:
    """Take in that somebody called, for agents to call back or to note where it belongs. Safe to repeat."""
    call = InboundCall(body.caller or "", body.outcome, body.began_at, body.seconds)
    try:
        await receive_hooks(request).call(*hook, call)
    except TooManyReceivedError as error:
        raise later() from error
    return Response(status_code=204)


def receive_hooks(request: Request) -> ReceiveHooks:
    """The use case of what came in."""
    runtime = parts_of(request).runtime
    return ReceiveHooks(runtime.database, runtime.persons, runtime.blind_index, runtime.settings)


def later() -> Problem:
    """The problem of a town that has received as much as it takes for now."""
    return TOO_MANY_RECEIVED.problem(
        "La collectivité a reçu autant de messages qu'elle en prend en une heure ; recommencez plus tard.",
        "The collectivity has received as many messages as it takes in an hour; try again later.",
        headers={"Retry-After": str(_RETRY_SECONDS)},
    )
