# SPDX-License-Identifier: EUPL-1.2
"""What comes in with files is bounded in memory and in time, at each door."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from filed_alone import tracking_token
from requests_town import Town
from starlette.types import Message

from parvis_files.route import Uploads
from parvis_requests.main import public_app

MIB = 1 << 20
FORM = {"content-type": "multipart/form-data; boundary=x"}
PIECE: Message = {"type": "http.request", "body": bytes(MIB), "more_body": True}
BEGUN: Message = {
    "type": "http.request",
    "body": b'--x\r\nContent-Disposition: form-data; name="description"\r\n\r\nvoirie',
    "more_body": True,
}
LAST: Message = {"type": "http.request", "body": b"", "more_body": False}
LOST: Message = {"type": "http.disconnect"}


class Sender:
    """Sends a body piece by piece, and hears the answer, as a server passes both on."""

    def __init__(self, app: FastAPI, path: str, headers: dict[str, str]) -> None:
        self.pieces: asyncio.Queue[Message] = asyncio.Queue()
        self.said: list[Message] = []
        given = {"idempotency-key": str(uuid4()), **headers}
        scope: dict[str, Any] = {
            "type": "http",
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
            "headers": [(name.lower().encode(), value.encode()) for name, value in given.items()],
        }
        self.answering = asyncio.create_task(app(scope, self._next, self._said))

    async def _next(self) -> Message:
        message = await self.pieces.get()
        self.pieces.task_done()
        return message

    async def _said(self, message: Message) -> None:
        self.said.append(message)

    async def send(self, *messages: Message) -> None:
        for message in messages:
            self.pieces.put_nowait(message)
        taken = asyncio.create_task(self.pieces.join())
        await asyncio.wait({taken, self.answering}, return_when=asyncio.FIRST_COMPLETED)
        taken.cancel()

    async def answer(self) -> tuple[int, dict[str, str]]:
        await asyncio.wait_for(self.answering, 20)
        return self.said[0]["status"], {name.decode(): value.decode() for name, value in self.said[0]["headers"]}


def bounded_app(town: Town, seconds: float) -> FastAPI:
    """The service with room for 32 MiB of files, each of which has so long to arrive."""
    app = public_app(town.service.runtime)
    app.state.parts = replace(app.state.parts, uploads=Uploads(32, seconds))
    return app


async def test_a_body_that_comes_too_slowly_is_refused_at_each_door(town: Town) -> None:
    app = bounded_app(town, 0.05)
    doors = {
        "/v1/attachments": town.service.citizen().headers,
        "/v1/collectivities/paris/attachments": {},
        "/v1/tracked-request/attachments": {"tracking-token": await tracking_token(town)},
        "/open311/v2/requests.json": FORM,
        "/open311/v2/servicerequestupdates.json": FORM,
    }
    for path, headers in doors.items():
        sender = Sender(app, path, headers)
        await sender.send(BEGUN)
        status, said = await sender.answer()
        assert (path, status, said["connection"], said["retry-after"]) == (path, 503, "close", "5")


@pytest.mark.parametrize("end", [LAST, LOST])
async def test_all_files_that_come_in_share_a_part_of_the_memory(town: Town, end: Message) -> None:
    app, caller = bounded_app(town, 60), town.service.citizen().headers
    senders = [Sender(app, "/v1/attachments", caller) for _ in range(4)]
    for sender in senders[:3]:
        await sender.send(*[PIECE] * 10)
    await senders[3].send(*[PIECE] * 3)
    status, said = await senders[3].answer()
    assert (status, said["connection"], said["retry-after"]) == (503, "close", "5")
    for sender in senders[:3]:
        await sender.send(end)
        await asyncio.wait({sender.answering}, timeout=20)
        assert sender.answering.done()
    # What they held is free again.
    again = [Sender(app, "/v1/attachments", caller) for _ in range(3)]
    for sender in again:
        await sender.send(*[PIECE] * 10, LAST)
        assert (await sender.answer())[0] == 415
