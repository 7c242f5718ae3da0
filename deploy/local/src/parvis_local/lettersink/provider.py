# SPDX-License-Identifier: EUPL-1.2
"""Maileva's API Mail v2 and its token endpoint, as far as a sender uses them.

What it asks of addresses, documents and states is what its OpenAPI description says:
https://www.maileva.com/catalogue-api/
"""

import asyncio
import hmac
import json
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import parse_qs
from uuid import uuid4

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from parvis_local.lettersink.faults import SLOW_SECONDS, Fault
from parvis_local.lettersink.store import Document, Letter, LetterStore
from parvis_local.simulators import LETTER_TOKENS

SENDINGS: Final = "/mail/v2/sendings"
_LONGEST_LINE: Final = 38
_MOST_BYTES: Final = 20 * 1024 * 1024
_LIFE_SECONDS: Final = 300
_FRENCH_TOWN: Final = re.compile(r"\d{5} \S.*")
_LINES: Final = tuple(f"address_line_{n}" for n in range(1, 7))
_SENDER_LINES: Final = tuple(f"sender_{name}" for name in _LINES)
_NOT_DRAFT: Final = "SENDING_STATUS_IS_NOT_DRAFT"
Wrong = Callable[[Letter, bool], Fault | None]
"""What goes wrong with a letter, when its recipient is added, and when it is submitted (True)."""


def by_address(letter: Letter, _submitted: bool) -> Fault | None:
    """By the words of its address."""
    return letter.fault


