# SPDX-License-Identifier: EUPL-1.2
"""The Messages resource of Twilio's REST API, as far as a sender uses it.

https://www.twilio.com/docs/messaging/api/message-resource
"""

import asyncio
import base64
import binascii
import hmac
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from parvis_local.smssink.faults import SLOW_SECONDS, Fault, fault_of
from parvis_local.smssink.store import Text, TextStore

_LONGEST: Final = 1_600
_PAGE: Final = 50
_REFUSALS: Final = {Fault.STOPPED: 21610, Fault.NO_NUMBER: 21211}


def provider_routes(
    store: TextStore, account: str, secret: str, fault: Callable[[str], Fault | None] = fault_of
) -> list[Route]:
    """The routes of one account; ``fault`` says what goes wrong with a number."""

    async def create(request: Request) -> Response:
        if not _known(request, account, secret):
            return _error(401, 20003)
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        to, body, wrong = form.get("To", ""), form.get("Body", ""), fault(form.get("To", ""))
        if wrong in {Fault.AWAY, Fault.ONLY_OVH}:
            return _error(503, 20503)
        code = _REFUSALS.get(wrong) if wrong else None
        code = code or (21604 if not to else 21602 if not body else 21617 if len(body) > _LONGEST else None)
        if code:
            return _error(400, code)
        text = Text(account, to, form.get("From", ""), body, lost=wrong is Fault.LOST)
        store.add(text)
        if wrong is Fault.SLOW:
            await asyncio.sleep(SLOW_SECONDS)
        return _error(502, 0) if wrong is Fault.UNANSWERED else JSONResponse(text.shown(), 201)

    async def one(request: Request) -> Response:
        if not _known(request, account, secret):
            return _error(401, 20003)
        text = store.get(request.path_params["sid"])
        return JSONResponse(text.shown()) if text else _error(404, 20404)

    async def several(request: Request) -> Response:
        if not _known(request, account, secret):
            return _error(401, 20003)
        asked = dict(request.query_params)
        away = "DateSent" in asked and fault(asked.get("To", "")) is Fault.AWAY
        return _error(503, 20503) if away else JSONResponse(_listing(store, asked, f"{path}.json"))

    path = f"/2010-04-01/Accounts/{account}/Messages"
    return [
        Route(f"{path}.json", create, methods=["POST"]),
        Route(f"{path}.json", several),
        Route(path + "/{sid}.json", one),
    ]


def _listing(store: TextStore, asked: dict[str, str], path: str) -> dict[str, Any]:
    """One page of the list, and where the next one is."""
    size, page = int(asked.get("PageSize", _PAGE)), int(asked.get("Page", 0))
    found = store.listed(asked.get("To"), asked.get("DateSent"))
    following = asked | {"PageSize": str(size), "Page": str(page + 1), "PageToken": f"PA{page + 1}"}
    return {
        "messages": [text.shown() for text in found[page * size : (page + 1) * size]],
        "page": page,
        "page_size": size,
        "uri": f"{path}?{urlencode(asked)}",
        "next_page_uri": f"{path}?{urlencode(following)}" if len(found) > (page + 1) * size else None,
    }


def _known(request: Request, account: str, secret: str) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    try:
        told = base64.b64decode(given)
    except binascii.Error:
        return False
    return scheme.lower() == "basic" and hmac.compare_digest(told, f"{account}:{secret}".encode())


def _error(status: int, code: int) -> Response:
    more_info = f"https://www.twilio.com/docs/errors/{code}"
    return JSONResponse({"code": code, "message": "Refused", "more_info": more_info, "status": status}, status)
