# SPDX-License-Identifier: EUPL-1.2
"""Agents find accounts, attest documents and merge accounts: with scope and role, in their town, never unnoticed."""

import json
from typing import Any
from uuid import uuid4

import pytest
from counter import ANGELA, DESK_SCOPES, SEEN, Caller, at_the_desk, by_franceconnect, colleague, merged, token_in
from identity_town import Attempt, Town
from local_people import EMAIL, registered
from profile_people import trail

CAMILLE = "camille.moreau@paris.example"
NEW_NAME = {"sub": "n" * 64 + "v1", "family_name": "DUBOIS LEROY", "email": "leroy@example.fr"}


async def told(town: Town, type_: str) -> list[dict[str, Any]]:
    rows = await town.rows("SELECT data FROM outbox WHERE type = $1", f"fr.parvis.identity.{type_}.v1")
    return [json.loads(row["data"]) for row in rows]


async def prepared(desk: Caller, kept: str, absorbed: str, **changed: Any) -> Any:
    body = {"kept": kept, "absorbed": absorbed, "reason": "civil-status-changed", "document": "identity-card"}
    return await desk.post("/v1/account-merges", body | changed)


async def due(town: Town) -> None:
    """The people had their time to object."""
    await town.rows("UPDATE account_merge SET due_at = now()")


async def test_an_agent_finds_an_account_by_its_address_and_its_owner_can_see_it(town: Town) -> None:
    fc, desk = await by_franceconnect(town), await at_the_desk(town, CAMILLE)
    found = (await desk.post("/v1/account-searches", {"email": "Angela.Dubois@EXAMPLE.fr"})).json()["items"]
    assert [(item["id"], item["family_name"], item["proof"]["source"]) for item in found] == [
        (await fc.id(), "DUBOIS", "provider")
    ]
    assert [(e["person"], e["category"], e["collectivity"]) for e in await told(town, "data-accessed")] == [
        (await fc.id(), "account", "paris")
    ]
    assert (await desk.post("/v1/account-searches", {"email": "nobody@example.fr"})).json() == {"items": []}


async def test_an_agent_attests_a_document_and_keeps_no_number(town: Town) -> None:
    local = await token_in(town, await registered(town))
    desk = await at_the_desk(town, CAMILLE)
    path = f"/v1/people/{await local.id()}/identity-proofs"
    assert (await desk.post(path, SEEN | {"number": "12AB34567"})).status_code == 422
    answer = await desk.post(path, SEEN)
    assert (answer.status_code, answer.json()["source"], answer.json()["document"]) == (201, "document", "passport")
    me = (await local.get("/v1/me")).json()
    assert (me["family_name"], me["birth"]["place"], me["email"]) == ("DUBOIS", "75107", EMAIL)
    (found,) = (await desk.post("/v1/account-searches", {"email": EMAIL})).json()["items"]
    assert found["proof"]["document"] == "passport"
    assert await trail(town, "identity-attested") == [("identity-attested", {"document": ["passport"]})]
    (row,) = await town.rows("SELECT * FROM identity_proof WHERE ended_at IS NULL")
    assert (row["agent"], row["collectivity"]) == (await me_of(desk), "paris")


async def me_of(caller: Caller) -> Any:
    return (await caller.town.rows("SELECT person FROM membership WHERE person IS NOT NULL"))[0]["person"]


@pytest.mark.parametrize(
    "birth",
    [
        {"date": "1962-08", "place": "75107", "country": "99100"},
        {"date": "1962-02-30", "place": "75107", "country": "99100"},
        {"date": "1962-08-24", "place": None, "country": "99100"},
        {"date": "1962-08-24", "place": "Paris", "country": "99100"},
    ],
)
async def test_a_civil_status_that_is_not_whole_is_not_attested(town: Town, birth: dict[str, Any]) -> None:
    local, desk = await token_in(town, await registered(town)), await at_the_desk(town)
    answer = await desk.post(f"/v1/people/{await local.id()}/identity-proofs", SEEN | {"birth": birth})
    assert answer.status_code == 422
    assert await town.rows("SELECT 1 FROM identity_proof") == []


