# SPDX-License-Identifier: EUPL-1.2
"""What people ask of the register about themselves, and what its agents settle."""

from typing import Any

import httpx
from notifications_alerts import Alerts
from notifications_town import HALL, STATION

from parvis_testing import Caller

MINE, REQUESTS, ENTRIES = "/v1/own-register-entries/mine", "/v1/register-requests", "/v1/register-entries"
ODETTE = {
    "ground": "age",
    "requested_by": "self",
    "given_names": "Odette",
    "family_name": "ROUX",
    "birth_on": "1938-04-02",
    "address": "1 rue de Rivoli",
    "email": "odette@example.org",
    "position": {"type": "Point", "coordinates": HALL},
    "words": "J'accepte d'être inscrite.",
}
CORRECTED = {name: value for name, value in ODETTE.items() if name not in {"position", "words"}}


def person(alerts: Alerts, town: str = "paris", **claims: Any) -> Caller:
    return alerts.town.post.service.citizen(town, **{"acr": "eidas1", **claims})


async def say(alerts: Alerts, who: Caller, **changes: Any) -> httpx.Response:
    return await alerts.town.client.put(MINE, json=ODETTE | changes, headers=who.headers)


async def mine(alerts: Alerts, who: Caller, method: str = "GET") -> httpx.Response:
    return await alerts.town.client.request(method, MINE, headers=who.headers)


async def asked(alerts: Alerts, by: Caller | None = None) -> list[dict[str, Any]]:
    return list((await alerts.read(REQUESTS, by))["items"])


async def settle(
    alerts: Alerts, request: dict[str, Any], how: str, body: dict[str, Any], by: Caller | None = None
) -> httpx.Response:
    headers = (by or alerts.second).headers
    headers |= {"If-Match": f'"{request["version"]}"', "Idempotency-Key": alerts.town.post.key()}
    return await alerts.town.client.post(f"{REQUESTS}/{request['id']}/{how}", json=body, headers=headers)


async def accept(alerts: Alerts, request: dict[str, Any], entry: str | None = None) -> httpx.Response:
    return await settle(alerts, request, "acceptances", {"entry_id": entry})


async def entered(alerts: Alerts, who: Caller) -> str:
    """Somebody who asked and was entered; their entry."""
    assert (await say(alerts, who)).status_code == 200
    answer = await accept(alerts, (await asked(alerts))[0])
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def by_an_agent(alerts: Alerts) -> str:
    headers = alerts.author.headers | {"Idempotency-Key": alerts.town.post.key()}
    body = ODETTE | {"address": "9 quai de la Rapée", "position": {"type": "Point", "coordinates": STATION}}
    answer = await alerts.town.client.post(ENTRIES, json=body | {"email": None}, headers=headers)
    assert answer.status_code == 201
    return str(answer.json()["id"])


async def acts(alerts: Alerts) -> list[str]:
    return [each["act"] for each in (await alerts.read("/v1/register-accesses"))["items"]]
