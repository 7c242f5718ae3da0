# SPDX-License-Identifier: EUPL-1.2
"""Agents who assist people, and parents who act for children: what they get, what they do not, and who sees it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from behalf import BRUNO, CHILD, CITIZEN, DESK, NEWCOMER, REQUESTS, VISIT, acting, claims_of, refused
from counter import Caller, at_the_desk, by_franceconnect, merged
from identity_town import Town

from parvis_identity.domain.behalf import of_age_at


@pytest.fixture
async def angela(town: Town) -> Caller:
    return await by_franceconnect(town, CITIZEN)


@pytest.fixture
async def bruno(town: Town) -> Caller:
    return await by_franceconnect(town, CITIZEN, **BRUNO)


async def test_an_agent_assists_somebody_with_an_account_who_sees_it(town: Town, angela: Caller) -> None:
    desk = await at_the_desk(town, scope=DESK)
    begun = (await desk.post("/v1/assisted-sessions", VISIT | {"person": await angela.id()})).json()
    claims = await claims_of(town, await acting(town, desk, "assisted-session", begun["id"], "demo-backoffice"))
    agent = (await town.rows("SELECT person FROM membership WHERE person IS NOT NULL"))[0]["person"]
    assert (claims["sub"], claims["kind"], claims["act"]) == (
        await angela.id(), "citizen", {"sub": str(agent), "kind": "agent"},
    )  # fmt: skip
    assert (claims["aud"], claims["collectivity"]) == (["parvis-requests"], "paris")
    assert "acr" not in claims
    (seen,) = (await angela.get("/v1/me/acts-on-behalf")).json()["items"]
    assert (seen["ground"], seen["actor"], seen["actor_kind"], seen["channel"], seen["reason"]) == (
        "assisted", str(agent), "agent", "counter", VISIT["reason"],
    )  # fmt: skip
    assert seen["scopes"] == REQUESTS.split()


async def test_somebody_without_account_is_assisted_and_nobody_signs_in_as_them(town: Town) -> None:
    desk = await at_the_desk(town, scope=DESK)
    answer = await desk.post("/v1/assisted-sessions", NEWCOMER)
    begun = answer.json()
    assert answer.status_code == 201, answer.text
    claims = await claims_of(town, await acting(town, desk, "assisted-session", begun["id"], "demo-backoffice"))
    assert claims["sub"] == begun["person"]
    assert await town.rows("SELECT 1 FROM identity_link WHERE person::text = $1", begun["person"]) == []
    (row,) = await town.rows("SELECT reason FROM assistance")
    assert VISIT["reason"].encode() not in row["reason"]


@pytest.mark.parametrize(
    "body", [VISIT, NEWCOMER | {"person": str(uuid4())}, NEWCOMER | {"channel": "post"}, NEWCOMER | {"reason": ""}]
)
async def test_an_assisted_session_says_who_where_and_why(town: Town, body: dict[str, Any]) -> None:
    desk = await at_the_desk(town, scope=DESK)
    assert (await desk.post("/v1/assisted-sessions", body)).status_code == 422


async def test_assistance_ends_with_its_time_or_the_visit_and_is_the_agent_s_own(town: Town) -> None:
    colleague = await at_the_desk(town, "camille.moreau@paris.example", scope=DESK)
    desk = await at_the_desk(town, scope=DESK)  # last: it is her whom ProConnect vouches for again
    begun = (await desk.post("/v1/assisted-sessions", NEWCOMER)).json()
    ending = f"/v1/assisted-sessions/{begun['id']}/endings"
    refused(await acting(town, colleague, "assisted-session", begun["id"], "demo-backoffice"))
    assert (await colleague.post(ending, {})).status_code == 404
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=28), tick=False):
        late = Caller(town, (await town.refresh(desk.refresh_token, "demo-backoffice")).json()["access_token"])
        answer = await acting(town, late, "assisted-session", begun["id"], "demo-backoffice")
        assert answer.json()["expires_in"] <= 120, "no longer than the half hour"
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=31), tick=False):
        refused(await acting(town, late, "assisted-session", begun["id"], "demo-backoffice"))
    assert (await desk.post(ending, {})).status_code == 204
    refused(await acting(town, desk, "assisted-session", begun["id"], "demo-backoffice"))


async def test_an_agent_of_another_town_assists_nobody_of_this_one(town: Town, angela: Caller) -> None:
    neighbour = await at_the_desk(town, "lucie.gaulois@lutece.example", "lutece-backoffice", DESK)
    answer = await neighbour.post("/v1/assisted-sessions", VISIT | {"person": await angela.id()})
    assert answer.status_code == 404
    desk = await at_the_desk(town, scope=DESK)
    begun = (await desk.post("/v1/assisted-sessions", VISIT | {"person": await angela.id()})).json()
    refused(await acting(town, neighbour, "assisted-session", begun["id"], "lutece-backoffice"))
    assert (await angela.get("/v1/me/acts-on-behalf")).json()["items"] == []


async def test_a_citizen_assists_nobody(town: Town, angela: Caller) -> None:
    desk = await at_the_desk(town, scope=DESK)
    begun = (await desk.post("/v1/assisted-sessions", NEWCOMER)).json()
    refused(await acting(town, angela, "assisted-session", begun["id"]))
    assert (await angela.post("/v1/assisted-sessions", NEWCOMER)).status_code == 403


async def test_a_parent_acts_for_a_minor_child_only(town: Town, angela: Caller, bruno: Caller) -> None:
    answer = await angela.post("/v1/me/children", CHILD)
    child = answer.json()
    assert (answer.status_code, child["proof"]) == (201, "declared")
    claims = await claims_of(town, await acting(town, angela, "child", child["id"]))
    assert (claims["sub"], claims["act"]) == (child["id"], {"sub": await angela.id(), "kind": "citizen"})
    refused(await acting(town, bruno, "child", child["id"]))
    (seen,) = (await angela.get("/v1/me/acts-on-behalf")).json()["items"]
    assert (seen["ground"], seen["person"]) == ("parent", child["id"])
    assert (await bruno.get("/v1/me/acts-on-behalf")).json()["items"] == []
    assert (await bruno.post(f"/v1/me/children/{child['id']}/removals", {})).status_code == 404
    assert (await angela.post(f"/v1/me/children/{child['id']}/removals", {})).status_code == 204
    refused(await acting(town, angela, "child", child["id"]))
    assert (await angela.get("/v1/me/children")).json()["items"] == []
    (kept,) = (await angela.get("/v1/me/acts-on-behalf")).json()["items"]
    assert kept == seen, "what was done stays to be seen"


async def test_what_is_done_for_a_child_after_it_has_left_is_not_the_parent_s_to_see(
    town: Town, angela: Caller
) -> None:
    child = (await angela.post("/v1/me/children", CHILD)).json()["id"]
    assert (await angela.post(f"/v1/me/children/{child}/removals", {})).status_code == 204
    desk = await at_the_desk(town, scope=DESK)
    begun = (await desk.post("/v1/assisted-sessions", VISIT | {"person": child})).json()
    assert (await acting(town, desk, "assisted-session", begun["id"], "demo-backoffice")).status_code == 200
    assert (await angela.get("/v1/me/acts-on-behalf")).json()["items"] == []


async def test_nobody_acts_for_a_child_who_has_come_of_age(town: Town, angela: Caller) -> None:
    # Of age in two or three days, by the leap years between.
    soon = datetime.now(UTC).date() - timedelta(days=365 * 18 + 2)
    child = (await angela.post("/v1/me/children", CHILD | {"birth_date": soon.isoformat()})).json()
    assert (await acting(town, angela, "child", child["id"])).status_code == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(days=6), tick=False):
        late = await by_franceconnect(town, CITIZEN)
        refused(await acting(town, late, "child", child["id"]))
    for wrong in ("1990-01-01", "2999-01-01", "2018-02-30"):
        assert (await angela.post("/v1/me/children", CHILD | {"birth_date": wrong})).status_code == 422


async def test_a_child_comes_of_age_at_midnight_of_the_town(town: Town, angela: Caller) -> None:
    tahiti = ZoneInfo("Pacific/Tahiti")
    await town.rows(
        "INSERT INTO collectivity_look (collectivity, time_zone, version, updated_at)"
        " SELECT collectivity, 'Pacific/Tahiti', 1, now() FROM collectivity ON CONFLICT (collectivity)"
        " DO UPDATE SET time_zone = 'Pacific/Tahiti'"
    )
    born = (datetime.now(tahiti).date() - timedelta(days=365 * 18 + 2)).isoformat()
    child = (await angela.post("/v1/me/children", CHILD | {"birth_date": born})).json()["id"]
    midnight = of_age_at(born, tahiti)
    with time_machine.travel(midnight - timedelta(minutes=5), tick=False):
        before = await acting(town, await by_franceconnect(town, CITIZEN), "child", child)
        assert (before.status_code, before.json()["expires_in"]) == (200, 300), "a token ends with the minority"
    with time_machine.travel(midnight, tick=False):
        refused(await acting(town, await by_franceconnect(town, CITIZEN), "child", child))


async def test_who_writes_to_a_child_reaches_the_parent(town: Town, angela: Caller) -> None:
    child = (await angela.post("/v1/me/children", CHILD)).json()["id"]
    assert (await contact_of(town, child))["email"] == "angela.dubois@example.fr"
    assert (await angela.post(f"/v1/me/children/{child}/removals", {})).status_code == 204
    assert (await contact_of(town, child))["email"] is None, "no longer: the parent has nothing to do with it any more"


async def contact_of(town: Town, person: str) -> dict[str, Any]:
    auth = ("parvis-notifications", "n" * 40)
    machine = await town.internal.post("/oauth2/token", data={"grant_type": "client_credentials"}, auth=auth)
    headers = {"authorization": f"Bearer {machine.json()['access_token']}"}
    found: dict[str, Any] = (await town.internal.get(f"/internal/v1/people/{person}/contact", headers=headers)).json()
    return found


async def test_a_merge_moves_children_and_what_was_done_on_behalf(town: Town, angela: Caller) -> None:
    child, gone = [(await angela.post("/v1/me/children", CHILD)).json()["id"] for _ in range(2)]
    desk = await at_the_desk(town, scope=f"{DESK} identity.merges.write")
    begun = (await desk.post("/v1/assisted-sessions", VISIT | {"person": await angela.id()})).json()
    for actor, kind, id_, client in (
        (desk, "assisted-session", begun["id"], "demo-backoffice"),
        (angela, "child", child, "demo-portal"),
        (angela, "child", gone, "demo-portal"),
    ):
        assert (await acting(town, actor, kind, id_, client)).status_code == 200
    await angela.post(f"/v1/me/children/{gone}/removals", {})
    before = (await angela.get("/v1/me/acts-on-behalf")).json()["items"]
    renamed = await by_franceconnect(town, CITIZEN, sub="n" * 64 + "v1", family_name="LEROY", email="leroy@example.fr")
    assert (await merged(town, desk, await renamed.id(), await angela.id())).status_code == 200
    after = (await renamed.get("/v1/me/acts-on-behalf")).json()["items"]
    assert [(act["id"], act["ground"], act["reason"]) for act in after] == [
        (act["id"], act["ground"], act["reason"]) for act in before
    ]
    assert [act["person"] for act in after] == [gone, child, await renamed.id()]
    refused(await acting(town, desk, "assisted-session", begun["id"], "demo-backoffice"))
    assert [kept["id"] for kept in (await renamed.get("/v1/me/children")).json()["items"]] == [child]
    claims = await claims_of(town, await acting(town, renamed, "child", child))
    assert (claims["sub"], claims["act"]["sub"]) == (child, await renamed.id())
    assert (await contact_of(town, child))["email"] == "leroy@example.fr"


async def test_a_child_whose_file_went_into_an_account_has_no_parent_any_more(town: Town, angela: Caller) -> None:
    child = (await angela.post("/v1/me/children", CHILD)).json()["id"]
    own = {"given_name": "Lou", "family_name": "DUBOIS", "birthdate": CHILD["birth_date"]}
    grown = await by_franceconnect(town, CITIZEN, **BRUNO | own)
    desk = await at_the_desk(town, scope=f"{DESK} identity.merges.write")
    assert (await merged(town, desk, await grown.id(), child, reason="duplicate")).status_code == 200
    refused(await acting(town, angela, "child", child))
    assert (await angela.get("/v1/me/children")).json()["items"] == []
