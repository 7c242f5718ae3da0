# SPDX-License-Identifier: EUPL-1.2
"""Who calls by the API of GOV.UK Notify, and how what goes wrong is said there."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from parvis_kit.web.errors import as_problem
from parvis_kit.web.operation import Operation
from parvis_notifications.api.context import now, parts_of
from parvis_notifications.api.problems import CATALOGUE
from parvis_notifications.domain import errors
from parvis_notifications.domain.message_template import Fault
from parvis_notifications.domain.sending import Sender, SignedToken, TokenFault, read_token
from parvis_notifications.service.edit_templates import TemplateFaultsError
from parvis_notifications.service.render_template import FilledTooLongError
from parvis_notifications.service.sending_keys import KeyRefusedError, sender_of_token

# The words of GOV.UK Notify, which clients compare: they are in no other language.
_BAD: Final = "BadRequestError"
_KEPT_HEADERS: Final = ("Retry-After", "Connection")
_FAULTS: Final = {
    TokenFault.UNREADABLE: "Invalid token: API token is not valid",
    TokenFault.ALGORITHM: "Invalid token: algorithm used is not HS256",
    TokenFault.ISSUER: "Invalid token: iss field not provided",
    TokenFault.CLOCK: "Error: Your system clock must be accurate to within 30 seconds",
}


class NotifyErrorBody(BaseModel):
    """One thing that is wrong."""

    error: str = Field(description="Its class, such as `BadRequestError`.")
    message: str


class NotifyErrors(BaseModel):
    """What is wrong, as GOV.UK Notify says it."""

    status_code: int
    errors: list[NotifyErrorBody]


class NotifyError(Exception):
    """Something wrong, in those words."""

    def __init__(self, status: int, kind: str, *messages: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(kind)
        self.headers = headers or {}
        self.status = status
        self.kind = kind
        self.messages = messages


class NotifyOperation(Operation):
    """A route that says what goes wrong as GOV.UK Notify does."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        """The handler of the route."""
        answer = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await answer(request)
            except Exception as error:  # noqa: BLE001 - what is not known is logged below
                return in_their_words(error)

        return answered


def in_their_words(error: Exception) -> Response:
    """What is wrong, said so; what is not known is logged."""
    told = _told(error)
    headers = {"Cache-Control": "no-store", **told.headers}
    if isinstance(error, errors.TooManySentError):
        headers["Retry-After"] = str(error.retry_seconds)
    each = [{"error": told.kind, "message": message} for message in told.messages]
    return JSONResponse({"status_code": told.status, "errors": each}, told.status, headers)


def notify_router(route_class: type[NotifyOperation] = NotifyOperation) -> APIRouter:
    """A router of such routes."""
    return APIRouter(route_class=route_class, tags=["notify"])


def notify_errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route: which statuses say that something is wrong."""
    said = {"model": NotifyErrors, "description": "As GOV.UK Notify says it"}
    return dict.fromkeys(sorted({*statuses, 400, 401, 403, 500, 503}), said)


async def notify_sender(request: Request) -> Sender:
    """The application whose key signed the token in ``Authorization``; raises NotifyError."""
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not shown.strip():
        raise NotifyError(401, "AuthError", "Unauthorized: authentication bearer scheme must be used")
    token = read_token(shown.strip())
    if not isinstance(token, SignedToken):
        raise NotifyError(403, "AuthError", _FAULTS[token])
    if not token.is_timely(now().timestamp()):
        raise NotifyError(403, "AuthError", _FAULTS[TokenFault.CLOCK])
    parts = parts_of(request)
    async with parts.runtime.database.unit_of_work() as uow:
        try:
            sender = await sender_of_token(uow.session, token, parts.sending_keys, now())
        except KeyRefusedError as error:
            said = "revoked" if error.revoked else "not found"
            raise NotifyError(403, "AuthError", f"Invalid token: API key {said}") from error
        await uow.commit()
    return sender


def instant(at: datetime | None) -> str | None:
    """A time as GOV.UK Notify writes it."""
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


_KNOWN: Final = {
    errors.TemplateUnknownError: NotifyError(400, _BAD, "Template not found"),
    errors.GuestsOnlyError: NotifyError(400, _BAD, "Can’t send to this recipient using a team-only API key"),
    errors.NotFoundError: NotifyError(404, "NoResultFound", "No result found"),
    FilledTooLongError: NotifyError(400, _BAD, "Content for template has too many characters"),
}


def _told(error: Exception) -> NotifyError:
    told: NotifyError | None = error if isinstance(error, NotifyError) else _KNOWN.get(type(error))
    if isinstance(error, RequestValidationError):
        told = NotifyError(400, "ValidationError", *(_invalid(each) for each in error.errors()))
    elif isinstance(error, TemplateFaultsError):
        told = _personalisation(error.faults)
    elif isinstance(error, errors.TooManySentError):
        told = _too_many(error)
    if told is not None:
        return told
    known: HTTPException = as_problem(error, CATALOGUE)
    kind = "Exception" if known.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR else _BAD
    kept = {name: value for name, value in (known.headers or {}).items() if name in _KEPT_HEADERS}
    return NotifyError(known.status_code, kind, str(known.detail), headers=kept)


def _too_many(error: errors.TooManySentError) -> NotifyError:
    if error.span == "minute":
        limit = f"Exceeded rate limit for this key of {error.allowed} requests per 60 seconds"
        return NotifyError(429, "RateLimitError", limit)
    return NotifyError(429, "TooManyRequestsError", f"Exceeded send limits ({error.allowed}) for today")


def _invalid(error: dict[str, Any]) -> str:
    place = [str(part) for part in error["loc"] if part not in {"body", "query", "path"}]
    said = "is a required property" if error["type"] == "missing" else error["msg"]
    return f"{'.'.join(place) or 'body'} {said}"


def _personalisation(found: Iterable[Fault]) -> NotifyError:
    missing = [each.about for each in found if each.code == "missing-value"]
    if missing:
        return NotifyError(400, _BAD, f"Missing personalisation: {', '.join(missing)}")
    if any(each.code == "script-not-printed" for each in found):
        return NotifyError(400, _BAD, "Letters cannot be printed in this script")
    wrong = ", ".join(each.about for each in found)
    return NotifyError(400, _BAD, f"Personalisation of another type than the template has: {wrong}")
