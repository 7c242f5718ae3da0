# SPDX-License-Identifier: EUPL-1.2
"""Mandates: given, accepted, ended, and what a mandatary gets of them and does not."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from behalf import BRUNO, CITIZEN, REQUESTS, TYPE, acting, claims_of, mandated, refused
from counter import Caller, by_franceconnect
from identity_town import Town
from joserfc import jwt


@pytest.fixture
async def angela(town: Town) -> Caller:
    return await by_franceconnect(town, CITIZEN)


@pytest.fixture
async def bruno(town: Town) -> Caller:
    return await by_franceconnect(town, CITIZEN, **BRUNO)


async def test_a_mandatary_acts_within_the_mandate_and_both_see_it(town: Town, angela: Caller, bruno: Caller) -> None:
    mandate = await mandated(angela, bruno, scopes=["requests.requests.read"])
    claims = await claims_of(town, await acting(town, bruno, "mandate", mandate, scope="requests.requests.read"))
    assert (claims["sub"], claims["act"]) == (await angela.id(), {"sub": await bruno.id(), "kind": "citizen"})
    refused(await acting(town, bruno, "mandate", mandate), "invalid_scope")
    (seen,) = (await angela.get("/v1/me/acts-on-behalf")).json()["items"]
    assert (seen["ground"], seen["ground_id"], seen["actor"], seen["reason"]) == (
        "mandate", mandate, await bruno.id(), None,
    )  # fmt: skip
    given = (await angela.get("/v1/me/mandates")).json()["items"]
    received = (await bruno.get("/v1/me/mandates")).json()["items"]
    assert [(m["side"], m["status"]) for m in (*given, *received)] == [("given", "accepted"), ("received", "accepted")]
    assert "code" not in given[0]


async def test_an_ended_mandate_is_of_no_use_whoever_ends_it(town: Town, angela: Caller, bruno: Caller) -> None:
    for who in (angela, bruno):
        mandate = await mandated(angela, bruno)
        third = await by_franceconnect(town, CITIZEN, sub="c" * 64 + "v1")
        assert (await third.post(f"/v1/me/mandates/{mandate}/endings", {})).status_code == 404
        assert (await acting(town, bruno, "mandate", mandate)).status_code == 200
        assert (await who.post(f"/v1/me/mandates/{mandate}/endings", {})).json()["status"] == "ended"
        refused(await acting(town, bruno, "mandate", mandate))
        assert (await who.post(f"/v1/me/mandates/{mandate}/endings", {})).status_code == 404


async def test_a_mandate_ends_by_itself(town: Town, angela: Caller, bruno: Caller) -> None:
    end = datetime.now(UTC) + timedelta(minutes=2)
    mandate = await mandated(angela, bruno, ends_at=end.isoformat())
    assert (await acting(town, bruno, "mandate", mandate)).json()["expires_in"] <= 120
    with time_machine.travel(end + timedelta(seconds=1), tick=False):
        refused(await acting(town, bruno, "mandate", mandate))
        assert (await bruno.get("/v1/me/mandates")).json()["items"][0]["status"] == "expired"


async def test_a_mandate_is_another_s_only_once_they_accept(town: Town, angela: Caller, bruno: Caller) -> None:
    body = {"scopes": REQUESTS.split(), "ends_at": (datetime.now(UTC) + timedelta(days=90)).isoformat()}
    offered = (await angela.post("/v1/me/mandates", body)).json()
    refused(await acting(town, bruno, "mandate", offered["id"]))
    code = {"code": offered["code"]}
    assert (await angela.post("/v1/me/mandate-acceptances", code)).status_code == 404, "not by oneself"
    with time_machine.travel(datetime.now(UTC) + timedelta(days=15), tick=False):
        late = await by_franceconnect(town, CITIZEN, **BRUNO)
        assert (await late.post("/v1/me/mandate-acceptances", code)).status_code == 404
    assert (await bruno.post("/v1/me/mandate-acceptances", code)).status_code == 200
    third = await by_franceconnect(town, CITIZEN, sub="c" * 64 + "v1")
    assert (await third.post("/v1/me/mandate-acceptances", code)).status_code == 404, "once"
    refused(await acting(town, third, "mandate", offered["id"]))
    assert (await third.get("/v1/me/mandates")).json()["items"] == []


@pytest.mark.parametrize(
    ("scopes", "days"),
    [
        (["participation.ballots.write"], 1),
        (["identity.profile.read"], 1),
        (["requests.requests.read", "openid"], 1),
        (["requests.requests.read"], -1),
        (["requests.requests.read"], 366 * 6),
    ],
)
async def test_a_vote_and_the_account_itself_are_given_to_nobody(angela: Caller, scopes: list[str], days: int) -> None:
    body = {"scopes": scopes, "ends_at": (datetime.now(UTC) + timedelta(days=days)).isoformat()}
    answer = await angela.post("/v1/me/mandates", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "mandate-refused")


async def test_who_acts_for_somebody_acts_for_no_third(town: Town, angela: Caller, bruno: Caller) -> None:
    first = await mandated(angela, bruno)
    third = await by_franceconnect(town, CITIZEN, sub="c" * 64 + "v1")
    second = await mandated(bruno, third)
    as_bruno = Caller(town, (await acting(town, third, "mandate", second)).json()["access_token"])
    refused(await acting(town, as_bruno, "mandate", first))
    refused(await acting(town, third, "mandate", first))
    assert (await as_bruno.get("/v1/me/mandates")).status_code == 401, "the account stays out of reach"


async def test_what_the_actor_holds_not_itself_it_gets_for_nobody(town: Town, angela: Caller, bruno: Caller) -> None:
    mandate = await mandated(angela, bruno)
    reading = await by_franceconnect(town, "openid requests.requests.read", **BRUNO)
    refused(await acting(town, reading, "mandate", mandate), "invalid_scope")
    assert (await acting(town, reading, "mandate", mandate, scope="requests.requests.read")).status_code == 200
    refused(await acting(town, bruno, "mandate", mandate, scope="participation.ballots.write"), "invalid_scope")


@pytest.mark.parametrize(
    "changed",
    [
        {"actor_token": None},
        {"actor_token": "nonsense"},
        {"actor_token_type": None},
        {"actor_token_type": "urn:ietf:params:oauth:token-type:id_token"},
        {"subject_token": "nonsense"},
        {"subject_token": None},
        {"subject_token": str(uuid4())},
        {"subject_token_type": f"{TYPE}child"},
        {"subject_token_type": f"{TYPE}assisted-session"},
        {"client_id": "lutece-portal"},
    ],
)
async def test_a_request_that_does_not_fit_together_is_refused(
    town: Town, angela: Caller, bruno: Caller, changed: dict[str, str | None]
) -> None:
    refused(await acting(town, bruno, "mandate", await mandated(angela, bruno), **changed))


async def test_a_token_on_behalf_ends_with_the_session_of_who_acts(town: Town, angela: Caller, bruno: Caller) -> None:
    mandate = await mandated(angela, bruno)
    theirs = await claims_of(town, await acting(town, bruno, "mandate", mandate))
    mine = jwt.decode(bruno.token, await town.parts.ring.published(), algorithms=["ES256"]).claims
    assert (theirs["sid"], theirs["exp"] <= mine["exp"]) == (mine["sid"], True)
    await town.post("/oauth2/revoke", {"client_id": "demo-portal", "token": bruno.refresh_token})
    refused(await acting(town, bruno, "mandate", mandate))


async def test_each_act_is_in_the_audit_trail(town: Town, angela: Caller, bruno: Caller) -> None:
    mandate = await mandated(angela, bruno)
    await acting(town, bruno, "mandate", mandate)
    await angela.post(f"/v1/me/mandates/{mandate}/endings", {})
    trail = [row["action"] for row in await town.rows("SELECT action FROM audit_entry ORDER BY id")]
    kept = [action for action in trail if "mandate" in action or "behalf" in action]
    assert kept == ["mandate-offered", "mandate-accepted", "acted-on-behalf", "mandate-ended"]
