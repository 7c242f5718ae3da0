# SPDX-License-Identifier: EUPL-1.2
"""What people allowed applications: they see it, take it back, and it is over at once."""

import json
import re
from typing import Any

import pytest
from counter import CITIZEN_SCOPES, Caller, at_the_desk, by_franceconnect
from fake_provider import citizen
from identity_town import Attempt, Browser, Town, answered
from joserfc import jwt
from local_people import registered

SCOPES = f"{CITIZEN_SCOPES} requests.requests.read"
OTHER = {"sub": "b" * 64 + "v1"}


async def claims_of(town: Town, token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, await town.parts.ring.published(), algorithms=["ES256"]).claims)


async def ended(town: Town) -> list[str]:
    rows = await town.rows("SELECT data FROM outbox WHERE type LIKE '%.session-revoked.v1' ORDER BY id")
    return [json.loads(row["data"])["session"] for row in rows]


async def audited(town: Town, action: str) -> list[dict[str, Any]]:
    rows = await town.rows(
        "SELECT actor, object, client_id, collectivity, details FROM audit_entry WHERE action = $1", action
    )
    return [dict(row) | {"details": json.loads(row["details"])} for row in rows]


async def allowed(town: Town, browser: Browser, attempt: Attempt, **fields: str) -> Caller:
    """The tokens of whoever is signed in in that browser, or signs in by FranceConnect."""
    page = await browser.follow(await browser.authorize(attempt))
    if "S’identifier avec" in page.text:
        page = await browser.click(page, "S’identifier avec FranceConnect")
    code = answered(await browser.submit(page, decision="allow", **fields))["code"]
    body = (await town.exchange(attempt, code)).json()
    return Caller(town, body["access_token"], body["refresh_token"])


async def test_a_person_sees_what_each_application_of_the_town_may_do(town: Town) -> None:
    await town.register("essai", type="public")
    await by_franceconnect(town, SCOPES, **OTHER)
    town.citizens.person = citizen()
    await allowed(town, town.browser(), Attempt(client_id="essai", scope="openid profile"))
    await allowed(town, town.browser(), Attempt(client_id="lutece-portal", scope="openid"))
    me = await allowed(town, town.browser(), Attempt(scope=SCOPES), remember="yes")
    items = (await me.get("/v1/me/consents")).json()["items"]
    assert [(item["client_id"], item["remembered"], item["current"]) for item in items] == [
        ("demo-portal", True, True),
        ("essai", False, False),
    ]
    assert items[1]["name"] == {"fr": "Guichet d'essai", "en": "Test desk"}
    assert items[1]["scopes"] == [
        {
            "scope": "openid",
            "description": {
                "fr": "vous reconnaître d'une visite à l'autre",
                "en": "recognise you from one visit to the next",
            },
        },
        {
            "scope": "profile",
            "description": {"fr": "connaître vos nom et prénoms", "en": "know your first and last names"},
        },
    ]
    assert [scope["scope"] for scope in items[0]["scopes"]] == SCOPES.split()


async def test_what_was_taken_back_ends_at_once_and_is_asked_again(town: Town) -> None:
    await town.register("essai", type="public")
    town.citizens.person = citizen()
    browser = town.browser()
    attempt = Attempt(client_id="essai", scope="openid identity.profile.read")
    theirs = await allowed(town, browser, attempt, remember="yes")
    asked_nothing = await browser.follow(await browser.authorize(attempt))
    assert answered(asked_nothing)["code"]
    me = await allowed(town, browser, Attempt(scope=SCOPES))
    assert (await theirs.get("/v1/me")).status_code == 200
    assert (await me.post("/v1/me/consents/essai/withdrawals", None)).status_code == 204
    assert (await theirs.get("/v1/me")).status_code == 401
    assert (await town.refresh(theirs.refresh_token, "essai")).json()["error"] == "invalid_grant"
    assert (await town.exchange(attempt, answered(asked_nothing)["code"])).json()["error"] == "invalid_grant"
    grants = {str(row["id"]) for row in await town.rows("SELECT id FROM token_grant WHERE client_id = 'essai'")}
    assert (await claims_of(town, theirs.token))["grant_id"] in grants
    assert set(await ended(town)) == grants, "and nothing of another application"
    assert [(await me.get(path)).status_code for path in ("/v1/me", "/v1/me/consents")] == [200, 200]
    assert (await town.refresh(me.refresh_token)).status_code == 200
    (kept,) = await audited(town, "consent-withdrawn")
    assert (kept["actor"], kept["object"], kept["client_id"]) == (await me.id(), "essai", "demo-portal")
    assert set(kept["details"]["grants"]) == grants
    again = await browser.follow(await browser.authorize(attempt))
    assert "Autoriser l’accès" in again.text
    assert [item["client_id"] for item in (await me.get("/v1/me/consents")).json()["items"]] == ["demo-portal"]
    assert (await me.post("/v1/me/consents/essai/withdrawals", None)).status_code == 404
    assert len(await audited(town, "consent-withdrawn")) == 1


