# SPDX-License-Identifier: EUPL-1.2
"""Somebody without an account files, and confirms the address that they left where its type asks for that."""

import re
from dataclasses import dataclass
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
from parvis_requests.api.schemas import AskedWithFiles, Email, RequestView
from parvis_requests.api.submission import command_of, filed, joining, uploads_of
from parvis_requests.api.tracked import CLIENT, PATH, TRACKING_TOKEN
from parvis_requests.api.views import instant
from parvis_requests.db.hot import AlreadyAnsweredError
from parvis_requests.db.tables import Attachment
from parvis_requests.domain.asking import AddressRule, Asker
from parvis_requests.domain.errors import (
    NotFoundError,
    TooManyFilingsError,
    TooManyMailsError,
    UnknownAttachmentError,
)
from parvis_requests.domain.request import NOBODY, Actor
from parvis_requests.service.ask_confirmation import ask_again
from parvis_requests.service.file_anonymously import Bounds, Uploader, file_anonymously, welcome
from parvis_requests.service.submit_request import SubmitRequest, check_submission
from parvis_requests.service.upload_alone import find_uploader
from parvis_requests.service.waiting_request import WaitingRequest

# Two strangers must not meet in one key: it is their secret, as a random UUID is.
_KEY: Final = re.compile(r"[!-~]{20,255}")
OWN_KEY: Final = IDEMPOTENCY_KEY | {"schema": {"type": "string", "maxLength": 255, "pattern": "^[!-~]{20,}$"}}
UPLOAD_TOKEN: Final[dict[str, Any]] = {
    "in": "header",
    "name": "Upload-Token",
    "required": False,
    "description": "What the first of the person's files was answered with; with it, one request is filed.",
    "schema": {"type": "string", "maxLength": 200},
}
_SHOWN: Final = "For the header `Tracking-Token`; whoever has it, acts as the person."
routes = router(tags=["tracked"])


class AskedAlone(AskedWithFiles):
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
    **public(headers=[OWN_KEY, UPLOAD_TOKEN]),
    operation_id="fileAnonymously",
    status_code=201,
    response_model=FiledView,
    responses=problems(400, 403, 404, 409, 413, 422, 429)
    | {202: {"model": ToConfirmView, "description": "Waits until the address is confirmed"}},
)
async def file(collectivity: Collectivity, body: AskedAlone, request: Request) -> Response:
    """File without an account what its type lets anybody ask for; the answer has the token to come back with."""
    parts, shown = parts_of(request), request.headers.get("upload-token")
    call = _call(request, collectivity, await request.body(), shown)
    try:
        sent = await _sent(parts, collectivity, shown, body)
    except NotFoundError:
        # The token is that of a request by now: of this one, where it was sent before.
        return await parts.runtime.idempotency.once(call, _nothing)
    asker = Asker(has_account=False, has_address=body.email is not None)
    author = sent.uploader.person if sent.uploader else NOBODY
    command = command_of(body, collectivity, author, CLIENT, asker, **joining(body, sent.files))
    form, area = check_submission(command, await parts.catalogues.of(collectivity))
    contact = {"email": body.email, "language": language_of(request)} if body.email else {}
    try:
        if form.definition.audience.email is AddressRule.CONFIRMED:
            waiting = WaitingRequest.of(command, form, area)
            return await _wait(parts, call, collectivity, contact, waiting, sent.uploader)
        return await _file(request, call, command, contact, sent)
    except TooManyFilingsError as error:
        raise too_many() from error


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
    key = checked_key(request, re.compile(r"[!-~]{1,255}"))
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


@dataclass(frozen=True, slots=True)
class _Sent:
    """Who has sent files before, if anybody, and those that join."""

    uploader: Uploader | None
    files: list[Attachment]


async def _sent(parts: Parts, collectivity: str, token: str | None, body: AskedWithFiles) -> _Sent:
    if token is None:
        if body.attachments or any(body.documents.values()):
            raise UnknownAttachmentError
        return _Sent(None, [])
    async with parts.runtime.database.reading() as session:
        uploader = await find_uploader(session, collectivity, token)
        files = await uploads_of(session, Actor(uploader.person, collectivity, is_agent=False), body)
    if {each.id for each in files} != {*body.attachments, *(id_ for ids in body.documents.values() for id_ in ids)}:
        raise UnknownAttachmentError
    return _Sent(uploader, files)


async def _nothing(session: AsyncSession) -> Answer:
    del session
    raise NotFoundError


async def _file(
    request: Request, call: IdempotentCall, command: SubmitRequest, contact: dict[str, str], sent: _Sent
) -> Response:
    parts = parts_of(request)

    async def submit(command: SubmitRequest, token: str) -> Response:
        return await filed(request, command, sent.files, call, dress=partial(_told, token), location=PATH)

    try:
        return await file_anonymously(
            command,
            contact,
            submit,
            database=parts.runtime.database,
            now=now(),
            uploader=sent.uploader,
            **_keeping(parts),
        )
    except AlreadyAnsweredError as first:
        return parts.runtime.idempotency.replay(call, first.body_hash, first.answer)


async def _wait(
    parts: Parts,
    call: IdempotentCall,
    collectivity: str,
    contact: dict[str, str],
    waiting: WaitingRequest,
    uploader: Uploader | None,
) -> Response:
    async def effect(session: AsyncSession) -> Answer:
        newcomer = await welcome(
            session, collectivity, contact, waiting, now=now(), uploader=uploader, **_keeping(parts)
        )
        view = ToConfirmView(tracking_token=newcomer.token, confirm_before=instant(newcomer.confirm_before))
        return Answer.of(view, {"Cache-Control": "no-store"}, 202)

    return await parts.runtime.idempotency.once(call, effect)


def _keeping(parts: Parts) -> dict[str, Any]:
    settings = parts.runtime.settings
    bounds = Bounds(settings.anonymous_filings_per_hour, timedelta(days=settings.confirmation_days))
    return {"bounds": bounds, "persons": parts.runtime.persons, "index": parts.runtime.blind_index}


def _call(request: Request, collectivity: str, body: bytes, token: str | None) -> IdempotentCall:
    # One token, one request: whatever key comes with it.
    key = checked_key(request) if token is None else sha256(token.encode()).hexdigest()
    return IdempotentCall(sha256(collectivity.encode()).digest(), "fileAnonymously", key, sha256(body).digest())


def checked_key(request: Request, pattern: re.Pattern[str] = _KEY) -> str:
    """The call's Idempotency-Key; raises the problem that says that it is none."""
    key = request.headers.get("idempotency-key", "")
    if not pattern.fullmatch(key):
        raise IDEMPOTENCY_KEY_MISSING.problem(
            "Envoyez dans l'en-tête Idempotency-Key une clé que personne ne devine, telle qu'un UUID aléatoire ; sans"
            " compte, de 20 caractères au moins.",
            "Send a key that nobody guesses, such as a random UUID, in the Idempotency-Key header; without an account,"
            " of at least 20 characters.",
        )
    return key


def _told(token: str, view: RequestView) -> FiledView:
    return FiledView(**view.model_dump(), tracking_token=token)


def too_many() -> Exception:
    """The problem of a flood."""
    return TOO_MANY.problem(
        "Recommencez plus tard, ou connectez-vous.", "Try again later, or sign in.", headers={"Retry-After": "600"}
    )
