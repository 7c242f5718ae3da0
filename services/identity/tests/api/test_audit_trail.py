# SPDX-License-Identifier: EUPL-1.2
"""Who did what is in the audit trail, also who looked, was refused or was held back; what they typed never is."""

import json
from typing import Any

import pytest
from behalf import CHILD, CITIZEN, DESK, NEWCOMER
from counter import Caller, at_the_desk, by_franceconnect
from identity_town import Attempt, Town
from key_holder import PRESENT
from local_people import EMAIL, PASSWORD, registered, sign_in, to_local_login
from passkey_people import added, sign_in_by_key, to_passkey_login

from parvis_identity.domain.throttle import BY_ACCOUNT
from parvis_identity.domain.totp import code_of


async def lines(town: Town, *actions: str) -> list[dict[str, Any]]:
    """The entries of these actions, with their details."""
    rows = await town.rows("SELECT * FROM audit_entry WHERE action = ANY($1) ORDER BY id", list(actions))
    return [dict(row) | {"details": json.loads(row["details"])} for row in rows]


async def own_id(town: Town) -> str:
    (row,) = await town.rows("SELECT person FROM local_account")
    return str(row["person"])


@pytest.fixture
async def angela(town: Town) -> Caller:
    return await by_franceconnect(town, CITIZEN)


async def test_children_who_come_into_a_household_and_leave_it(town: Town, angela: Caller) -> None:
    child = (await angela.post("/v1/me/children", CHILD)).json()["id"]
    assert (await angela.post("/v1/me/children", CHILD | {"birth": {"date": "1990-01-01"}})).status_code == 422
    assert (await angela.post(f"/v1/me/children/{child}/removals", {})).status_code == 204
    found = await lines(town, "child-declared", "child-removed")
    assert [line["action"] for line in found] == ["child-declared", "child-removed"]
    assert {(line["actor"], line["object"], line["collectivity"]) for line in found} == {
        (await angela.id(), child, "paris")
    }
    assert {line["client_id"] for line in found} == {"demo-portal"}


async def test_an_agent_s_search_says_by_what_and_who_was_found_and_never_the_address(
    town: Town, angela: Caller
) -> None:
    desk = await at_the_desk(town, scope="openid identity.accounts.read")
    for email in ("angela.dubois@example.fr", "nobody@example.fr"):
        assert (await desk.post("/v1/account-searches", {"email": email})).status_code == 200
    hit, miss = await lines(town, "accounts-searched")
    assert hit["details"] == {"by": ["email"], "found": [await angela.id()]}
    assert miss["details"] == {"by": ["email"], "found": []}
    agent = (await town.rows("SELECT person FROM membership WHERE person IS NOT NULL"))[0]["person"]
    assert (hit["actor_kind"], hit["actor"], hit["client_id"]) == ("agent", str(agent), "demo-backoffice")
    assert await town.rows("SELECT 1 FROM audit_entry WHERE audit_entry::text LIKE '%example%'") == []


async def test_a_service_that_reads_where_somebody_is_reached(town: Town, angela: Caller) -> None:
    path = f"/internal/v1/people/{await angela.id()}/contact?collectivity=lutece"
    form, secret = {"grant_type": "client_credentials"}, ("parvis-notifications", "n" * 40)
    token = (await town.internal.post("/oauth2/token", data=form, auth=secret)).json()["access_token"]
    assert (await town.internal.get(path, headers={"authorization": f"Bearer {token}"})).status_code == 200
    (line,) = await lines(town, "contact-read")
    assert (line["actor_kind"], line["actor"], line["object"], line["collectivity"]) == (
        "system", "parvis-notifications", await angela.id(), "lutece",
    )  # fmt: skip
    assert line["details"] == {"read": ["contact"]}
    path += "&postal=true"
    assert (await town.internal.get(path, headers={"authorization": f"Bearer {token}"})).status_code == 200
    assert [each["details"] for each in await lines(town, "contact-read")] == [
        {"read": ["contact"]}, {"read": ["postal-contact"]},
    ]  # fmt: skip
    told = await town.rows("SELECT data->>'category' AS category FROM outbox WHERE type LIKE '%.data-accessed.v1'")
    assert sorted(row["category"] for row in told) == ["contact", "postal-contact"]