async def test_one_s_own_application_may_be_the_one(town: Town) -> None:
    me = await by_franceconnect(town, SCOPES)
    assert (await me.post("/v1/me/consents/demo-portal/withdrawals", None)).status_code == 204
    assert (await me.get("/v1/me")).status_code == 401


@pytest.mark.parametrize("client", ["nobody-knows", "lutece-portal", "demo-backoffice"])
async def test_nothing_else_is_taken_back(town: Town, client: str) -> None:
    town.citizens.person = citizen()
    theirs = await allowed(town, town.browser(), Attempt(client_id="lutece-portal", scope=CITIZEN_SCOPES))
    me, desk = await by_franceconnect(town, SCOPES), await at_the_desk(town)
    assert (await me.post(f"/v1/me/consents/{client}/withdrawals", None)).status_code == 404
    assert await ended(town) == []
    assert (await theirs.get("/v1/me")).status_code == 200
    assert (await desk.post("/v1/account-searches", {"email": "x@example.fr"})).status_code == 200


async def test_another_person_s_consent_stays(town: Town) -> None:
    me, other = await by_franceconnect(town, SCOPES), await by_franceconnect(town, SCOPES, **OTHER)
    assert (await me.post("/v1/me/consents/demo-portal/withdrawals", None)).status_code == 204
    assert (await other.get("/v1/me")).status_code == 200
    assert (await town.refresh(other.refresh_token)).status_code == 200


async def test_each_act_needs_its_scope(town: Town) -> None:
    reading = await by_franceconnect(town, "openid identity.profile.read")
    assert (await reading.post("/v1/me/consents/demo-portal/withdrawals", None)).status_code == 403
    writing = await by_franceconnect(town, "openid identity.profile.write")
    assert (await writing.get("/v1/me/consents")).status_code == 403


async def test_a_refusal_is_kept(town: Town) -> None:
    me = await by_franceconnect(town, SCOPES)
    town.citizens.person = citizen()
    browser = town.browser()
    page = await browser.to_consent(Attempt(scope="openid profile"))
    assert answered(await browser.submit(page, decision="deny"))["error"] == "access_denied"
    (kept,) = await audited(town, "consent-refused")
    assert kept == {
        "actor": await me.id(),
        "object": "demo-portal",
        "client_id": "demo-portal",
        "collectivity": "paris",
        "details": {"scopes": ["openid", "profile"]},
    }


async def test_the_page_shows_all_towns_and_takes_back(town: Town) -> None:
    town.citizens.person = citizen()
    browser = town.browser()
    theirs = await allowed(town, browser, Attempt(client_id="lutece-portal", scope=CITIZEN_SCOPES), remember="yes")
    await allowed(town, browser, Attempt(scope="openid profile"))
    page = await browser.get("/account/consents")
    assert [re.findall(r"<h2[^>]*>([^<]+)</h2>", page.text), page.text.count("Retirer mon accord")] == [
        ["Portail de démonstration", "Portail de Lutèce"], 2,
    ]  # fmt: skip
    assert "modifier votre compte" in page.text
    assert "Lutèce, depuis le" in page.text
    after = await browser.follow(await browser.submit(page, client="lutece-portal"))
    assert after.text.count("Retirer mon accord") == 1
    assert (await theirs.get("/v1/me")).status_code == 401
    assert (await browser.submit(page, client="lutece-portal")).status_code == 303, "taken back already"
    none = await browser.follow(await browser.submit(page, client="demo-portal"))
    assert "Aucun service n’agit" in none.text
    english = town.browser(**{"accept-language": "en"})
    english.http.cookies.update(dict(browser.http.cookies))
    assert "No service acts with your consent now." in (await english.get("/account/consents")).text


async def test_a_form_of_another_site_takes_nothing_back(town: Town) -> None:
    browser = await registered(town)
    page = await browser.submit(await browser.follow(await browser.authorize(Attempt())), decision="allow")
    assert answered(page)["code"]
    forged = await browser.http.post("/account/consents", data={"client": "demo-portal"})
    assert forged.status_code == 400
    assert await ended(town) == []
    assert (await town.browser().get("/account/consents")).status_code == 401
