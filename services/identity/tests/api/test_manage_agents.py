# SPDX-License-Identifier: EUPL-1.2
"""The life of agents: invited, given other duties, suspended, restored, gone; and what their roles open."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fake_provider import agent
from identity_town import Attempt, Town
from joserfc import jwt

from parvis_identity.domain.roles import MATRIX, Role

ADMIN = "openid identity.profile.read identity.agents.read identity.agents.write identity.audit.read"
NEW: dict[str, Any] = {
    "email": "Ines.Haddad@paris.example",
    "given_name": "Inès",
    "family_name": "Haddad",
    "roles": ["agent"],
    "teams": ["voirie-rive-droite"],
    "territories": ["arrondissement-18"],
}


@pytest.fixture
async def sophie(town: Town) -> str:
    """The access token of the administrator of Paris."""
    return await signed_in(town, "sophie.lambert@paris.example", "sophie")


async def signed_in(town: Town, email: str, sub: str, scope: str = ADMIN) -> str:
    answer = await attempted(town, email, sub, scope)
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["access_token"]
    return token


async def attempted(town: Town, email: str, sub: str, scope: str = ADMIN) -> httpx.Response:
    await town.register(
        "admin-desk",
        audience="agent",
        type="public",
        consent="implied",
        scopes=sorted({*ADMIN.split(), *scope.split()}),
    )
    attempt = Attempt(client_id="admin-desk", scope=scope)
    town.agents.person = agent(email=email, sub=sub)
    return await town.exchange(attempt, await town.browser().code(attempt, "ProConnect"))


async def call(town: Town, method: str, path: str, token: str, body: Any = None, **headers: str) -> httpx.Response:
    async with town.client() as http:
        given = {"authorization": f"Bearer {token}", **headers}
        return await http.request(method, path, json=body, headers=given)


async def invited(town: Town, token: str, **changed: Any) -> httpx.Response:
    return await call(town, "POST", "/v1/agents", token, NEW | changed, **{"idempotency-key": str(uuid4())})


async def claims(town: Town, token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, await town.parts.ring.published(), algorithms=["ES256"]).claims)


async def one(town: Town, token: str, role: str) -> dict[str, Any]:
    found = (await town.get(f"/v1/agents?role={role}", token)).json()["items"]
    assert len(found) == 1, found
    view: dict[str, Any] = found[0]
    return view


async def test_an_invited_agent_comes_in_and_is_seen(town: Town, sophie: str) -> None:
    answer = await invited(town, sophie)
    assert answer.status_code == 201, answer.text
    path, view = answer.headers["location"], answer.json()
    assert (view["status"], view["email"], view["given_name"]) == ("invited", NEW["email"], "Inès")
    token = await signed_in(town, "ines.haddad@paris.example", "ines", "openid requests.requests.read")
    said = await claims(town, token)
    assert (said["roles"], said["teams"], said["territories"]) == (
        ["agent"], ["voirie-rive-droite"], ["arrondissement-18"],
    )  # fmt: skip
    read = await town.get(path, sophie)
    assert (read.json()["status"], read.json()["person_id"]) == ("active", said["sub"])
    assert (await town.get(path, sophie, **{"if-none-match": read.headers["etag"]})).status_code == 304
    rows = await town.rows("SELECT profile, invited_email_index FROM membership WHERE id = $1", _uuid(path))
    assert b"Haddad" not in rows[0]["profile"], "sealed with a key of the agent's own"
    assert (await invited(town, sophie)).json()["code"] == "known-agent"


async def test_agents_are_listed_by_status_role_and_team_page_by_page(town: Town, sophie: str) -> None:
    for number in range(3):
        await invited(town, sophie, email=f"a{number}@paris.example", roles=["reader"], teams=[f"team-{number}"])
    seen: list[str] = []
    path = "/v1/agents?role=reader&limit=2"
    while path:
        page = (await town.get(path, sophie)).json()
        seen += [item["email"] for item in page["items"]]
        cursor = page["next_cursor"]
        path = f"/v1/agents?role=reader&limit=2&cursor={cursor}" if cursor else ""
    assert seen == ["a2@paris.example", "a1@paris.example", "a0@paris.example"]
    by_team = (await town.get("/v1/agents?team=team-1", sophie)).json()["items"]
    assert [item["email"] for item in by_team] == ["a1@paris.example"]
    active = (await town.get("/v1/agents?status=active", sophie)).json()["items"]
    assert [item["roles"] for item in active] == [["agent", "supervisor", "administrator"]]


async def test_other_duties_need_the_version_that_was_seen_and_reach_the_next_token(town: Town, sophie: str) -> None:
    path = (await invited(town, sophie)).headers["location"]
    scope = "openid requests.requests.read requests.requests.write identity.audit.read"
    tokens = (await attempted(town, "ines.haddad@paris.example", "ines", scope)).json()
    assert tokens["scope"] == "openid requests.requests.read requests.requests.write"
    other = {"roles": ["reader", "auditor"], "teams": [], "territories": []}
    assert (await call(town, "PUT", path, sophie, other)).status_code == 428
    assert (await call(town, "PUT", path, sophie, other, **{"if-match": '"7"'})).status_code == 412
    changed = await call(town, "PUT", path, sophie, other, **{"if-match": '"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    renewed = (await town.refresh(tokens["refresh_token"], "admin-desk")).json()
    assert renewed["scope"] == "identity.audit.read openid requests.requests.read"
    assert (await claims(town, renewed["access_token"]))["roles"] == ["reader", "auditor"]


async def test_suspension_ends_sessions_and_refresh_families_at_once(town: Town, sophie: str) -> None:
    path = (await invited(town, sophie)).headers["location"]
    tokens = (await attempted(town, "ines.haddad@paris.example", "ines")).json()
    taken = await call(town, "POST", f"{path}/transitions", sophie, {"action": "suspend"}, **{"if-match": '"1"'})
    assert (taken.status_code, taken.json()["status"]) == (200, "suspended"), taken.text
    assert (await town.refresh(tokens["refresh_token"], "admin-desk")).json()["error"] == "invalid_grant"
    assert (await town.get("/v1/me", tokens["access_token"])).status_code == 401, "its session is over"
    ended = await town.rows("SELECT 1 FROM outbox WHERE type = 'fr.parvis.identity.session-revoked.v1'")
    assert len(ended) == 1
    town.agents.person = agent(email="ines.haddad@paris.example", sub="ines")
    page = await town.browser().to_consent(Attempt(client_id="demo-backoffice"), "ProConnect")
    assert page.status_code == 403
    again = await call(town, "POST", f"{path}/transitions", sophie, {"action": "suspend"}, **{"if-match": '"2"'})
    assert again.status_code == 409
    await call(town, "POST", f"{path}/transitions", sophie, {"action": "restore"}, **{"if-match": '"2"'})
    assert await signed_in(town, "ines.haddad@paris.example", "ines")


async def test_who_has_gone_is_forgotten_by_name_and_can_be_invited_again(town: Town, sophie: str) -> None:
    path = (await invited(town, sophie)).headers["location"]
    await signed_in(town, "ines.haddad@paris.example", "ines")
    gone = await call(town, "POST", f"{path}/transitions", sophie, {"action": "end"}, **{"if-match": '"1"'})
    assert (gone.json()["status"], gone.json()["email"], gone.json()["family_name"]) == ("ended", None, None)
    back = await invited(town, sophie, roles=["reader"])
    assert (back.status_code, back.headers["location"], back.json()["status"]) == (201, path, "active")
    assert await signed_in(town, "ines.haddad@paris.example", "ines", "openid requests.requests.read")


async def test_the_last_administrator_stays(town: Town, sophie: str) -> None:
    her = await one(town, sophie, "administrator")
    path = f"/v1/agents/{her['id']}"
    await invited(town, sophie, roles=["administrator"])  # has never signed in: nobody could let anybody in
    for method, where, body in (
        ("PUT", path, {"roles": ["agent"]}),
        ("POST", f"{path}/transitions", {"action": "suspend"}),
        ("POST", f"{path}/transitions", {"action": "end"}),
    ):
        refused = await call(town, method, where, sophie, body, **{"if-match": '"1"'})
        assert (refused.status_code, refused.json()["code"]) == (409, "last-administrator")
    await signed_in(town, "ines.haddad@paris.example", "ines")
    assert (await call(town, "PUT", path, sophie, {"roles": ["agent"]}, **{"if-match": '"1"'})).status_code == 200


async def test_two_administrators_who_remove_each_other_at_once_leave_one(town: Town, sophie: str) -> None:
    other = await invited(town, sophie, roles=["administrator"])
    ines = await signed_in(town, "ines.haddad@paris.example", "ines")
    mine = next(
        a for a in (await town.get("/v1/agents?role=administrator", sophie)).json()["items"] if "agent" in a["roles"]
    )
    ends = [
        call(town, "POST", f"/v1/agents/{mine['id']}/transitions", ines, {"action": "end"}, **{"if-match": '"1"'}),
        call(
            town, "POST", f"{other.headers['location']}/transitions", sophie, {"action": "end"}, **{"if-match": '"1"'}
        ),
    ]
    answers = await asyncio.gather(*ends)
    assert sorted(answer.status_code for answer in answers) in ([200, 401], [200, 409])
    left = "SELECT 1 FROM membership WHERE ended_at IS NULL AND roles @> '{administrator}' AND collectivity = 'paris'"
    assert len(await town.rows(left)) == 1


async def test_nobody_but_an_administrator_changes_agents(town: Town, sophie: str) -> None:
    path = (await invited(town, sophie, roles=["supervisor"])).headers["location"]
    tokens = (await attempted(town, "ines.haddad@paris.example", "ines")).json()
    assert "identity.agents.read" in tokens["scope"].split()
    assert "identity.agents.write" not in tokens["scope"].split()
    assert (await invited(town, tokens["access_token"], email="x@paris.example")).status_code == 403
    assert (await town.get(path, tokens["access_token"])).status_code == 200
    citizen = town.service.citizen(scope=ADMIN)
    assert (await town.service.client.get("/v1/agents", headers=citizen.headers)).status_code == 403
    system = town.service.system(scope=ADMIN)
    assert (await town.service.client.get("/v1/agents", headers=system.headers)).status_code == 403
    assert (await town.service.client.get("/v1/audit-entries", headers=system.headers)).status_code == 401


async def test_an_agent_of_another_town_is_none_of_ours(town: Town, sophie: str) -> None:
    path = (await invited(town, sophie)).headers["location"]
    stranger = town.service.agent("lutece", roles=["administrator"], scope=ADMIN).headers
    for method, where in (("GET", path), ("PUT", path), ("POST", f"{path}/transitions")):
        body = {"roles": ["agent"]} if method == "PUT" else {"action": "end"}
        answer = await town.service.client.request(method, where, json=body, headers={**stranger, "if-match": '"1"'})
        assert answer.status_code == 404, answer.text
    seen = (await town.service.client.get("/v1/audit-entries?limit=100", headers=stranger)).json()["items"]
    assert seen
    (looked,) = await town.rows("SELECT collectivity FROM audit_entry WHERE action = $1", "audit-read")
    assert looked["collectivity"] == "lutece", "who reads the trail is in it"
    assert not [entry for entry in seen if path.rsplit("/", 1)[1] == entry["object"]["id"]]
    assert {entry["details"].get("scopes") is None or "lutece" in entry["object"]["id"] for entry in seen} == {True}


@pytest.mark.parametrize("role", list(Role))
async def test_a_token_carries_what_a_role_opens_and_no_more(town: Town, sophie: str, role: Role) -> None:
    await invited(town, sophie, roles=[role.value])
    everything = sorted(set().union(*MATRIX.values()))
    await town.register("all-desk", audience="agent", type="public", consent="implied", scopes=everything)
    attempt = Attempt(client_id="all-desk", scope=" ".join(everything))
    town.agents.person = agent(email=NEW["email"], sub="ines")
    tokens = (await town.exchange(attempt, await town.browser().code(attempt, "ProConnect"))).json()
    assert set(tokens["scope"].split()) == MATRIX[role]


async def test_a_wish_that_no_role_opens_gets_no_token(town: Town, sophie: str) -> None:
    await invited(town, sophie, roles=["reader"])
    answer = await attempted(town, "ines.haddad@paris.example", "ines", "identity.agents.write")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


async def test_each_step_is_told_and_auditors_read_it_page_by_page(town: Town, sophie: str) -> None:
    path = (await invited(town, sophie, roles=["auditor"])).headers["location"]
    ines = await signed_in(town, "ines.haddad@paris.example", "ines")
    await call(town, "POST", f"{path}/transitions", sophie, {"action": "suspend"}, **{"if-match": '"1"'})
    await call(town, "POST", f"{path}/transitions", sophie, {"action": "restore"}, **{"if-match": '"2"'})
    assert (await town.get("/v1/audit-entries", sophie)).status_code == 403, (
        "administrators do not read about themselves"
    )
    again = await signed_in(town, "ines.haddad@paris.example", "ines")
    listed = f"/v1/audit-entries?object_id={path.rsplit('/', 1)[1]}"
    page = (await town.get(f"{listed}&limit=2", again)).json()
    rest = (await town.get(f"{listed}&limit=2&cursor={page['next_cursor']}", again)).json()
    told = [*page["items"], *rest["items"]]
    assert [item["action"] for item in told] == ["agent-restored", "agent-suspended", "agent-bound", "agent-invited"]
    hers = (await claims(town, sophie))["sub"]
    assert told[0]["actor"] == {"kind": "agent", "id": hers, "client_id": "admin-desk"}
    assert told[-1]["details"]["roles"] == ["auditor"]
    ended = (await town.get(f"/v1/audit-entries?action=session-ended&actor={hers}", again)).json()["items"]
    assert len(ended) == 1
    assert ended[0]["details"]["reason"] == ["agent-suspended"]
    looks = (await town.get("/v1/audit-entries?action=audit-read", again)).json()["items"]
    assert len(looks) == 3, "each look before this one"
    assert (await town.get(f"{listed}&cursor=forged", again)).status_code == 400
    assert "haddad" not in str(told).lower()
    assert ines


def _uuid(path: str) -> UUID:
    return UUID(path.rsplit("/", 1)[1])