async def test_neither_citizens_nor_agents_of_another_town_attest_find_or_merge(town: Town) -> None:
    fc = await by_franceconnect(town)
    other = await by_franceconnect(town, **NEW_NAME)
    person, second = await fc.id(), await other.id()
    neighbour = await at_the_desk(town, "lucie.gaulois@lutece.example", "lutece-backoffice")
    assert (await neighbour.post(f"/v1/people/{person}/identity-proofs", SEEN)).status_code == 404
    assert (await neighbour.post("/v1/account-searches", {"email": "angela.dubois@example.fr"})).json()["items"] == []
    assert (await prepared(neighbour, person, second)).status_code == 404
    merge = (await prepared(await at_the_desk(town), person, second)).json()
    assert (await neighbour.get(f"/v1/account-merges/{merge['id']}")).status_code == 404
    decision = await neighbour.post(
        f"/v1/account-merges/{merge['id']}/decisions", {"decision": "carry-out"}, **{"if-match": '"1"'}
    )
    assert decision.status_code == 404
    assert await told(town, "account-merged") == []


async def test_each_act_needs_its_scope_and_its_role(town: Town) -> None:
    fc, other = await by_franceconnect(town), await by_franceconnect(town, **NEW_NAME)
    person, second = await fc.id(), await other.id()
    unscoped = await at_the_desk(town, scope="openid identity.profile.read")
    for path, body in (
        (f"/v1/people/{person}/identity-proofs", SEEN),
        ("/v1/account-searches", {"email": EMAIL}),
        ("/v1/account-merges", {}),
    ):
        assert (await unscoped.post(path, body)).json()["code"] == "insufficient-scope"
    agent = await at_the_desk(town, CAMILLE)
    assert (await prepared(agent, person, second)).json()["code"] == "insufficient-scope"
    await town.register("greedy-portal", type="public", scopes=DESK_SCOPES.split())
    citizen = Caller(town, (await town.tokens(Attempt(client_id="greedy-portal", scope=DESK_SCOPES)))["access_token"])
    assert (await citizen.post(f"/v1/people/{person}/identity-proofs", SEEN)).json()["code"] == "forbidden"
    assert (await citizen.post("/v1/account-searches", {"email": EMAIL})).json()["code"] == "forbidden"


async def test_nobody_is_attested_who_is_not_there(town: Town) -> None:
    desk = await at_the_desk(town)
    assert (await desk.post(f"/v1/people/{uuid4()}/identity-proofs", SEEN)).status_code == 404
    assert (await town.rows("SELECT count(*) AS n FROM identity_proof"))[0]["n"] == 0