async def test_a_second_factor_that_is_not_the_right_one(town: Town) -> None:
    browser = await registered(town)
    page = await browser.get("/account/second-factor")
    secret = bytes.fromhex(page.text.split('name="secret" value="')[1].split('"')[0])
    (row,) = await town.rows("SELECT extract(epoch FROM now())::bigint / 30 AS step")
    done = await browser.submit(page, password=PASSWORD, code=code_of(secret, row["step"]))
    assert done.status_code == 200
    login, attempt = town.browser(), Attempt()
    asked = await sign_in(login, attempt)
    for wrong in ("000000", "0000-0000-0000"):
        asked = await login.submit(asked, code=wrong)
        assert asked.status_code == 422
    settings = await browser.get("/account/second-factor")
    assert (await browser.submit(settings, password=PASSWORD, code="000000")).status_code == 422
    assert (await browser.submit(settings, password="not this one", code="000000")).status_code == 422
    refused = await lines(town, "second-factor-refused")
    assert [line["details"]["code"] for line in refused] == [["application"], ["paper"], ["application"]]
    assert {(line["object"], line["collectivity"]) for line in refused} == {(await own_id(town), "paris")}
    (password,) = await lines(town, "password-refused")
    assert (password["actor_kind"], password["actor"]) == ("citizen", await own_id(town))
    told = "details::text LIKE '%000000%' OR details::text LIKE '%0000-0000-0000%'"
    assert await town.rows(f"SELECT 1 FROM audit_entry WHERE {told}") == []
    assert [line["action"] for line in await lines(town, "second-factor-added")] == ["second-factor-added"]


async def test_a_passkey_that_does_not_hold_names_the_account_where_it_is_known(town: Town) -> None:
    holder = await added(await registered(town))
    holder.flags = PRESENT
    assert (await sign_in_by_key(town.browser(), Attempt(), holder)).status_code == 422
    stranger = town.browser()
    page = await to_passkey_login(stranger, Attempt())
    assert (await stranger.submit(page, credential="{}")).status_code == 422
    found = await lines(town, "passkey-refused")
    assert [(line["actor"], line["object"]) for line in found] == [("*", await own_id(town)), ("*", "*")]


async def test_who_is_held_back_is_told_once_a_wait_however_often_they_come(town: Town) -> None:
    await registered(town)
    browser = town.browser()
    page = await to_local_login(browser, Attempt())
    for _ in range(BY_ACCOUNT.free + 1):
        await browser.submit(page, email=EMAIL, password="certainly not this one")
    for expected in (1, 2):
        # A wait of an hour, then another one: nothing here depends on how fast it is.
        await town.rows(
            "UPDATE login_attempt SET blocked_until = now() + $1 * interval '1 hour'"
            " WHERE blocked_until > updated_at RETURNING 1",
            expected,
        )
        for _ in range(3):
            held = await browser.submit(page, email=EMAIL, password="certainly not this one")
            assert held.status_code == 429
        assert len(await lines(town, "attempts-held-back")) == expected
    first, second = await lines(town, "attempts-held-back")
    assert (first["actor"], first["object_kind"], first["object"]) == ("*", "account", second["object"])
    assert len(await lines(town, "password-refused")) == BY_ACCOUNT.free + 1


async def test_visits_at_the_counter(town: Town) -> None:
    desk = await at_the_desk(town, scope=DESK)
    begun = (await desk.post("/v1/assisted-sessions", NEWCOMER)).json()
    assert (await desk.post(f"/v1/assisted-sessions/{begun['id']}/endings", {})).status_code == 204
    found = await lines(town, "assistance-begun", "assistance-ended")
    assert [(line["action"], line["collectivity"]) for line in found] == [
        ("assistance-begun", "paris"),
        ("assistance-ended", "paris"),
    ]
    assert len({line["actor"] for line in found}) == 1


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/oauth2/token", {"grant_type": "client_credentials"}),
        ("/oauth2/par", {"response_type": "code"}),
        ("/oauth2/introspect", {"token": "x"}),
        ("/oauth2/revoke", {"token": "x"}),
        ("/oauth2/device_authorization", {"scope": "openid"}),
    ],
)
async def test_a_client_with_a_wrong_secret_is_in_the_trail_at_each_door(
    town: Town, path: str, form: dict[str, str]
) -> None:
    refused = await town.post(path, form, auth=("parvis-requests", "not the secret"))
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    (row,) = await town.rows("SELECT object, details FROM audit_entry WHERE action = 'client-refused'")
    assert row["object"] == "parvis-requests"
    assert "not the secret" not in str(dict(row))
