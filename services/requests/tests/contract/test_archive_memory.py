# SPDX-License-Identifier: EUPL-1.2
"""A closed file of many documents goes out as it is read: the process never holds the package."""

import io
import os
import time
import zipfile
from typing import Any, Final
from uuid import uuid4

import httpx
from broken_bodies import forget_peak, peak
from files import pdf
from requests_town import Town
from running_service import RunningService, running_service

from parvis_requests.main import SCOPES
from parvis_requests.settings import Settings

_MIB: Final = 1 << 20
_EACH: Final = 9 * _MIB
_FEW: Final = 4
_MANY: Final = 10
# Far below the documents that the one has more than the other, above what an allocator gives back later.
_MOST: Final = 3 * _EACH


async def test_a_package_takes_as_much_memory_as_its_largest_document(town: Town, requests_settings: Settings) -> None:
    del town  # empties the tables afterwards
    grown = []
    with running_service("requests", requests_settings) as running:
        async with httpx.AsyncClient(base_url=running.url, timeout=60) as client:
            for files in (_FEW, _MANY):
                closed = await _closed(client, running, files)
                await _read(client, running, closed)  # what is loaded at the first use counts for nothing
                start = forget_peak(running)
                with zipfile.ZipFile(io.BytesIO(await _read(client, running, closed))) as package:
                    assert sum(entry.file_size > _EACH for entry in package.infolist()) == files
                grown.append(peak(running) - start)
    assert grown[1] - grown[0] < _MOST, [each // _MIB for each in grown]


async def _closed(client: httpx.AsyncClient, running: RunningService, files: int) -> str:
    """The path of a request with so many documents that is resolved."""
    citizen, agent = _caller(running, "citizen"), _caller(running, "agent", roles=["supervisor"])
    uploaded = [
        await _post(client, "/v1/attachments", citizen | {"Content-Type": "application/pdf"}, content=content)
        for content in (pdf(os.urandom(_EACH)) for _ in range(files))
    ]
    body = {
        "request_type": "cartons",
        "description": "Des cartons",
        "answers": {"blocks_pavement": True, "quantity": 3},
        "position": {"type": "Point", "coordinates": [2.3522, 48.8566]},
        "attachments": [each["id"] for each in uploaded],
    }
    path = f"/v1/requests/{(await _post(client, '/v1/requests', citizen, json=body))['id']}"
    for action in ("take", "resolve"):
        tag = (await client.get(path, headers=agent)).headers["etag"]
        await _post(client, f"{path}/transitions", agent | {"If-Match": tag}, json={"action": action})
    return path


async def _read(client: httpx.AsyncClient, running: RunningService, path: str) -> bytes:
    answer = await client.get(f"{path}/archive", headers=_caller(running, "agent", roles=["supervisor"]))
    assert answer.status_code == 200, answer.text
    return answer.content


async def _post(client: httpx.AsyncClient, path: str, headers: dict[str, str], **sent: Any) -> dict[str, Any]:
    answer = await client.post(path, headers=headers | {"Idempotency-Key": str(uuid4())}, **sent)
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    return created


def _caller(running: RunningService, kind: str, **claims: Any) -> dict[str, str]:
    scope = " ".join(code for code, _ in SCOPES)
    who = {"sub": "01900000-0000-7000-8000-000000000001"} if kind == "citizen" else {}
    token = running.issuer.token(
        audience="parvis-requests", scope=scope, kind=kind, exp=int(time.time()) + 600, **who, **claims
    )
    return {"Authorization": f"Bearer {token}"}