async def test_a_merge_is_shown_before_it_is_done_and_told_after(town: Town) -> None:
    old, new = await by_franceconnect(town), await by_franceconnect(town, **NEW_NAME)
    kept, absorbed = await new.id(), await old.id()
    desk = await at_the_desk(town)
    answer = await prepared(desk, kept, absorbed)
    merge = answer.json()
    assert (answer.status_code, merge["state"], answer.headers["location"]) == (
        201, "prepared", f"/v1/account-merges/{merge['id']}",
    )  # fmt: skip
    assert merge["absorbed_side"] == {"links": 1, "sessions": 1, "local": False}
    assert (await old.get("/v1/me")).status_code == 200, "nothing has changed yet"
    path = f"/v1/account-merges/{merge['id']}/decisions"
    second = await colleague(town)
    await due(town)
    assert (await second.post(path, {"decision": "carry-out"})).status_code == 428
    assert (await second.post(path, {"decision": "carry-out"}, **{"if-match": '"7"'})).status_code == 412
    done = await second.post(path, {"decision": "carry-out"}, **{"if-match": answer.headers["etag"]})
    assert (done.status_code, done.json()["state"]) == (200, "done")
    assert done.json()["decided_by"] not in {None, merge["agent"]}
    (event,) = await told(town, "account-merged")
    assert (event["person"], event["into"]) == (absorbed, kept)
    assert len(await told(town, "session-revoked")) == 1
    trail = [row["action"] for row in await town.rows("SELECT action FROM audit_entry ORDER BY id")]
    assert [action for action in trail if "merge" in action] == ["merge-prepared", "accounts-merged"]
    assert (await old.get("/v1/me")).status_code == 401, "its sessions are over"
    assert await (await by_franceconnect(town)).id() == kept, "the old identity leads to the account that was kept"
    assert await (await by_franceconnect(town, **NEW_NAME)).id() == kept
    (row,) = await town.rows("SELECT * FROM person WHERE id = $1", absorbed)
    assert {row[name] for name in ("given_names", "family_name", "birth_date", "email", "email_index")} == {None}
    assert (await desk.post(path, {"decision": "discard"}, **{"if-match": '"2"'})).status_code == 412
    assert (await desk.get(f"/v1/account-merges/{merge['id']}")).json()["state"] == "done"


async def test_who_is_written_to_under_the_absorbed_account_is_reached(town: Town) -> None:
    old, new = await by_franceconnect(town), await by_franceconnect(town, **NEW_NAME)
    kept, absorbed = await new.id(), await old.id()
    desk = await at_the_desk(town)
    assert (await merged(town, desk, kept, absorbed)).status_code == 200
    auth = ("parvis-notifications", "n" * 40)
    machine = await town.internal.post("/oauth2/token", data={"grant_type": "client_credentials"}, auth=auth)
    headers = {"authorization": f"Bearer {machine.json()['access_token']}"}
    contact = await town.internal.get(f"/internal/v1/people/{absorbed}/contact", headers=headers)
    assert contact.json()["email"] == "leroy@example.fr"


async def test_what_cannot_be_merged_says_why(town: Town) -> None:
    fc, desk = await by_franceconnect(town), await at_the_desk(town)
    local = await token_in(town, await registered(town))
    person, own = await fc.id(), await local.id()
    agent = str(await me_of(desk))

    async def why(kept: str, absorbed: str) -> str:
        answer = await prepared(desk, kept, absorbed)
        assert (answer.status_code, answer.json()["code"]) == (409, "merge-impossible"), answer.text
        detail: str = answer.json()["detail"]
        return detail

    assert "mêmes comptes" in await why(person, person)
    assert "Gardez plutôt l'autre" in await why(person, own)
    assert "agent" in await why(person, agent)
    assert "deux comptes ont un mot de passe" in await why(
        own, await (await token_in(town, await registered(town, "deux@example.fr"))).id()
    )
    assert (await prepared(desk, person, str(uuid4()))).status_code == 404


async def test_accounts_that_changed_since_they_were_shown_are_shown_again(town: Town) -> None:
    old, new = await by_franceconnect(town), await by_franceconnect(town, **NEW_NAME)
    kept, absorbed = await new.id(), await old.id()
    desk = await at_the_desk(town)
    merge = (await prepared(desk, kept, absorbed)).json()
    await desk.post(f"/v1/people/{kept}/identity-proofs", SEEN)
    path = f"/v1/account-merges/{merge['id']}/decisions"
    await due(town)
    answer = await (await colleague(town)).post(path, {"decision": "carry-out"}, **{"if-match": '"1"'})
    assert (answer.status_code, answer.json()["code"]) == (409, "merge-impossible")
    assert (await desk.post(path, {"decision": "discard"}, **{"if-match": '"1"'})).json()["state"] == "discarded"
    assert [action for action, _ in await trail(town, "merge-prepared", "merge-discarded")] == [
        "merge-prepared",
        "merge-discarded",
    ]
    assert (await old.get("/v1/me")).json()["family_name"] == ANGELA["family_name"]
