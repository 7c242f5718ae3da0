# SPDX-License-Identifier: EUPL-1.2
"""Where somebody is signed in, and the end of it."""

import json
import re
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fake_provider import citizen
from identity_town import Attempt, Town
from joserfc import jwt
from local_people import PASSWORD, Mailbox, ask, registered

SCOPE = "openid identity.profile.read identity.sessions.read identity.sessions.write"


async def post(town: Town, token: str, body: Any) -> httpx.Response:
    async with town.client() as http:
        headers = {"authorization": f"Bearer {token}"}
        return await http.post("/v1/me/session-endings", json=body, headers=headers)


async def tokens(town: Town, **person: Any) -> dict[str, Any]:
    return await town.tokens(Attempt(scope=SCOPE), **person)


async def told(town: Town) -> list[str]:
    """The sessions whose end was told, in the order of the telling."""
    rows = await town.rows(
        "SELECT aggregate_id, topic, data FROM outbox WHERE type LIKE '%.session-revoked.v1' ORDER BY id"
    )
    assert all(row["topic"] == "parvis.identity.session.v1" for row in rows)
    assert all(json.loads(row["data"])["session"] == str(row["aggregate_id"]) for row in rows)
    return [str(row["aggregate_id"]) for row in rows]


async def sid(town: Town, body: dict[str, Any]) -> str:
    keys = await town.parts.ring.published()
    return str(jwt.decode(body["access_token"], keys, algorithms=["ES256"]).claims["sid"])


async def test_a_person_sees_their_own_living_sessions(town: Town) -> None:
    first, second = await tokens(town), await tokens(town)
    await tokens(town, sub="b" * 64 + "v1")
    listed = (await town.get("/v1/me/sessions", second["access_token"])).json()["items"]
    assert [item["id"] for item in listed] == [await sid(town, second), await sid(town, first)]
    assert [item["current"] for item in listed] == [True, False]
    assert (listed[0]["provider"], listed[0]["acr"], listed[0]["kind"]) == ("franceconnect", "eidas1", "citizen")
    await town.rows(
        "UPDATE session SET last_seen_at = now() - interval '2 hours' WHERE id = $1", await sid(town, first)
    )
    assert len((await town.get("/v1/me/sessions", second["access_token"])).json()["items"]) == 1


