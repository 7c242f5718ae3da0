# SPDX-License-Identifier: EUPL-1.2
"""Somebody without an account files, and comes back to their request by the tracking token of its first answer."""

import re
from functools import partial
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from parvis_kit.problems import IDEMPOTENCY_KEY_MISSING
from parvis_kit.security.principal import Principal, PrincipalKind
from parvis_kit.web.cursor import CursorParameter, Limit, Page
from parvis_kit.web.idempotency import IdempotentCall
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, Operation, problems, public, router, service
from parvis_requests.api import acts, attachments, completion, legal, requests
from parvis_requests.api.asking_problems import TOO_MANY
from parvis_requests.api.catalogue import Collectivity
from parvis_requests.api.context import now, parts_of
from parvis_requests.api.conversation_schemas import NewDocuments
from parvis_requests.api.legal_views import ReceiptView
from parvis_requests.api.schemas import (
    Asked,
    HistoryView,
    MessageView,
    NewMessage,
    NewTransition,
    RequestView,
    UploadView,
)
from parvis_requests.api.submission import command_of, filed
from parvis_requests.db.hot import AlreadyAnsweredError
from parvis_requests.domain.asking import Asker
from parvis_requests.domain.errors import TooManyFilingsError
from parvis_requests.domain.request import NOBODY
from parvis_requests.service.file_anonymously import file_anonymously, follow_token
from parvis_requests.service.submit_request import SubmitRequest

PATH: Final = "/v1/tracked-request"
_CLIENT: Final = "tracking"
# Two strangers must not meet in one key: it is their secret, as a random UUID is.
_KEY: Final = re.compile(r"[!-~]{20,255}")
_OWN_KEY: Final = IDEMPOTENCY_KEY | {"schema": {"type": "string", "maxLength": 255, "pattern": "^[!-~]{20,}$"}}
TRACKING_TOKEN: Final[dict[str, Any]] = {
    "in": "header",
    "name": "Tracking-Token",
    "required": True,
    "description": "What the person was given when they filed; it is told once, and follows their request alone.",
    "schema": {"type": "string", "maxLength": 200},
}


