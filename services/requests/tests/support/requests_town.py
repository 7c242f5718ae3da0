# SPDX-License-Identifier: EUPL-1.2
import io
import itertools
from typing import Any

import httpx
from PIL import Image

from parvis_testing import Caller, Harness

# A type of the tests' own, with the workflow of workflows.DECISION and the form of cartons.
STUDIED = "studied-request"
TOWN_HALL = [2.3522, 48.8566]


class Town:
    """A short way to do over the API what the tests do often."""

    _keys = itertools.count()

    def __init__(self, service: Harness) -> None:
        self.service = service
        self.client = service.client

    async def submit(self, caller: Caller, *, key: str | None = None, **changes: Any) -> httpx.Response:
        body = {
            "request_type": "cartons",
            "description": "Des cartons devant le numéro 4",
            "answers": {"blocks_pavement": True, "quantity": 3},
            "position": {"type": "Point", "coordinates": TOWN_HALL},
            **changes,
        }
        headers = caller.headers | {"Idempotency-Key": key or self.key()}
        return await self.client.post("/v1/requests", json=body, headers=headers)

    async def upload(self, caller: Caller, content: bytes, media_type: str = "image/jpeg") -> httpx.Response:
        headers = caller.headers | {"Idempotency-Key": self.key(), "Content-Type": media_type}
        return await self.client.post("/v1/attachments", content=content, headers=headers)

    async def act(self, caller: Caller, request: dict[str, Any], action: str, tag: str, **more: Any) -> httpx.Response:
        headers = caller.headers | {"Idempotency-Key": self.key(), "If-Match": tag}
        body = {"action": action, **more}
        return await self.client.post(f"/v1/requests/{request['id']}/transitions", json=body, headers=headers)

    async def write(self, caller: Caller, request: dict[str, Any], visibility: str, text: str) -> httpx.Response:
        headers = caller.headers | {"Idempotency-Key": self.key()}
        body = {"visibility": visibility, "text": text}
        return await self.client.post(f"/v1/requests/{request['id']}/messages", json=body, headers=headers)

    async def get(self, caller: Caller, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers=caller.headers | headers)

    async def count(self, table: str) -> int:
        return int(await self.service.runtime.database.pool.fetchval(f"SELECT count(*) FROM {table}"))

    def key(self) -> str:
        return f"key-{next(self._keys)}"


def photo(size: tuple[int, int] = (40, 30), *, gps: bool = False) -> bytes:
    image = Image.new("RGB", size, (120, 30, 30))
    exif = Image.Exif()
    if gps:
        exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 24.0)})
        exif[0x0110] = "Camera of somebody"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()