async def test_one_session_ends_with_all_that_was_allowed_in_it(town: Town) -> None:
    first, second = await tokens(town), await tokens(town)
    answer = await post(town, second["access_token"], {"session_id": await sid(town, first)})
    assert (answer.status_code, answer.json()) == (200, {"ended": 1})
    assert await told(town) == [await sid(town, first)]
    assert (await town.refresh(first["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await town.refresh(second["refresh_token"])).status_code == 200
    again = await post(town, second["access_token"], {"session_id": await sid(town, first)})
    assert again.status_code == 404
    assert len(await told(town)) == 1


async def test_all_sessions_end_at_once_and_nobody_else_s(town: Town) -> None:
    first, second = await tokens(town), await tokens(town)
    other = await tokens(town, sub="b" * 64 + "v1")
    assert (await post(town, second["access_token"], {})).json() == {"ended": 2}
    assert sorted(await told(town)) == sorted([await sid(town, first), await sid(town, second)])
    assert (await town.refresh(other["refresh_token"])).status_code == 200
    assert (await post(town, second["access_token"], {})).status_code == 401, "its own session is over"


async def test_somebody_else_s_session_is_not_there(town: Town) -> None:
    mine, other = await tokens(town), await tokens(town, sub="b" * 64 + "v1")
    for id_ in (await sid(town, other), str(uuid4())):
        assert (await post(town, mine["access_token"], {"session_id": id_})).status_code == 404
    assert await told(town) == []


@pytest.mark.parametrize("body", [{"session_id": "x"}, {"sessions": []}, [], None])
async def test_what_cannot_be_understood_ends_nothing(town: Town, body: Any) -> None:
    token = (await tokens(town))["access_token"]
    assert (await post(town, token, body)).status_code == 422
    assert await told(town) == []


async def test_each_act_needs_its_scope_and_a_person(town: Town) -> None:
    reading = await town.tokens(Attempt(scope="openid identity.sessions.read"))
    assert (await post(town, reading["access_token"], {})).status_code == 403
    writing = await town.tokens(Attempt(scope="openid identity.sessions.write"))
    assert (await town.get("/v1/me/sessions", writing["access_token"])).status_code == 403


async def test_signing_out_is_told_once(town: Town) -> None:
    body = await tokens(town)
    browser = town.browser()
    town.citizens.person = citizen()
    await browser.code(Attempt())
    page = await browser.get("/logout")
    await browser.submit(page)
    await browser.get("/logout")
    assert len(await told(town)) == 1
    assert await sid(town, body) not in await told(town)


async def test_a_new_password_ends_every_session_and_says_so(town: Town) -> None:
    browser, box = await registered(town), Mailbox(town)
    await ask(browser, Attempt(extra={"prompt": "login"}), "Mot de passe oublié")
    await browser.submit(await browser.get(await box.link()), password=f"{PASSWORD} et du vent")
    rows = await town.rows("SELECT id FROM session")
    assert await told(town) == [str(row["id"]) for row in rows]


async def test_the_page_shows_and_ends_them(town: Town) -> None:
    town.citizens.person = citizen()
    here, there = town.browser(), town.browser()
    for browser in (here, there):
        await browser.code(Attempt())
    page = await here.get("/account/sessions")
    assert page.text.count("Par FranceConnect") == 2
    assert page.text.count("ce navigateur") == 1
    mine = re.search(r'value="([0-9a-f-]{36})">\s+<p id="s\d"><strong>[^<]+</strong> –', page.text)
    assert mine
    others = [id_ for id_ in re.findall(r'name="session" value="([^"]+)"', page.text) if id_ != mine[1]]
    ended = await here.follow(await here.submit(page, session=others[0]))
    assert ended.text.count("Par FranceConnect") == 1
    assert (await there.get("/account/sessions")).status_code == 401
    assert (await here.submit(page, session=others[0])).status_code == 303, "ended already"
    last = await here.submit(ended, session=mine[1])
    assert "Vous êtes déconnecté" in last.text
    assert "parvis-citizen" not in here.http.cookies
    assert await told(town) == [others[0], mine[1]]


async def test_a_form_of_another_site_ends_nothing(town: Town) -> None:
    town.citizens.person = citizen()
    browser = town.browser()
    await browser.code(Attempt())
    assert (await browser.http.post("/account/sessions", data={"session": ""})).status_code == 400
    assert await told(town) == []


async def test_who_signs_in_again_stays_in_one_session_that_ends_as_a_whole(town: Town) -> None:
    town.citizens.person = citizen()
    browser = town.browser()
    bodies = []
    for attempt in (Attempt(scope=SCOPE), Attempt(scope=SCOPE, extra={"prompt": "login"})):
        code = await browser.code(attempt)
        bodies.append((await town.exchange(attempt, code)).json())
    first, second = bodies
    assert await sid(town, first) == await sid(town, second)
    assert await told(town) == []
    assert (await town.refresh(first["refresh_token"])).status_code == 200, "another application is not signed out"
    assert len((await town.get("/v1/me/sessions", second["access_token"])).json()["items"]) == 1
    assert (await post(town, second["access_token"], {})).json() == {"ended": 1}
    assert (await town.refresh(second["refresh_token"])).json()["error"] == "invalid_grant"


async def test_the_cookie_from_before_signing_in_again_is_worth_nothing(town: Town) -> None:
    town.citizens.person = citizen()
    browser, thief = town.browser(), town.browser()
    await browser.code(Attempt())
    thief.http.cookies.update(dict(browser.http.cookies))
    assert "Par FranceConnect" in (await thief.get("/account/sessions")).text
    await browser.code(Attempt(extra={"prompt": "login"}))
    assert "Par FranceConnect" not in (await thief.get("/account/sessions")).text


async def test_another_person_in_the_same_browser_ends_the_session_of_the_first(town: Town) -> None:
    town.citizens.person = citizen()
    browser, attempt = town.browser(), Attempt(scope=SCOPE)
    first = (await town.exchange(attempt, await browser.code(attempt))).json()
    town.citizens.person = citizen(sub="b" * 64 + "v1")
    other = Attempt(scope=SCOPE, extra={"prompt": "login"})
    second = (await town.exchange(other, await browser.code(other))).json()
    assert await told(town) == [await sid(town, first)]
    assert await sid(town, second) != await sid(town, first)
    assert (await town.refresh(first["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await town.refresh(second["refresh_token"])).status_code == 200
