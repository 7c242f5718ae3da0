# SPDX-License-Identifier: EUPL-1.2
import io
import itertools
from pathlib import Path
from typing import Any, Final

import httpx
from PIL import Image
from workflows import DECISION

from parvis_requests.service.seed_catalogue import read_seed
from parvis_testing import Caller, Harness

# A type of the tests' own, with the workflow of workflows.DECISION and the form of cartons.
STUDIED = "studied-request"
# What tests leave in place: the catalogue of the demo town.
CATALOGUE_TABLES = ("collectivity", "request_type", "request_type_version", "area", "routing_rule", "team")
DEMO: Final = Path(__file__).parents[4] / "deploy/local/src/parvis_local/demo/requests.yaml"
_SEEDED: Final = [STUDIED, *(code for rows in read_seed(DEMO) for code in rows.types)]
_WITHDRAW: Final = """
WITH versions AS (
    DELETE FROM request_type_version USING request_type
    WHERE request_type.id = request_type_version.type_id AND code <> ALL ($1)
), types AS (
    DELETE FROM request_type WHERE code <> ALL ($1) RETURNING collectivity
)
UPDATE collectivity SET catalogue_version = catalogue_version + 1
WHERE collectivity IN (SELECT collectivity FROM types)
"""
TOWN_HALL = [2.3522, 48.8566]


class Town:
    """A short way to do over the API what the tests do often."""

    _keys = itertools.count()

    def __init__(self, service: Harness) -> None:
        self.service = service
        self.client = service.client
        self._published = set[str]()

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

    async def follow(self, caller: Caller, request: dict[str, Any], *, following: bool = True) -> httpx.Response:
        headers, path = caller.headers | {"Idempotency-Key": self.key()}, f"/v1/requests/{request['id']}/follow"
        return await self.client.post(path, json={"following": following}, headers=headers)

    async def draft(self, administrator: Caller, code: str, **changes: Any) -> httpx.Response:
        headers = administrator.headers | {"Idempotency-Key": self.key()}
        body = {"code": code, "definition": type_definition(**changes)}
        return await self.client.post("/v1/request-type-drafts", json=body, headers=headers)

    async def change(self, administrator: Caller, draft_id: str, tag: str, **changes: Any) -> httpx.Response:
        headers = administrator.headers | {"If-Match": tag}
        body = {"definition": type_definition(**changes)}
        return await self.client.put(f"/v1/request-type-drafts/{draft_id}", json=body, headers=headers)

    async def offer(self, administrator: Caller, draft_id: str, tag: str = '"1"') -> httpx.Response:
        headers = administrator.headers | {"Idempotency-Key": self.key(), "If-Match": tag}
        return await self.client.post(f"/v1/request-type-drafts/{draft_id}/publication", headers=headers)

    async def publish(self, code: str, **changes: Any) -> dict[str, Any]:
        administrator = self.administrator()
        made = await self.draft(administrator, code, **changes)
        assert made.status_code == 201, made.text
        draft = made.json()
        answer = await self.offer(administrator, draft["id"])
        assert answer.status_code == 201, answer.text
        self._published.add(code)
        body: dict[str, Any] = answer.json()
        return body

    async def have(self, code: str, **definition: Any) -> None:
        """Publish that type where this test has not: what the service shows may be what a test before had."""
        if code not in self._published:
            await self.publish(code, **definition)

    async def retire(self, code: str, version: int) -> None:
        headers = self.administrator().headers | {"If-Match": f'"{version}"'}
        answer = await self.client.delete(f"/v1/request-types/{code}", headers=headers)
        assert answer.status_code == 204, answer.text

    def administrator(self, collectivity: str = "paris") -> Caller:
        return self.service.agent(collectivity, roles=["agent", "administrator"])

    async def offered(self, code: str) -> dict[str, Any] | None:
        answer = await self.client.get("/v1/collectivities/paris/request-types")
        return next((item for item in answer.json()["items"] if item["code"] == code), None)

    async def get(self, caller: Caller, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers=caller.headers | headers)

    async def count(self, table: str) -> int:
        return int(await self.service.runtime.database.pool.fetchval(f"SELECT count(*) FROM {table}"))

    def key(self) -> str:
        return f"key-{next(self._keys)}"


async def clean(service: Harness) -> None:
    """Leave the demo town's catalogue alone: who reads it would read the types of hundreds of tests before, too."""
    await service.clean(*CATALOGUE_TABLES)
    await service.runtime.database.pool.execute(_WITHDRAW, _SEEDED)


def type_definition(**changes: Any) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": {"colour": {"type": "string", "enum": ["red", "blue"]}, "size": {"type": "integer"}},
        "additionalProperties": False,
    }
    return {
        "group": "tests",
        "group_name": {"fr": "Essais", "en": "Tests"},
        "name": {"fr": "Essai", "en": "Test"},
        "form": {"schema": schema, "filters": {"size": {"kind": "number", "personal": False}}},
        "workflow": DECISION | {"transitions": _without_guards(DECISION["transitions"])},
        **changes,
    }


def _without_guards(transitions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in each.items() if name != "guards"} for each in transitions]


def photo(
    size: tuple[int, int] = (40, 30),
    *,
    gps: bool = False,
    place: tuple[float, float] | None = None,
    format_: str = "JPEG",
) -> bytes:
    image = Image.new("RGB", size, (120, 30, 30))
    exif = Image.Exif()
    if gps:
        exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 24.0)})
        exif[0x0110] = "Camera of somebody"
    if place:
        latitude, longitude = place
        exif.get_ifd(0x8825).update({1: "N", 2: (latitude, 0.0, 0.0), 3: "E", 4: (longitude, 0.0, 0.0)})
        exif[0x0110] = "Camera of somebody"
    out = io.BytesIO()
    image.save(out, format_, exif=exif)
    return out.getvalue()
