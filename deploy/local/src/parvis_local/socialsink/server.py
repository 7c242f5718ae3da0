# SPDX-License-Identifier: EUPL-1.2
"""The part of Mastodon's REST API by which an account publishes and is read.

https://docs.joinmastodon.org/methods/statuses/, https://docs.joinmastodon.org/methods/accounts/.
"""

import re
import secrets
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from parvis_local.socialsink.store import Fault, Status, StatusStore

ACCOUNT: Final = "110000000000000001"
_HANDLE: Final = "ville"
_MOST_CHARACTERS: Final = 500
_LINK: Final = re.compile(r"https?://[^\s<>\"]+")
_MENTION: Final = re.compile(r"(?<![\w/.@])@([\w.-]+)@([\w.-]*\w)")
# So many characters a link counts for, however long it is.
_LINK_LENGTH: Final = 23
_SHOWN: Final = 30
_VISIBILITIES: Final = frozenset({"public", "unlisted", "private", "direct"})
_RETRY_SECONDS: Final = 2


class _LostError(Exception):
    """The connection breaks here."""


def server_routes(store: StatusStore, token: str) -> list[Route]:
    """What applications call, with that token of the account."""

    async def publish(request: Request) -> Response:
        fault = store.faults.popleft() if store.faults else None
        store.tries += 1
        refused = _refused(request, token, fault)
        return refused or await _published(request, store, fault)

    async def who(request: Request) -> Response:
        return _stranger(request, token) or JSONResponse({"id": ACCOUNT, "username": _HANDLE, "acct": _HANDLE})

    async def statuses(request: Request) -> Response:
        if request.path_params["account"] != ACCOUNT:
            return _error(404, "Record not found")
        limit = min(int(request.query_params.get("limit", "20")), 40)
        return JSONResponse([_shown(each, str(request.base_url)) for each in store.newest(limit)])

    async def delete(request: Request) -> Response:
        return _stranger(request, token) or _deleted(request, store)

    return [
        Route("/api/v1/statuses", publish, methods=["POST"]),
        Route("/api/v1/statuses/{status}", delete, methods=["DELETE"]),
        Route("/api/v1/accounts/verify_credentials", who),
        Route("/api/v1/accounts/{account}/statuses", statuses),
    ]


def _stranger(request: Request, token: str) -> Response | None:
    known = secrets.compare_digest(request.headers.get("authorization", ""), f"Bearer {token}")
    return None if known else _error(401, "The access token is invalid")


def _refused(request: Request, token: str, fault: Fault | None) -> Response | None:
    if fault is Fault.LOST:
        raise _LostError
    if fault in {Fault.THROTTLED, Fault.AWAY}:
        return _later(fault)
    if fault is Fault.REFUSED:
        return _error(422, "Validation failed: refused")
    return _stranger(request, "" if fault is Fault.TOKEN else token)


async def _published(request: Request, store: StatusStore, fault: Fault | None) -> Response:
    told = {name: str(value) for name, value in (await request.form()).items()}
    why, parent = _against(told), told.get("in_reply_to_id")
    if why is not None:
        return _error(422, why)
    if parent is not None and parent not in store.statuses:
        return _error(404, "Record not found")
    made = store.publish(request.headers.get("idempotency-key"), told["status"], told.get("language"), parent)
    if fault is Fault.UNANSWERED:
        raise _LostError
    return JSONResponse(_shown(made, str(request.base_url)))


def _deleted(request: Request, store: StatusStore) -> Response:
    gone = store.statuses.pop(request.path_params["status"], None)
    return _error(404, "Record not found") if gone is None else JSONResponse(_shown(gone, str(request.base_url)))


def _against(told: dict[str, str]) -> str | None:
    text = told.get("status", "")
    if not text.strip():
        return "Validation failed: Text can't be blank"
    if len(_LINK.sub("x" * _LINK_LENGTH, text)) > _MOST_CHARACTERS:
        return f"Validation failed: Text character limit of {_MOST_CHARACTERS} exceeded"
    return None if told.get("visibility", "public") in _VISIBILITIES else "Validation failed: visibility"


def _later(fault: Fault) -> Response:
    if fault is Fault.AWAY:
        return _error(503, "Remote data could not be fetched")
    reset = (datetime.now(UTC) + timedelta(seconds=_RETRY_SECONDS)).isoformat().replace("+00:00", "Z")
    return _error(429, "Too many requests", {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset})


def _shown(status: Status, base_url: str) -> dict[str, Any]:
    return {
        "id": status.id,
        "created_at": status.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "in_reply_to_id": status.reply_to,
        "visibility": "public",
        "language": status.language,
        "url": f"{base_url}@{_HANDLE}/{status.id}",
        "content": html_of(status.text),
        "account": {"id": ACCOUNT, "username": _HANDLE},
        "reblog": None,
    }


def html_of(text: str) -> str:
    """Paragraphs, and links of which a part is hidden, as the server makes them of a text."""
    paragraphs = [
        each.replace("\n", "<br />") for each in _MENTION.sub(_mention, _LINK.sub(_link, escape(text))).split("\n\n")
    ]
    return "".join(f"<p>{each}</p>" for each in paragraphs)


def _mention(found: re.Match[str]) -> str:
    name, server = found.groups()
    return (
        f'<span class="h-card" translate="no"><a href="https://{server}/@{name}" class="u-url mention">'
        f"@<span>{name}</span></a></span>"
    )


def _link(found: re.Match[str]) -> str:
    scheme, rest = found[0].split("//", 1)
    shown, hidden = rest[:_SHOWN], rest[_SHOWN:]
    kind = "ellipsis" if hidden else ""
    return (
        f'<a href="{found[0]}" target="_blank" rel="nofollow noopener" translate="no"><span class="invisible">'
        f'{scheme}//</span><span class="{kind}">{shown}</span><span class="invisible">{hidden}</span></a>'
    )


def _error(status: int, why: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": why}, status, headers=headers)
