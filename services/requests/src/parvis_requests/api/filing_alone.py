# SPDX-License-Identifier: EUPL-1.2
"""Somebody without an account files, and confirms the address that they left where its type asks for that."""

import re
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any, Final

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.problems import IDEMPOTENCY_KEY_MISSING
from parvis_kit.web.idempotency import Answer, IdempotentCall
from parvis_kit.web.operation import IDEMPOTENCY_KEY, problems, public, router, service
from parvis_requests.api.asking_problems import TOO_MANY, TOO_MANY_MAILS
from parvis_requests.api.catalogue import Collectivity
from parvis_requests.api.context import Parts, language_of, now, parts_of
from parvis_requests.api.schemas import Asked, Email, RequestView
from parvis_requests.api.submission import command_of, filed
from parvis_requests.api.tracked import CLIENT, PATH, TRACKING_TOKEN
from parvis_requests.api.views import instant
from parvis_requests.db.hot import AlreadyAnsweredError
from parvis_requests.domain.asking import AddressRule, Asker
from parvis_requests.domain.errors import TooManyFilingsError, TooManyMailsError
from parvis_requests.domain.request import NOBODY
from parvis_requests.service.ask_confirmation import ask_again
from parvis_requests.service.file_anonymously import Bounds, file_anonymously, welcome
from parvis_requests.service.submit_request import SubmitRequest, check_submission
from parvis_requests.service.waiting_request import WaitingRequest

# Two strangers must not meet in one key: it is their secret, as a random UUID is.
_KEY: Final = re.compile(r"[!-~]{20,255}")
_OWN_KEY: Final = IDEMPOTENCY_KEY | {"schema": {"type": "string", "maxLength": 255, "pattern": "^[!-~]{20,}$"}}
_SHOWN: Final = "For the header `Tracking-Token`; whoever has it, acts as the person."
routes = router(tags=["tracked"])


class AskedAlone(Asked):
    """What somebody without an account asks for."""

    email: Email | None = Field(
        default=None, description="They get a mail there with a link to confirm it, and are written to once they have."
    )


class FiledView(RequestView):
    """The new request, and the token by which the person comes back to it: told once, kept nowhere."""

    tracking_token: str = Field(description=_SHOWN)


class ToConfirmView(BaseModel):
    """What was filed waits for the link of the mail to be opened; then the request exists, and the token follows it."""

    tracking_token: str = Field(description=_SHOWN)
    confirm_before: datetime = Field(description="After that instant all of it is destroyed.")


class AskedAgainView(BaseModel):
    """The mail is on its way."""

    confirm_before: datetime


@routes.post(
    "/v1/collectivities/{collectivity}/requests",
    **public(headers=[_OWN_KEY]),
    operation_id="fileAnonymously",
    status_code=201,
    response_model=FiledView,
    responses=problems(400, 403, 404, 409, 413, 422, 429)
    | {202: {"model": ToConfirmView, "description": "Waits until the address is confirmed"}},
)
async def file(collectivity: Collectivity, body: AskedAlone, request: Request) -> Response:
    """File without an account what its type lets anybody ask for; the answer has the token to come back with."""
    parts, call = parts_of(request), _call(request, collectivity, await request.body())
    asker = Asker(has_account=False, has_address=body.email is not None)
    command = command_of(body, collectivity, NOBODY, CLIENT, asker)
    form, area = check_submission(command, await parts.catalogues.of(collectivity))
    contact = {"email": body.email, "language": language_of(request)} if body.email else {}
    try:
        if form.definition.audience.email is AddressRule.CONFIRMED:
            return await _wait(parts, call, collectivity, contact, WaitingRequest.of(command, form, area))
        return await _file(request, call, command, contact)
    except TooManyFilingsError as error:
        raise _too_many() from error


@routes.post(
    PATH + "/confirmation-mails",
    **service(headers=[TRACKING_TOKEN, IDEMPOTENCY_KEY]),
    operation_id="sendConfirmationAgain",
    status_code=202,
    response_model=AskedAgainView,
    responses=problems(400, 404, 409, 413, 422, 429),
)
async def send_again(request: Request) -> Response:
    """Have the mail sent again by which an address is confirmed: at most three times, each a minute after the last."""
    runtime, shown = parts_of(request).runtime, request.headers.get("tracking-token", "")
    key = _checked_key(request, re.compile(r"[!-~]{1,255}"))
    call = IdempotentCall(sha256(shown.encode()).digest(), "sendConfirmationAgain", key, sha256(b"").digest())

    async def effect(session: AsyncSession) -> Answer:
        before = await ask_again(session, shown, now())
        return Answer.of(AskedAgainView(confirm_before=instant(before)), {"Cache-Control": "no-store"}, 202)

    try:
        return await runtime.idempotency.once(call, effect)
    except TooManyMailsError as error:
        raise TOO_MANY_MAILS.problem(
            "Attendez un peu et regardez aussi parmi les indésirables, ou déposez de nouveau.",
            "Wait a little and look among the junk mail, too, or file again.",
            headers={"Retry-After": "60"},
        ) from error


async def _file(request: Request, call: IdempotentCall, command: SubmitRequest, contact: dict[str, str]) -> Response:
    parts = parts_of(request)

    async def submit(command: SubmitRequest, token: str) -> Response:
        return await filed(request, command, [], call, dress=partial(_told, token), location=PATH)

    try:
        return await file_anonymously(
            command, contact, submit, database=parts.runtime.database, now=now(), **_keeping(parts)
        )
    except AlreadyAnsweredError as first:
        return parts.runtime.idempotency.replay(call, first.body_hash, first.answer)


async def _wait(
    parts: Parts, call: IdempotentCall, collectivity: str, contact: dict[str, str], waiting: WaitingRequest
) -> Response:
    async def effect(session: AsyncSession) -> Answer:
        newcomer = await welcome(session, collectivity, contact, waiting, now=now(), **_keeping(parts))
        view = ToConfirmView(tracking_token=newcomer.token, confirm_before=instant(newcomer.confirm_before))
        return Answer.of(view, {"Cache-Control": "no-store"}, 202)

    return await parts.runtime.idempotency.once(call, effect)


def _keeping(parts: Parts) -> dict[str, Any]:
    settings = parts.runtime.settings
    bounds = Bounds(settings.anonymous_filings_per_hour, timedelta(days=settings.confirmation_days))
    return {"bounds": bounds, "persons": parts.runtime.persons, "index": parts.runtime.blind_index}


def _call(request: Request, collectivity: str, body: bytes) -> IdempotentCall:
    key = _checked_key(request, _KEY)
    return IdempotentCall(sha256(collectivity.encode()).digest(), "fileAnonymously", key, sha256(body).digest())


def _checked_key(request: Request, pattern: re.Pattern[str]) -> str:
    key = request.headers.get("idempotency-key", "")
    if not pattern.fullmatch(key):
        raise IDEMPOTENCY_KEY_MISSING.problem(
            "Envoyez une clé unique (par exemple un UUID) dans l'en-tête Idempotency-Key.",
            "Send a unique key (a UUID for instance) in the Idempotency-Key header.",
        )
    return key


def _told(token: str, view: RequestView) -> FiledView:
    return FiledView(**view.model_dump(), tracking_token=token)


def _too_many() -> Exception:
    return TOO_MANY.problem(
        "Recommencez plus tard, ou connectez-vous.", "Try again later, or sign in.", headers={"Retry-After": "600"}
    )
