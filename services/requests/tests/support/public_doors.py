# SPDX-License-Identifier: EUPL-1.2
"""Every way by which the public learns of requests: what each tells of one, as text."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import httpx
from requests_town import Town

from parvis_testing import Caller


async def file_publicly(town: Town, caller: Caller | None = None, **changes: Any) -> dict[str, Any]:
    answer = await town.submit(caller or town.service.citizen(), **changes)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def decide(
    town: Town, request: dict[str, Any], tag: str, agent: Caller | None = None, **decision: Any
) -> httpx.Response:
    headers = (agent or town.service.agent()).headers | {"If-Match": tag}
    return await town.client.put(f"/v1/requests/{request['id']}/publication", json=decision, headers=headers)


async def _open311(town: Town, request: dict[str, Any]) -> str:
    del request
    return (await town.client.get("/open311/v2/requests.json?jurisdiction_id=paris&extensions=true")).text


async def _open311_one(town: Town, request: dict[str, Any]) -> str:
    path = f"/open311/v2/requests/{request['reference']}.xml?jurisdiction_id=paris&extensions=true"
    answer = await town.client.get(path)
    return answer.text if answer.status_code == 200 else ""


async def _map(town: Town, request: dict[str, Any]) -> str:
    del request
    answer = await town.client.get(f"{PUBLIC}?bbox=2.2,48.8,2.5,48.9")
    assert answer.status_code == 200, answer.text
    return answer.text


async def _clusters(town: Town, request: dict[str, Any]) -> str:
    answer = await town.client.get(f"{PUBLIC}?bbox=2.2,48.8,2.5,48.9&zoom=12&type={request['request_type']['code']}")
    assert answer.status_code == 200, answer.text
    return answer.text


async def _one(town: Town, request: dict[str, Any]) -> str:
    answer = await town.client.get(f"{PUBLIC}/{request['reference']}")
    return answer.text if answer.status_code == 200 else ""


async def _read(town: Town, path: str) -> str:
    answer = await town.client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


async def _feed(town: Town, request: dict[str, Any]) -> str:
    del request
    return await _read(town, f"{PUBLIC}-feed")


async def _csv(town: Town, request: dict[str, Any]) -> str:
    del request
    return await _read(town, f"{OPEN_DATA}-csv")


async def _geojson(town: Town, request: dict[str, Any]) -> str:
    del request
    return await _read(town, f"{OPEN_DATA}-geojson")


OPEN_DATA: Final = "/v1/collectivities/paris/open-data/requests"
PUBLIC: Final = "/v1/collectivities/paris/public-requests"
DOORS: Final[dict[str, Callable[[Town, dict[str, Any]], Awaitable[str]]]] = {
    "open311": _open311,
    "one by open311": _open311_one,
    "map": _map,
    "clusters of the map": _clusters,
    "one of the map": _one,
    "feed": _feed,
    "open data in csv": _csv,
    "open data in geojson": _geojson,
}