class Account:
    """Who may send, and the tokens that it was given."""

    def __init__(self, client_id: str, username: str, secret: str) -> None:
        self._form = {"client_id": client_id, "username": username, "client_secret": secret, "password": secret}
        self._tokens: dict[str, float] = {}

    async def token(self, request: Request) -> Response:
        """A new one (RFC 6749 section 4.3); 401 for somebody else."""
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        given = {name: form.get(name, "") for name in self._form}
        known = all(hmac.compare_digest(given[name].encode(), value.encode()) for name, value in self._form.items())
        if not known or form.get("grant_type") != "password":
            return JSONResponse({"errors": [{"code": "invalid_grant", "message": "Refused"}]}, 401)
        token = secrets.token_urlsafe(24)
        self._tokens[token] = time.time() + _LIFE_SECONDS
        return JSONResponse({"access_token": token, "token_type": "Bearer", "expires_in": _LIFE_SECONDS})

    def knows(self, request: Request) -> bool:
        """Whether a token that holds was shown."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and self._tokens.get(token, 0.0) > time.time()

    def forget(self) -> None:
        """No token holds any more."""
        self._tokens.clear()


class Sendings:
    """What may be done with sendings; ``fault`` says what goes wrong with one."""

    def __init__(self, store: LetterStore, fault: Wrong) -> None:
        self._store = store
        self._fault = fault

    async def create(self, request: Request) -> Response:
        """A draft."""
        options = await _json(request)
        if not options.get("name"):
            return _refused("EMPTY_NAME")
        long = [name for name in _SENDER_LINES if len(str(options.get(name, ""))) > _LONGEST_LINE]
        if long:
            return _refused(*(f"{name.upper()}_TOO_LONG" for name in long))
        letter = Letter(options)
        self._store.add(letter)
        return JSONResponse(letter.shown(), 201, {"Location": f"{SENDINGS}/{letter.id}"})

    async def one(self, _request: Request, letter: Letter) -> Response:
        """How far it has come."""
        return JSONResponse(letter.shown())

    async def delete(self, _request: Request, letter: Letter) -> Response:
        """A draft alone."""
        if letter.status != "DRAFT":
            return _refused(_NOT_DRAFT)
        self._store.remove(letter.id)
        return Response(None, 204)

    async def add_document(self, request: Request, letter: Letter) -> Response:
        """A PDF with its metadata, in parts of a form."""
        async with request.form() as form:
            given, metadata = form.get("document"), form.get("metadata")
            if not isinstance(given, UploadFile) or not isinstance(metadata, str):
                return _refused("EMPTY_METADATA" if isinstance(given, UploadFile) else "EMPTY_DOCUMENT")
            document = Document(str(json.loads(metadata).get("name", "")), await given.read())
        if letter.status != "DRAFT":
            return _refused(_NOT_DRAFT)
        if len(document.content) > _MOST_BYTES or not document.pages:
            return _refused("CORRUPTED_DOCUMENT" if len(document.content) <= _MOST_BYTES else "INVALID_DOCUMENT_SIZE")
        letter.documents.append(document)
        said = {"id": document.id, "name": document.name, "priority": len(letter.documents), "type": "application/pdf"}
        return JSONResponse({**said, "size": len(document.content)}, 201)

    async def add_recipient(self, request: Request, letter: Letter) -> Response:
        """Whom it goes to."""
        recipient = await _json(request)
        if letter.status != "DRAFT":
            return _refused(_NOT_DRAFT)
        letter.recipients.append({**recipient, "id": str(uuid4())})
        codes, wrong = _wrong_address(recipient), self._fault(letter, False)  # noqa: FBT003 - not yet
        codes += ["ADDRESS_LINE_6_WRONG_FORMAT"] if wrong is Fault.BAD_ADDRESS else []
        if wrong is Fault.TOO_LARGE:
            letter.recipients.pop()
            return JSONResponse({"code": "TOO_LARGE", "message": ""}, 413)
        if codes or wrong is Fault.AWAY:
            letter.recipients.pop()
            return _refused(*codes) if codes else JSONResponse({"code": "UNAVAILABLE", "message": ""}, 503)
        return JSONResponse(letter.recipient(-1), 201)

    async def recipients(self, _request: Request, letter: Letter) -> Response:
        """All of them."""
        shown = [letter.recipient(number) for number in range(len(letter.recipients))]
        return JSONResponse({"recipients": shown, "paging": {"total_results": len(shown)}})

    async def submit(self, _request: Request, letter: Letter) -> Response:
        """From here on it goes its way."""
        if letter.status != "DRAFT":
            return _refused(_NOT_DRAFT)
        if not letter.documents or not letter.recipients:
            return _refused("INVALID_DOCUMENTS_COUNT" if letter.recipients else "INVALID_RECIPIENTS_COUNT")
        wrong = self._fault(letter, True)  # noqa: FBT003 - now
        if wrong is not Fault.LOST:
            letter.submitted_at = time.time()
        if wrong is Fault.SLOW:
            await asyncio.sleep(SLOW_SECONDS)
        if wrong in {Fault.LOST, Fault.UNANSWERED}:
            return JSONResponse({"code": "BAD_GATEWAY", "message": ""}, 502)
        return Response(None, 200)


def provider_routes(store: LetterStore, account: Account, fault: Wrong = by_address) -> list[Route]:
    """The routes of one account; ``fault`` says what goes wrong with a letter."""
    sendings = Sendings(store, fault)

    def known(handle: Callable[[Request, Letter], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            if not account.knows(request):
                return JSONResponse({"code": "UNAUTHORIZED", "message": ""}, 401)
            letter = store.get(request.path_params["id"])
            if letter is None:
                return JSONResponse({"code": "SENDING_NOT_FOUND", "message": ""}, 404)
            return await handle(request, letter)

        return answer

    async def create(request: Request) -> Response:
        if not account.knows(request):
            return JSONResponse({"code": "UNAUTHORIZED", "message": ""}, 401)
        return await sendings.create(request)

    path = SENDINGS + "/{id}"
    return [
        Route(LETTER_TOKENS, account.token, methods=["POST"]),
        Route(SENDINGS, create, methods=["POST"]),
        Route(path, known(sendings.one), methods=["GET"]),
        Route(path, known(sendings.delete), methods=["DELETE"]),
        Route(f"{path}/documents", known(sendings.add_document), methods=["POST"]),
        Route(f"{path}/recipients", known(sendings.add_recipient), methods=["POST"]),
        Route(f"{path}/recipients", known(sendings.recipients), methods=["GET"]),
        Route(f"{path}/submit", known(sendings.submit), methods=["POST"]),
    ]


def _wrong_address(recipient: dict[str, Any]) -> list[str]:
    lines = {name: str(recipient.get(name) or "") for name in _LINES}
    found = [f"{name.upper()}_TOO_LONG" for name, line in lines.items() if len(line) > _LONGEST_LINE]
    if not lines["address_line_1"] and not lines["address_line_2"]:
        found.append("EMPTY_ADDRESS_LINE_1_OR_ADDRESS_LINE_2")
    if not lines["address_line_6"]:
        found.append("EMPTY_ADDRESS_LINE_6")
    elif recipient.get("country_code") == "FR" and not _FRENCH_TOWN.fullmatch(lines["address_line_6"]):
        found.append("ADDRESS_LINE_6_WRONG_FORMAT")
    if not re.fullmatch(r"[A-Z]{2}", str(recipient.get("country_code"))):
        found.append("INVALID_COUNTRY_CODE")
    return found


async def _json(request: Request) -> dict[str, Any]:
    found = json.loads(await request.body())
    return found if isinstance(found, dict) else {}


def _refused(*codes: str) -> Response:
    return JSONResponse({"errors": [{"code": code, "message": ""} for code in codes]}, 400)
