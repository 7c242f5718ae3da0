# SPDX-License-Identifier: EUPL-1.2
"""Mandates to an association: whoever represents it acts, seen by the mandator, and only as long as all that holds."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from behalf import ACCESS, BRUNO, GRANT, REQUESTS, acting, claims_of, refused
from counter import DESK_SCOPES, Caller, at_the_desk, by_franceconnect, merged
from identity_town import SYSTEM_SECRET, Town
from joserfc import jwt
from organisations import CANAL, ORGANISING, declared, joined, verified

SYSTEM: dict[str, Any] = {
    "collectivity": None,
    "audience": "system",
    "secret": SYSTEM_SECRET,
    "grant_types": ["client_credentials"],
    "redirect_uris": [],
    "scopes": ["identity.people.read"],
}
CHLOE = {"sub": "c" * 64 + "v1", "given_name": "Chloé", "family_name": "NOIR", "email": "chloe@example.fr"}


@pytest.fixture
async def angela(town: Town) -> Caller:
    return await by_franceconnect(town, ORGANISING)


@pytest.fixture
async def bruno(town: Town) -> Caller:
    return await by_franceconnect(town, ORGANISING, **BRUNO)


async def offered(mandator: Caller, **changed: Any) -> Any:
    body = {"scopes": REQUESTS.split(), "ends_at": (datetime.now(UTC) + timedelta(days=30)).isoformat()}
    return await mandator.post("/v1/me/mandates", body | {"organisation": "W751234567"} | changed)


async def mandated(mandator: Caller, representative: Caller) -> str:
    answer = await offered(mandator)
    assert answer.status_code == 201, answer.text
    accepted = await representative.post("/v1/me/mandate-acceptances", {"code": answer.json()["code"]})
    assert (accepted.status_code, accepted.json()["mandatary"]) == (200, None), accepted.text
    id_: str = answer.json()["id"]
    return id_


async def test_a_representative_acts_through_it_and_the_mandator_sees_who_and_through_what(
    town: Town, angela: Caller, bruno: Caller
) -> None:
    id_ = await verified(bruno)
    mandate = await mandated(angela, bruno)
    claims = await claims_of(town, await acting(town, bruno, "mandate", mandate))
    assert claims["sub"] == await angela.id()
    assert claims["act"] == {"sub": await bruno.id(), "kind": "citizen", "organisation": id_}
    (seen,) = (await angela.get("/v1/me/acts-on-behalf")).json()["items"]
    assert (seen["actor"], seen["organisation"], seen["organisation_name"]) == (
        await bruno.id(), id_, "Les Amis du canal",
    )  # fmt: skip
    for who, side in ((angela, "given"), (bruno, "received")):
        (shown,) = (await who.get("/v1/me/mandates")).json()["items"]
        assert (shown["side"], shown["status"], shown["organisation_name"]) == (side, "accepted", "Les Amis du canal")


async def test_only_a_representative_of_that_organisation_accepts_and_acts(
    town: Town, angela: Caller, bruno: Caller
) -> None:
    await verified(bruno)
    chloe = await by_franceconnect(town, ORGANISING, **CHLOE)
    await verified(chloe, CANAL | {"rna": "W759999999"})
    code = {"code": (await offered(angela)).json()["code"]}
    assert (await chloe.post("/v1/me/mandate-acceptances", code)).status_code == 404
    assert (await bruno.post("/v1/me/mandate-acceptances", code)).status_code == 200
    (mandate,) = (await bruno.get("/v1/me/mandates")).json()["items"]
    refused(await acting(town, chloe, "mandate", mandate["id"]))
    assert (await chloe.get("/v1/me/mandates")).json()["items"] == []
    member = await by_franceconnect(town, ORGANISING, **CHLOE)
    await joined(bruno, member, mandate["organisation"])
    refused(await acting(town, member, "mandate", mandate["id"]))
    await joined(bruno, member, mandate["organisation"], "representative")
    assert (await acting(town, member, "mandate", mandate["id"])).status_code == 200


async def test_an_organisation_that_nobody_verified_gets_no_mandate(angela: Caller, bruno: Caller) -> None:
    await declared(bruno)
    for number in ("W751234567", "73282932000074"):
        answer = await offered(angela, organisation=number)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/organisation")


async def ended(how: str, angela: Caller, bruno: Caller, organisation: str, mandate: str) -> str:
    """End it in one of four ways; the id of what is over."""
    ending, path = f"/v1/me/mandates/{mandate}/endings", f"/v1/organisations/{organisation}"
    match how:
        case "by the mandator":
            assert (await angela.post(ending, {})).status_code == 200
            return mandate
        case "given back":
            assert (await bruno.post(ending, {})).status_code == 200
            return mandate
        case "closed":
            assert (await bruno.post(f"{path}/closures", None, **{"if-match": '"2"'})).status_code == 200
            return organisation
    own: str = (await bruno.get("/v1/me/organisations")).json()["items"][0]["member_id"]
    await joined(bruno, angela, organisation, "representative")
    assert (await bruno.post(f"{path}/members/{own}/endings", None)).status_code == 204
    return own


@pytest.mark.parametrize("how", ["by the mandator", "given back", "closed", "left"])
async def test_all_that_it_rests_on_must_hold_and_its_end_reaches_every_service_and_introspection(
    town: Town, angela: Caller, bruno: Caller, how: str
) -> None:
    organisation = await verified(bruno)
    mandate = await mandated(angela, bruno)
    token = (await acting(town, bruno, "mandate", mandate)).json()["access_token"]
    assert await active(town, token)
    over = await ended(how, angela, bruno, organisation, mandate)
    refused(await acting(town, bruno, "mandate", mandate))
    told = await town.rows("SELECT data FROM outbox WHERE type = 'fr.parvis.identity.session-revoked.v1'")
    assert [json.loads(row["data"])["session"] for row in told] == [over]
    claims = jwt.decode(token, await town.parts.ring.published(), algorithms=["ES256"]).claims
    assert over in claims["rests_on"]
    assert not await active(town, token)


async def test_a_merge_ends_what_rested_on_the_absorbed_account(town: Town, angela: Caller, bruno: Caller) -> None:
    await verified(bruno)
    mandate = await mandated(angela, bruno)
    token = (await acting(town, bruno, "mandate", mandate)).json()["access_token"]
    other = await by_franceconnect(town, ORGANISING, **CHLOE)
    desk = await at_the_desk(town, scope=DESK_SCOPES)
    assert (await merged(town, desk, await other.id(), await angela.id())).status_code == 200
    told = await town.rows("SELECT data FROM outbox WHERE type = 'fr.parvis.identity.session-revoked.v1'")
    assert mandate in {json.loads(row["data"])["session"] for row in told}
    assert not await active(town, token)


async def test_a_service_that_hands_the_call_on_gets_a_token_that_rests_on_the_same(
    town: Town, angela: Caller, bruno: Caller
) -> None:
    await verified(bruno)
    token = (await acting(town, bruno, "mandate", await mandated(angela, bruno))).json()["access_token"]
    target, scope = "urn:parvis:notifications", "notifications.messages.read"
    changed = {"grant_types": ["client_credentials", GRANT], "scopes": [scope], "exchanges": [target]}
    await town.register("parvis-requests", **SYSTEM | changed)
    form = {
        "grant_type": GRANT,
        "subject_token": token,
        "subject_token_type": ACCESS,
        "resource": target,
        "scope": scope,
    }
    handed = await claims_of(town, await town.token(form, auth=("parvis-requests", SYSTEM_SECRET)))
    mine = jwt.decode(token, await town.parts.ring.published(), algorithms=["ES256"]).claims
    assert handed["rests_on"] == mine["rests_on"]
    assert handed["act"]["act"] == mine["act"]


async def active(town: Town, token: str) -> bool:
    await town.register("parvis-checks", **SYSTEM)
    answer = await town.post("/oauth2/introspect", {"token": token}, auth=("parvis-checks", SYSTEM["secret"]))
    assert answer.status_code == 200, answer.text
    found: bool = answer.json()["active"]
    return found
