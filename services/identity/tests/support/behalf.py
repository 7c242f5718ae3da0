# SPDX-License-Identifier: EUPL-1.2
"""People who act for people: the exchange by which they do, and what comes before it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from counter import Caller
from identity_town import Town
from joserfc import jwt

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS = "urn:ietf:params:oauth:token-type:access_token"
TYPE = "urn:parvis:token-type:"
REQUESTS = "requests.requests.read requests.requests.write"
DESK = f"openid identity.assistance.write {REQUESTS} requests.attachments.write participation.polls.write"
CITIZEN = (
    "openid identity.profile.read identity.profile.write identity.mandates.read identity.mandates.write "
    f"{REQUESTS} participation.ballots.write"
)
BRUNO = {"sub": "b" * 64 + "v1", "given_name": "Bruno", "family_name": "PETIT", "email": "bruno@example.fr"}
CHILD = {"given_names": "Lou", "family_name": "DUBOIS", "birth_date": "2018-05-04"}
VISIT: dict[str, Any] = {"channel": "counter", "reason": "Ne peut pas se servir d'un écran"}
NEWCOMER = VISIT | {"newcomer": {"given_names": "Odette", "family_name": "ROUX"}}


async def acting(
    town: Town, actor: Caller, kind: str, id_: str, client: str = "demo-portal", /, **changed: str | None
) -> httpx.Response:
    form = {
        "grant_type": GRANT,
        "client_id": client,
        "subject_token": id_,
        "subject_token_type": f"{TYPE}{kind}",
        "actor_token": actor.token,
        "actor_token_type": ACCESS,
        "scope": REQUESTS,
        **changed,
    }
    return await town.token({name: value for name, value in form.items() if value is not None})


async def claims_of(town: Town, answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    return jwt.decode(answer.json()["access_token"], await town.parts.ring.published(), algorithms=["ES256"]).claims


def refused(answer: httpx.Response, error: str = "invalid_request") -> None:
    assert (answer.status_code, answer.json()["error"]) == (400, error), answer.text


async def mandated(mandator: Caller, mandatary: Caller, **changed: Any) -> str:
    body = {"scopes": REQUESTS.split(), "ends_at": (datetime.now(UTC) + timedelta(days=30)).isoformat()}
    offered = await mandator.post("/v1/me/mandates", body | changed)
    assert offered.status_code == 201, offered.text
    accepted = await mandatary.post("/v1/me/mandate-acceptances", {"code": offered.json()["code"]})
    assert (accepted.status_code, accepted.json()["status"], accepted.json()["side"]) == (200, "accepted", "received")
    id_: str = offered.json()["id"]
    return id_
