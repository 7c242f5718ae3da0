# SPDX-License-Identifier: EUPL-1.2
"""A town's directory that provisions agents and teams by SCIM."""

from typing import Any

import httpx
from fake_provider import agent
from identity_town import Attempt, Town

SCIM = "/scim/v2"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ENTRA = {
    "schemas": [USER, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
    "externalId": "ines.haddad",
    "userName": "Ines.Haddad@paris.example",
    "active": True,
    "displayName": "Inès Haddad",
    "emails": [{"primary": True, "type": "work", "value": "Ines.Haddad@paris.example"}],
    "name": {"formatted": "Inès Haddad", "givenName": "Inès", "familyName": "Haddad"},
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Voirie"},
}


class Directory:
    """A directory with its token."""

    def __init__(self, town: Town, collectivity: str = "paris", **claims: Any) -> None:
        claims = {"scope": "identity.scim.write", "client_id": f"{collectivity}-directory"} | claims
        self.headers = town.service.system(collectivity, **claims).headers
        self.http = town.service.client

    async def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        given = {**self.headers, "content-type": "application/scim+json", **headers}
        return await self.http.request(method, f"{SCIM}{path}", json=body, headers=given)

    async def made(self, **changed: Any) -> dict[str, Any]:
        answer = await self("POST", "/Users", ENTRA | changed)
        assert answer.status_code == 201, answer.text
        view: dict[str, Any] = answer.json()
        return view

    async def patched(self, path: str, *operations: dict[str, Any], **headers: str) -> httpx.Response:
        return await self("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)}, **headers)


def error_of(answer: httpx.Response, status: int, scim_type: str | None = None) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/scim+json"
    body = answer.json()
    assert body["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert (body["status"], body.get("scimType")) == (str(status), scim_type)


async def attempted(town: Town, email: str = "ines.haddad@paris.example") -> httpx.Response:
    attempt = Attempt(client_id="demo-backoffice", scope="openid requests.requests.read")
    town.agents.person = agent(email=email, sub="ines")
    return await town.exchange(attempt, await town.browser().code(attempt, "ProConnect"))
