# SPDX-License-Identifier: EUPL-1.2
"""A short way to show photos with proposals over the API."""

import io
import itertools
from typing import Any

import httpx
from participation_town import Town
from PIL import Image
from proposal_town import LIST

from parvis_testing import Caller

_keys = itertools.count()


def photo(size: tuple[int, int] = (640, 480)) -> bytes:
    """A JPEG that says who made it, and where."""
    made, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "Camera of Ada"
    exif[0x8825] = {1: "N", 2: (48.0, 51.0, 0.0), 3: "E", 4: (2.0, 21.0, 0.0)}
    Image.new("RGB", size, "green").save(made, "JPEG", exif=exif)
    return made.getvalue()


async def send(
    town: Town, who: Caller, proposal: dict[str, Any], content: bytes | None = None, key: str | None = None
) -> httpx.Response:
    own = {"Idempotency-Key": key or f"photo-{next(_keys)}", "Content-Type": "image/jpeg"}
    path = f"/v1/proposals/{proposal['id']}/photos"
    return await town.client.post(path, content=photo() if content is None else content, headers=who.headers | own)


async def describe(
    town: Town, who: Caller, proposal: dict[str, Any], sent: dict[str, Any], text: str = "Un banc cassé."
) -> httpx.Response:
    headers = who.headers | {"If-Match": f'"{sent["version"]}"'}
    path = f"/v1/proposals/{proposal['id']}/photos/{sent['id']}"
    return await town.client.put(path, json={"alternative_text": text}, headers=headers)


async def withdraw(town: Town, who: Caller, proposal: dict[str, Any], sent: dict[str, Any]) -> httpx.Response:
    headers = who.headers | {"If-Match": f'"{sent["version"]}"'}
    return await town.client.delete(f"/v1/proposals/{proposal['id']}/photos/{sent['id']}", headers=headers)


async def show(town: Town, who: Caller, proposal: dict[str, Any], text: str = "Un banc cassé.") -> dict[str, Any]:
    """A photo that everybody sees."""
    sent = await send(town, who, proposal)
    assert sent.status_code == 201, sent.text
    shown = await describe(town, who, proposal, sent.json(), text)
    assert shown.status_code == 200, shown.text
    found: dict[str, Any] = shown.json()
    return found


async def see(
    town: Town, proposal: dict[str, Any], sent: dict[str, Any], query: str = "", **headers: str
) -> httpx.Response:
    return await town.client.get(f"{LIST}/{proposal['id']}/photos/{sent['id']}{query}", headers=headers)


async def photos(town: Town, proposal: dict[str, Any]) -> list[dict[str, Any]]:
    """As the proposal shows them."""
    found: list[dict[str, Any]] = (await town.client.get(f"{LIST}/{proposal['id']}")).json()["photos"]
    return found