class TrackedRoute(Operation):
    """A route whose caller shows a tracking token, and then is who filed that request: nobody else, anywhere else."""

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find whose request it is, then answer; an unknown token is a request that does not exist."""
        if scope["method"] in (self.methods or ()):
            shown = next((value for name, value in scope["headers"] if name == b"tracking-token"), b"")
            database = scope["app"].state.parts.runtime.database
            async with database.reading() as session:
                found = await follow_token(session, shown.decode("latin-1"))
            state = scope.setdefault("state", {})
            state["tracked"] = found.request_id
            state["principal"] = Principal(
                PrincipalKind.CITIZEN, str(found.person), found.collectivity, _CLIENT, frozenset()
            )
        await super().answer(scope, receive, send)


class FiledView(RequestView):
    """The new request, and the token by which the person comes back to it: told once, kept nowhere."""

    tracking_token: str = Field(description="For the header `Tracking-Token`; whoever has it, acts as the person.")


filing = router(tags=["tracked"])
routes = router(tags=["tracked"], route_class=TrackedRoute)


def _tracked(request: Request) -> UUID:
    found: UUID = request.state.tracked
    return found


@filing.post(
    "/v1/collectivities/{collectivity}/requests",
    **public(headers=[_OWN_KEY]),
    operation_id="fileAnonymously",
    status_code=201,
    response_model=FiledView,
    responses=problems(400, 403, 404, 409, 413, 422, 429),
)
async def file(collectivity: Collectivity, body: Asked, request: Request) -> Response:
    """File without an account what its type lets anybody ask for; the answer has the token to come back with."""
    parts = parts_of(request)
    runtime = parts.runtime
    call = _call(request, collectivity, await request.body())

    async def submit(command: SubmitRequest, token: str) -> Response:
        return await filed(request, command, [], call, dress=partial(_told, token), location=PATH)

    try:
        return await file_anonymously(
            command_of(body, collectivity, NOBODY, _CLIENT, Asker(has_account=False)),
            submit,
            most=runtime.settings.anonymous_filings_per_hour,
            catalogues=parts.catalogues,
            database=runtime.database,
            persons=runtime.persons,
            now=now(),
        )
    except AlreadyAnsweredError as first:
        return runtime.idempotency.replay(call, first.body_hash, first.answer)
    except TooManyFilingsError as error:
        raise _too_many() from error


@routes.get(
    PATH,
    **service(headers=[TRACKING_TOKEN]),
    operation_id="readTrackedRequest",
    response_model=RequestView,
    responses=problems(404, 422),
)
async def read(request: Request, response: Response) -> object:
    """The request that the token follows."""
    return await requests.read(_tracked(request), request, response)


@routes.get(
    PATH + "/history",
    **service(headers=[TRACKING_TOKEN]),
    operation_id="readTrackedHistory",
    response_model=HistoryView,
    responses=problems(404, 422),
)
async def history(request: Request, response: Response) -> object:
    """Each act on it that its author may know, the oldest first."""
    return await requests.history(_tracked(request), request, response)


@routes.get(
    PATH + "/receipt",
    **service(headers=[TRACKING_TOKEN]),
    operation_id="readTrackedReceipt",
    response_model=ReceiptView,
    responses=problems(404, 422),
)
async def receipt(request: Request, response: Response) -> ReceiptView:
    """The electronic acknowledgement that the law wants."""
    return await legal.receipt(_tracked(request), request, response)


@routes.get(
    PATH + "/messages",
    **service(headers=[TRACKING_TOKEN]),
    operation_id="listTrackedMessages",
    response_model=Page[MessageView],
    responses=problems(400, 404, 422),
)
async def messages(request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None) -> object:
    """The conversation, newest first."""
    return await acts.list_(_tracked(request), request, response, limit, cursor)


@routes.post(
    PATH + "/messages",
    **service(headers=[TRACKING_TOKEN, IDEMPOTENCY_KEY]),
    operation_id="writeTrackedMessage",
    status_code=201,
    response_model=MessageView,
    responses=problems(400, 403, 404, 409, 413, 422),
)
async def write(body: NewMessage, request: Request) -> Response:
    """Write to the agents."""
    return await acts.write(_tracked(request), body, request)


@routes.post(
    PATH + "/transitions",
    **service(headers=[TRACKING_TOKEN, IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="actOnTrackedRequest",
    status_code=201,
    response_model=RequestView,
    responses=problems(400, 403, 404, 409, 412, 413, 422, 428),
)
async def transition(body: NewTransition, request: Request) -> Response:
    """Do what its workflow lets its author do, such as withdraw it."""
    return await acts.transition(_tracked(request), body, request)


@routes.post(
    PATH + "/attachments",
    **attachments.taking_files(service(headers=[TRACKING_TOKEN, IDEMPOTENCY_KEY], **attachments.LIMITS)),
    operation_id="uploadTrackedAttachment",
    status_code=201,
    response_model=UploadView,
    responses=problems(400, 404, 409, 413, 415, 422),
)
async def upload(request: Request) -> Response:
    """Send a file, for a message or as a document of the request."""
    return await attachments.upload(request)


@routes.get(
    PATH + "/attachments/{attachment_id}",
    **service(headers=[TRACKING_TOKEN]),
    operation_id="readTrackedAttachment",
    response_class=Response,
    responses=problems(404, 409, 422) | attachments.FILE,
)
async def download(attachment_id: UUID, request: Request) -> Response:
    """A file of the request."""
    return await attachments.download(attachment_id, request)


@routes.post(
    PATH + "/documents",
    **service(headers=[TRACKING_TOKEN, IDEMPOTENCY_KEY]),
    operation_id="giveTrackedDocuments",
    status_code=201,
    response_model=RequestView,
    responses=problems(400, 403, 404, 409, 413, 422),
)
async def give(body: NewDocuments, request: Request) -> Response:
    """Join documents to it, and say with `action` that it is complete."""
    return await completion.give(_tracked(request), body, request)


def _call(request: Request, collectivity: str, body: bytes) -> IdempotentCall:
    key = request.headers.get("idempotency-key", "")
    if not _KEY.fullmatch(key):
        raise IDEMPOTENCY_KEY_MISSING.problem(
            "Envoyez une clé unique (par exemple un UUID) dans l'en-tête Idempotency-Key.",
            "Send a unique key (a UUID for instance) in the Idempotency-Key header.",
        )
    return IdempotentCall(sha256(collectivity.encode()).digest(), "fileAnonymously", key, sha256(body).digest())


def _told(token: str, view: RequestView) -> FiledView:
    return FiledView(**view.model_dump(), tracking_token=token)


def _too_many() -> Exception:
    return TOO_MANY.problem(
        "Recommencez plus tard, ou connectez-vous.", "Try again later, or sign in.", headers={"Retry-After": "600"}
    )
