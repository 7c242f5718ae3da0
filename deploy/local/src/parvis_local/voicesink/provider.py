# SPDX-License-Identifier: EUPL-1.2
"""The Calls resource of Twilio's REST API, as far as a caller uses it.

https://www.twilio.com/docs/voice/api/call-resource
"""

import asyncio
import base64
import binascii
import hmac
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import parse_qs

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from parvis_local.voicesink.bringing import Bringer
from parvis_local.voicesink.faults import SLOW_SECONDS, Fault, fault_of
from parvis_local.voicesink.store import Call, CallStore

_LONGEST_TWIML: Final = 4_000
_PAGE: Final = 50
_DEFAULT_TIMEOUT: Final = 60
_KEYS: Final = {Fault.SAFE: "1", Fault.HELP: "2"}


def provider_routes(
    store: CallStore,
    account: str,
    secret: str,
    bringer: Bringer,
    fault: Callable[[str], Fault | None] = fault_of,
) -> list[Route]:
    """The routes of one account; ``fault`` says what happens with a number."""

    async def create(request: Request) -> Response:
        if not _known(request, account, secret):
            return _error(401, 20003)
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        to, twiml, wrong = form.get("To", ""), form.get("Twiml", ""), fault(form.get("To", ""))
        if wrong is Fault.AWAY:
            return _error(503, 20503)
        if code := _refusal(to, twiml, wrong):
            return _error(400, code)
        call = _call(account, form)
        store.add(call)
        await asyncio.sleep(SLOW_SECONDS if wrong is Fault.SLOW else 0)
        if wrong is Fault.UNANSWERED:
            return _error(502, 0)
        return JSONResponse(call.shown(), 201, background=BackgroundTask(happen, call, wrong, bringer))

    async def one(request: Request) -> Response:
        if not _known(request, account, secret):
            return _error(401, 20003)
        call = store.get(request.path_params["sid"])
        return JSONResponse(call.shown()) if call else _error(404, 20404)

    async def several(request: Request) -> Response:
        if not _known(request, account, secret):
            return _error(401, 20003)
        limit = int(request.query_params.get("PageSize", _PAGE))
        found = store.newest(request.query_params.get("To"), limit)
        return JSONResponse({"calls": [call.shown() for call in found], "page": 0, "page_size": limit})

    path = f"/2010-04-01/Accounts/{account}/Calls"
    return [
        Route(f"{path}.json", create, methods=["POST"]),
        Route(f"{path}.json", several),
        Route(path + "/{sid}.json", one),
    ]


async def happen(call: Call, wrong: Fault | None, bringer: Bringer) -> None:
    """What becomes of a call by itself, by its number; any other waits for who answers it on the page."""
    if wrong is Fault.BUSY:
        call.end("busy")
    elif wrong is Fault.MACHINE:
        call.answer("machine_end_beep")
        call.end("completed")
    elif wrong in {Fault.SAFE, Fault.HELP, Fault.LISTENS}:
        call.answer("human")
        if key := _KEYS.get(wrong or Fault.LISTENS):
            await bringer.key(call, key)
        if not call.over:
            call.end("completed")
    if call.over:
        await bringer.ended(call)


def _call(account: str, form: Mapping[str, str]) -> Call:
    timeout, detects = float(form.get("Timeout", _DEFAULT_TIMEOUT)), "MachineDetection" in form
    return Call(
        account, form["To"], form.get("From", ""), form["Twiml"], timeout, form.get("StatusCallback", ""), detects
    )


def _refusal(to: str, twiml: str, wrong: Fault | None) -> int | None:
    if wrong is Fault.NO_NUMBER:
        return 21211
    return 21201 if not to else 21205 if not 0 < len(twiml) <= _LONGEST_TWIML else None


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
