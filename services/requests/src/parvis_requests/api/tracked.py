# SPDX-License-Identifier: EUPL-1.2
"""Somebody without an account comes back to their request by the tracking token of its first answer."""

from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from parvis_kit.security.principal import Principal, PrincipalKind
from parvis_kit.web.cursor import CursorParameter, Limit, Page
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, Operation, problems, router, service
from parvis_requests.api import acts, attachments, completion, legal, requests
from parvis_requests.api.conversation_schemas import NewDocuments
from parvis_requests.api.legal_views import ReceiptView
from parvis_requests.api.schemas import (
    HistoryView,
    MessageView,
    NewMessage,
    NewTransition,
    RequestView,
    UploadView,
)
from parvis_requests.service.tracking_token import follow_token

PATH: Final = "/v1/tracked-request"
CLIENT: Final = "tracking"
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
                PrincipalKind.CITIZEN, str(found.person), found.collectivity, CLIENT, frozenset()
            )
        await super().answer(scope, receive, send)


routes = router(tags=["tracked"], route_class=TrackedRoute)


def tracked(request: Request) -> UUID:
    """The request that the token follows."""
    found: UUID = request.state.tracked
    return found


@routes.get(
    PATH,
    **service(headers=[TRACKING_TOKEN]),
    operation_id="readTrackedRequest",
    response_model=RequestView,
    responses=problems(404, 422),
)
async def read(request: Request, response: Response) -> object:
    """The request that the token follows."""
    return await requests.read(tracked(request), request, response)


@routes.get(
    PATH + "/history",
    **service(headers=[TRACKING_TOKEN]),
    operation_id="readTrackedHistory",
    response_model=HistoryView,
    responses=problems(400, 404, 422),
)
async def history(request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None) -> object:
    """The acts on it that its author may know, the oldest first."""
    return await requests.history(tracked(request), request, response, limit, cursor)


@routes.get(
    PATH + "/receipt",
    **service(headers=[TRACKING_TOKEN]),
    operation_id="readTrackedReceipt",
    response_model=ReceiptView,
    responses=problems(404, 422),
)
async def receipt(request: Request, response: Response) -> ReceiptView:
    """The electronic acknowledgement that the law wants."""
    return await legal.receipt(tracked(request), request, response)


@routes.get(
    PATH + "/messages",
    **service(headers=[TRACKING_TOKEN]),
    operation_id="listTrackedMessages",
    response_model=Page[MessageView],
    responses=problems(400, 404, 422),
)
async def messages(request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None) -> object:
    """The conversation, newest first."""
    return await acts.list_(tracked(request), request, response, limit, cursor)


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
    return await acts.write(tracked(request), body, request)


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
    return await acts.transition(tracked(request), body, request)


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
    return await completion.give(tracked(request), body, request)
