# SPDX-License-Identifier: EUPL-1.2
"""A service of OVHcloud's SMS, as far as a sender uses version 1.0 of its API: every call signed, but for its clock.

https://eu.api.ovh.com/1.0/sms.json. Whom it tells of receipts, and what people answer to its short number, are its own.
"""

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from parvis_local.smssink.faults import SLOW_SECONDS, Fault, fault_of
from parvis_local.smssink.store import Text, TextStore, segments

_CLOCKS: Final = 60.0
_LONGEST_TAG: Final = 20
_MOST_ANSWERS: Final = 200
# A receipt's state and its code, by how a message ends.
_ENDS: Final = {"delivered": (1, 4), "undelivered": (2, 24), "sent": (4, 3), "queued": (0, 0)}
_Handler = Callable[[Request, str], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Keys:
    """Those that sign a call."""

    application: str
    secret: str
    consumer: str


@dataclass(slots=True)
class OvhService:
    """One service; ``receipts`` is where it tells that a message has changed, if anywhere."""

    store: TextStore
    name: str
    keys: Keys
    url: str
    fault: Callable[[str], Fault | None] = fault_of
    receipts: str = ""
    transport: httpx.AsyncBaseTransport | None = None
    answers: list[dict[str, Any]] = field(default_factory=list)
    ahead: float = 0.0
    """By how much its clock is ahead."""
    telling: set["asyncio.Task[None]"] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(int(time.time())))
    """Those of answers: whoever fetched them knows them by these, longer than this process lives."""

    def routes(self) -> list[Route]:
        """Those below ``/1.0``."""
        base = f"/1.0/sms/{self.name}"
        return [
            Route("/1.0/auth/time", self._clock),
            Route(f"{base}/jobs", self._checked(self._add), methods=["POST"]),
            Route(f"{base}/jobs", self._checked(self._waiting)),
            Route(f"{base}/jobs/{{number:int}}", self._checked(self._job)),
            Route(f"{base}/outgoing", self._checked(self._outgoing)),
            Route(f"{base}/outgoing/{{number:int}}", self._checked(self._sent)),
            Route(f"{base}/incoming", self._checked(self._incoming)),
            Route(f"{base}/incoming/{{number:int}}", self._checked(self._answer)),
        ]

    def write(self, sender: str, body: str) -> None:
        """Somebody answers to the short number: it stands in the list until the town fetches it."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        answer = {"id": next(self.numbers), "creationDatetime": at, "credits": 1, "message": body, "tag": ""}
        self.answers = [*self.answers, answer | {"sender": sender}][-_MOST_ANSWERS:]

    async def _clock(self, _: Request) -> Response:
        return JSONResponse(int(time.time() + self.ahead))

    def _checked(self, handler: _Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            body = (await request.body()).decode()
            wrong = self._wrong(request, body)
            return _error(*wrong) if wrong else await handler(request, body)

        return endpoint

    def _wrong(self, request: Request, body: str) -> tuple[int, str] | None:
        given, at = request.headers, request.headers.get("x-ovh-timestamp", "")
        if (given.get("x-ovh-application"), given.get("x-ovh-consumer")) != (self.keys.application, self.keys.consumer):
            return 403, "INVALID_CREDENTIAL"
        # Byte for byte as it came: the query is signed as it was written.
        query = request.scope["query_string"].decode()
        url = self.url + request.scope["raw_path"].decode() + (f"?{query}" if query else "")
        signed = f"{self.keys.secret}+{self.keys.consumer}+{request.method}+{url}+{body}+{at}"
        wanted = f"$1${hashlib.sha1(signed.encode(), usedforsecurity=False).hexdigest()}"
        if not hmac.compare_digest(wanted, given.get("x-ovh-signature", "")):
            return 400, "INVALID_SIGNATURE"
        if not at.isascii() or not at.isdigit():
            return 400, "QUERY_TIME_OUT"
        return None if abs(int(at) - time.time() - self.ahead) < _CLOCKS else (400, "QUERY_TIME_OUT")

    async def _add(self, _: Request, body: str) -> Response:
        job = json.loads(body)
        (to,) = job["receivers"]
        wrong = self.fault(to)
        if wrong is Fault.AWAY:
            return _error(503, "AWAY")
        if (
            not job["message"]
            or len(job.get("tag", "")) > _LONGEST_TAG
            or not (job["senderForResponse"] or job["sender"])
        ):
            return _error(400, "BAD_PARAMETERS")
        if wrong is Fault.NO_NUMBER:
            return JSONResponse(_report([], [], [to]))
        lost = wrong in {Fault.LOST, Fault.STOPPED}
        sender = "36xxx" if job["senderForResponse"] else job["sender"]
        text = Text(self.name, to, sender, job["message"], lost=lost, tag=job.get("tag", ""))
        self.store.add(text)
        self._tell(text)
        if wrong is Fault.SLOW:
            await asyncio.sleep(SLOW_SECONDS)
        credits_ = segments(text.body)
        return (
            _error(502, "GATEWAY") if wrong is Fault.UNANSWERED else JSONResponse(_report([text], [to], [], credits_))
        )

    async def _waiting(self, _: Request, __: str) -> Response:
        return JSONResponse([each.number for each in self._own() if each.status == "queued"])

    async def _job(self, request: Request, _: str) -> Response:
        return self._shown(request, waiting=True)

    async def _sent(self, request: Request, _: str) -> Response:
        return self._shown(request, waiting=False)

    async def _outgoing(self, request: Request, _: str) -> Response:
        asked = request.query_params
        since = datetime.fromisoformat(asked.get("creationDatetime.from", "1970-01-01T00:00:00Z")).timestamp()
        found = [each for each in self._own() if each.status != "queued" and each.taken_at >= since]
        return JSONResponse([each.number for each in found if asked.get("tag") in {None, each.tag}])

    async def _incoming(self, request: Request, _: str) -> Response:
        since = datetime.fromisoformat(request.query_params["creationDatetime.from"])
        until = datetime.fromisoformat(request.query_params["creationDatetime.to"])
        found = [each for each in self.answers if since <= datetime.fromisoformat(each["creationDatetime"]) <= until]
        return JSONResponse([each["id"] for each in found])

    async def _answer(self, request: Request, _: str) -> Response:
        number = request.path_params["number"]
        found = next((each for each in self.answers if each["id"] == number), None)
        return JSONResponse(found) if found else _error(404, "NOT_FOUND")

    def _own(self) -> list[Text]:
        return [each for each in self.store.newest(None, 10_000) if each.account == self.name]

    def _shown(self, request: Request, *, waiting: bool) -> Response:
        number = request.path_params["number"]
        text = next((each for each in self._own() if each.number == number), None)
        if text is None or (text.status == "queued") is not waiting:
            return _error(404, "NOT_FOUND")
        receipt, code = _ENDS[text.status]
        shown = {
            "id": text.number,
            "creationDatetime": datetime.fromtimestamp(text.taken_at, UTC).isoformat(timespec="seconds"),
            "credits": segments(text.body),
            "deliveryReceipt": receipt,
            "differedDelivery": 0,
            "message": text.body,
            "messageLength": len(text.body),
            "numberOfSms": segments(text.body),
            "ptt": code,
            "receiver": text.to,
            "sender": text.sender,
        }
        return JSONResponse(shown if waiting else shown | {"tag": text.tag, "tariffCode": ""})

    def _tell(self, text: Text) -> None:
        if self.receipts:
            task = asyncio.get_running_loop().create_task(self._told(text))
            self.telling.add(task)
            task.add_done_callback(self.telling.discard)

    async def _told(self, text: Text) -> None:
        """Its end, once; nobody there hears it later."""
        while text.status in {"queued", "sent"}:  # noqa: ASYNC110 - it is the time that ends it
            await asyncio.sleep(0.5)
        receipt, code = _ENDS[text.status]
        told = {
            "id": str(text.number),
            "ptt": str(code),
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "description": str(receipt),
            "descriptionDlr": text.status,
        }
        async with httpx.AsyncClient(transport=self.transport, timeout=10) as client:
            try:
                await client.get(self.receipts, params=told)
            except httpx.HTTPError:
                return


def _report(texts: list[Text], valid: list[str], invalid: list[str], credits_: int = 0) -> dict[str, Any]:
    ids = [each.number for each in texts]
    return {"ids": ids, "validReceivers": valid, "invalidReceivers": invalid, "totalCreditsRemoved": credits_}


def _error(status: int, code: str) -> Response:
    return JSONResponse({"message": "Refused", "errorCode": code, "httpCode": str(status)}, status)
