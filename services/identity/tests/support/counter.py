# SPDX-License-Identifier: EUPL-1.2
"""The counter of the town hall: agents of two towns, the documents that they see, and citizens who call the API."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
from fake_provider import agent
from identity_town import Attempt, Browser, Town

DESK_SCOPES = (
    "openid identity.accounts.read identity.proofs.write identity.merges.read identity.merges.write"
    " identity.factors.write identity.erasures.write"
)
CITIZEN_SCOPES = "openid identity.profile.read identity.profile.write identity.erasures.write"
ANGELA: dict[str, Any] = {
    "given_names": "Angela Claire Louise",
    "family_name": "DUBOIS",
    "gender": "female",
    "birth": {"date": "1962-08-24", "place": "75107", "country": "99100"},
}
SEEN = ANGELA | {"document": "passport"}


@dataclass(frozen=True)
class Caller:
    """Somebody with an access token."""

    town: Town
    token: str
    refresh_token: str = ""

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        own = {"authorization": f"Bearer {self.token}", "idempotency-key": str(uuid4())}
        async with self.town.client() as http:
            return await http.request(method, path, json=body, headers=own | headers)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.call("GET", path, **headers)

    async def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return await self.call("POST", path, body, **headers)

    async def id(self) -> str:
        id_: str = (await self.get("/v1/me")).json()["id"]
        return id_


async def at_the_desk(
    town: Town, email: str = "sophie.lambert@paris.example", client: str = "demo-backoffice", scope: str = DESK_SCOPES
) -> Caller:
    """An agent: Sophie, who is a supervisor and an administrator too, unless said otherwise."""
    attempt = Attempt(client_id=client, scope=scope)
    siret = "99990000000017" if client.startswith("lutece") else "21750001600019"
    town.agents.person = agent(sub=f"agent {email}", email=email, siret=siret)
    code = await town.browser().code(attempt, "ProConnect")
    body = (await town.exchange(attempt, code)).json()
    return Caller(town, body["access_token"], body["refresh_token"])


async def by_franceconnect(town: Town, scope: str = CITIZEN_SCOPES, **person: Any) -> Caller:
    """A citizen who signed in by FranceConnect."""
    body = await town.tokens(Attempt(scope=scope), **person)
    return Caller(town, body["access_token"], body["refresh_token"])


async def token_in(town: Town, browser: Browser, scope: str = CITIZEN_SCOPES) -> Caller:
    """A token of whoever is signed in in that browser."""
    attempt = Attempt(scope=scope)
    answer = await browser.follow(await browser.authorize(attempt))
    if answer.status_code == 200:
        answer = await browser.submit(answer, decision="allow")
    code = httpx.URL(answer.headers["location"]).params["code"]
    body = (await town.exchange(attempt, code)).json()
    return Caller(town, body["access_token"], body["refresh_token"])


async def colleague(town: Town) -> Caller:
    """Camille, who is a supervisor now: the second agent of a merge."""
    email = "camille.moreau@paris.example"
    theirs = "invited_email_index = $1 OR person IN (SELECT id FROM person WHERE email_index = $1)"
    promoted = f"UPDATE membership SET roles = '{{supervisor}}' WHERE {theirs}"
    await town.rows(promoted, town.runtime.blind_index.of("email", email))
    return await at_the_desk(town, email)


async def merged(town: Town, desk: Caller, kept: str, absorbed: str, **changed: Any) -> httpx.Response:
    """Joined, after the time in which the people can object: what the second agent is answered."""
    body = {"kept": kept, "absorbed": absorbed, "reason": "civil-status-changed", "document": "identity-card"}
    prepared = await desk.post("/v1/account-merges", body | changed)
    assert prepared.status_code == 201, prepared.text
    id_ = prepared.json()["id"]
    await town.rows("UPDATE account_merge SET due_at = now() WHERE id::text = $1", id_)
    path, decision = f"/v1/account-merges/{id_}/decisions", {"decision": "carry-out"}
    return await (await colleague(town)).post(path, decision, **{"if-match": prepared.headers["etag"]})
