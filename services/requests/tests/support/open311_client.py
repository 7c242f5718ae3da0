# SPDX-License-Identifier: EUPL-1.2
"""A client of Open311 as the tests need it."""

from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import httpx
from open311_schemas import check
from requests_town import TOWN_HALL, Town

from parvis_requests.service.open311_keys import make_key

BASE = "/open311/v2"
PARIS = {"jurisdiction_id": "paris"}
REPORT = {
    "service_code": "cartons",
    "lat": str(TOWN_HALL[1]),
    "long": str(TOWN_HALL[0]),
    "attribute[blocks_pavement]": "true",
    "attribute[quantity]": "3",
    "description": "Des cartons mouillés <devant> le 4 & le 6",
    "first_name": "Amélie",
    "email": "amelie@example.org",
    "phone": "",
    **PARIS,
}


def tree_of(content: bytes) -> Element:
    return fromstring(content)  # noqa: S314 - written by our own service


def _checked(answer: httpx.Response) -> httpx.Response:
    if answer.headers["content-type"] == "application/json; charset=utf-8":
        check(answer)
    return answer


class Client:
    def __init__(self, town: Town, key: str, key_id: Any) -> None:
        self.town, self.key, self.key_id = town, key, key_id

    async def post(self, format_: str = "json", *, drop: str = "", **changes: Any) -> httpx.Response:
        form = {"api_key": self.key, **REPORT, **changes}
        form.pop(drop, None)
        return _checked(await self.town.client.post(f"{BASE}/requests.{format_}", data=form))

    async def get(self, path: str, **query: str) -> httpx.Response:
        return _checked(await self.town.client.get(f"{BASE}/{path}", params=PARIS | query))

    async def filed(self, **changes: Any) -> str:
        answer = await self.post(**changes)
        assert answer.status_code == 200, answer.text
        return str(answer.json()[0]["service_request_id"])


async def client_of(town: Town, collectivity: str = "paris") -> Client:
    async with town.service.runtime.database.unit_of_work() as uow:
        key_id, key = await make_key(uow.session, collectivity, "FixMyStreet", datetime.now(UTC))
        await uow.commit()
    return Client(town, key, key_id)
