# SPDX-License-Identifier: EUPL-1.2
"""The device grant (RFC 8628): a kiosk that shows a code, a person who answers on a telephone."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from fake_provider import agent, citizen
from identity_town import SYSTEM_SECRET, WEB_CALLBACK, Attempt, Town
from joserfc import jwt
from kiosk import GRANT, SCOPE, Kiosk, answer, to_consent, type_code
from local_people import hold

from parvis_identity.domain.throttle import BY_SOURCE


@pytest.fixture(autouse=True)
def people(town: Town) -> None:
    town.citizens.person, town.agents.person = citizen(), agent()


def error_of(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]


async def test_a_person_signs_in_on_a_kiosk(town: Town) -> None:
    kiosk, phone = Kiosk(town), town.browser()
    begun = await kiosk.begin()
    assert begun["verification_uri"] == "http://localhost:8080/device"
    assert begun["verification_uri_complete"].endswith(f"/device?user_code={begun['user_code']}")
    assert (begun["expires_in"], begun["interval"]) == (600, 5)
    assert error_of(await kiosk.poll(begun)) == (400, "authorization_pending")
    consent = await to_consent(phone, begun)
    for told in ("Borne de démonstration", "mairie du 12e", begun["user_code"]):
        assert told in consent.text
    assert 'name="remember"' not in consent.text
    done = await phone.submit(consent, decision="allow")
    assert (done.status_code, "La borne est autorisée" in done.text) == (200, True)
    tokens = (await kiosk.poll(begun)).json()
    claims = jwt.decode(tokens["access_token"], await town.parts.ring.published(), algorithms=["ES256"]).claims
    assert (claims["client_id"], claims["kind"], claims["collectivity"]) == ("demo-kiosk", "citizen", "paris")
    identity = jwt.decode(tokens["id_token"], await town.parts.ring.published(), algorithms=["RS256"]).claims
    assert identity["aud"] == "demo-kiosk"
    assert (await town.get("/v1/me", tokens["access_token"])).status_code == 200
    assert (await town.refresh(tokens["refresh_token"], "demo-kiosk")).status_code == 200
    (kept,) = await town.rows("SELECT client_id FROM audit_entry WHERE action = 'client-allowed'")
    assert kept["client_id"] == "demo-kiosk"


async def test_a_device_code_works_once_and_its_replay_ends_what_it_gave(town: Town) -> None:
    kiosk = Kiosk(town)
    begun = await kiosk.begin()
    await answer(town.browser(), begun)
    answers = await asyncio.gather(*(kiosk.poll(begun) for _ in range(10)))
    assert sorted(a.status_code for a in answers) == [200] + [400] * 9
    assert {a.json()["error"] for a in answers if a.status_code == 400} == {"invalid_grant"}
    (tokens,) = [a.json() for a in answers if a.status_code == 200]
    assert error_of(await town.refresh(tokens["refresh_token"], "demo-kiosk")) == (400, "invalid_grant")


async def test_who_polls_too_fast_is_slowed_down(town: Town) -> None:
    kiosk = Kiosk(town)
    begun = await kiosk.begin()
    await kiosk.poll(begun)
    assert error_of(await kiosk.poll(begun)) == (400, "slow_down")
    (row,) = await town.rows("SELECT interval_seconds FROM device_request")
    assert row["interval_seconds"] == 10
    await town.rows("UPDATE device_request SET polled_at = polled_at - interval '11 seconds' RETURNING 1")
    assert error_of(await kiosk.poll(begun)) == (400, "authorization_pending")


async def test_who_refuses_is_obeyed(town: Town) -> None:
    kiosk, phone = Kiosk(town), town.browser()
    begun = await kiosk.begin()
    done = await answer(phone, begun, "deny")
    assert "La borne n’est pas autorisée" in done.text
    for _ in range(2):
        assert error_of(await kiosk.poll(begun)) == (400, "access_denied")
    assert (await type_code(phone, begun["user_code"])).status_code == 422
    assert await town.rows("SELECT 1 FROM token_grant") == []


async def test_codes_expire_for_the_device_and_for_the_person(town: Town) -> None:
    kiosk, phone = Kiosk(town), town.browser()
    begun = await kiosk.begin()
    consent = await to_consent(phone, begun)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10, seconds=1)):
        assert error_of(await kiosk.poll(begun)) == (400, "expired_token")
        assert (await type_code(town.browser(), begun["user_code"])).status_code == 422
        assert (await phone.submit(consent, decision="allow")).status_code == 400
        assert (await phone.submit(consent, decision="deny")).status_code == 400
        assert error_of(await kiosk.poll(begun)) == (400, "expired_token")
    assert await town.rows("SELECT 1 FROM token_grant") == []


async def test_a_code_is_answered_once(town: Town) -> None:
    kiosk, first, second = Kiosk(town), town.browser(), town.browser()
    begun = await kiosk.begin()
    pages = [await to_consent(first, begun), await to_consent(second, begun)]
    answers = await asyncio.gather(first.submit(pages[0], decision="allow"), second.submit(pages[1], decision="deny"))
    assert sorted(a.status_code for a in answers) == [200, 400]


async def test_a_device_code_is_of_no_use_to_another_client(town: Town) -> None:
    await town.register("other-kiosk", type="public", grant_types=[GRANT], redirect_uris=[], place=PLACE)
    kiosk = Kiosk(town)
    begun = await kiosk.begin()
    await answer(town.browser(), begun)
    assert error_of(await Kiosk(town, "other-kiosk").poll(begun)) == (400, "invalid_grant")
    assert error_of(await kiosk.poll(begun, device_code="made-up")) == (400, "invalid_grant")
    assert error_of(await kiosk.poll(begun, device_code="")) == (400, "invalid_request")
    assert (await kiosk.poll(begun)).status_code == 200


PLACE = {"fr": "Médiathèque", "en": "Library"}


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_id": "demo-portal"}, 400, "unauthorized_client"),
        ({"scope": ""}, 400, "invalid_scope"),
        ({"scope": "openid email"}, 400, "invalid_scope"),
        ({"resource": "urn:parvis:elsewhere"}, 400, "invalid_target"),
        ({"client_secret": "s" * 40}, 401, "invalid_client"),
    ],
)
async def test_a_device_begins_only_with_what_its_client_may(
    town: Town, changed: dict[str, str], status: int, error: str
) -> None:
    assert error_of(await Kiosk(town).ask(**changed)) == (status, error)
    assert await town.rows("SELECT 1 FROM device_request") == []


async def test_a_client_with_a_secret_shows_it_at_both_ends(town: Town) -> None:
    await town.register("inner-kiosk", secret=SYSTEM_SECRET, grant_types=[GRANT], redirect_uris=[], place=PLACE)
    kiosk = Kiosk(town, "inner-kiosk")
    assert error_of(await kiosk.ask()) == (401, "invalid_client")
    begun = await kiosk.begin(client_secret=SYSTEM_SECRET)
    await answer(town.browser(), begun)
    assert error_of(await kiosk.poll(begun)) == (401, "invalid_client")
    tokens = (await kiosk.poll(begun, client_secret=SYSTEM_SECRET)).json()
    assert "refresh_token" not in tokens


async def test_a_portal_cannot_take_the_way_of_devices_nor_a_kiosk_that_of_portals(town: Town) -> None:
    attempt = Attempt(client_id="demo-kiosk", scope=SCOPE)
    for uri in (WEB_CALLBACK, "http://localhost:8080/device"):
        attempt.redirect_uri = uri
        assert (await town.browser().authorize(attempt)).status_code == 400
    portal = await town.token({"grant_type": GRANT, "client_id": "demo-portal", "device_code": "made-up"})
    assert error_of(portal) == (400, "unauthorized_client")


@pytest.mark.parametrize("code", ["", "BCDF-GHJK", "made up", "<script>", "B" * 200])
async def test_no_unknown_code_is_taken(town: Town, code: str) -> None:
    await Kiosk(town).begin()
    refused = await type_code(town.browser(), code)
    assert refused.status_code == 422
    assert "Aucune borne n’attend ce code" in refused.text
    assert "<script" not in refused.text


async def test_codes_cannot_be_guessed_for_long(town: Town) -> None:
    begun = await Kiosk(town).begin()
    phone = town.browser()
    for _ in range(BY_SOURCE.free + 1):
        assert (await type_code(phone, "BCDF-GHJK")).status_code == 422
    await hold(town)
    waits = await type_code(phone, begun["user_code"])
    assert waits.status_code == 429
    assert int(waits.headers["retry-after"]) >= 1


async def test_a_link_alone_allows_nothing_and_a_stranger_is_asked_as_ever(town: Town) -> None:
    kiosk, phone = Kiosk(town), town.browser()
    begun = await kiosk.begin()
    page = await phone.get(begun["verification_uri_complete"].removeprefix("http://localhost:8080"))
    assert f'value="{begun["user_code"]}"' in page.text
    assert error_of(await kiosk.poll(begun)) == (400, "authorization_pending")
    forged = await phone.http.post("/device", data={"user_code": begun["user_code"], "csrf": "0" * 64})
    assert forged.status_code == 400
    # Whoever is signed in already, and has allowed the client before, is asked again all the same.
    await answer(phone, begun)
    again = await to_consent(phone, await kiosk.begin())
    assert again.url.path == "/consent"
    assert "Autoriser" in again.text


async def test_an_agents_device_asks_too_though_staff_are_not_asked_elsewhere(town: Town) -> None:
    await town.register(
        "back-kiosk", type="public", audience="agent", consent="implied", grant_types=[GRANT], redirect_uris=[],
        scopes=["openid", "requests.requests.read"], place=PLACE,
    )  # fmt: skip
    kiosk, phone = Kiosk(town, "back-kiosk"), town.browser()
    begun = await kiosk.begin(scope="openid requests.requests.read")
    login = await phone.follow(await type_code(phone, begun["user_code"]))
    consent = await phone.click(login, "S’identifier avec ProConnect")
    assert "Médiathèque" in consent.text
    await phone.submit(consent, decision="allow")
    assert (await kiosk.poll(begun)).status_code == 200


async def test_who_turns_back_is_told_that_nothing_was_allowed(town: Town) -> None:
    kiosk, phone = Kiosk(town), town.browser()
    begun = await kiosk.begin()
    login = await phone.follow(await type_code(phone, begun["user_code"]))
    page = await phone.click(login, "Revenir à")
    assert page.url.path == "/device"
    assert "n’a reçu aucune autorisation" in page.text
    assert error_of(await kiosk.poll(begun)) == (400, "authorization_pending")


async def test_no_code_is_stored(town: Town) -> None:
    begun = await Kiosk(town).begin()
    (row,) = await town.rows("SELECT * FROM device_request")
    stored = str([v.hex() if isinstance(v, bytes) else v for v in row.values()])
    for hidden in (begun["device_code"], begun["user_code"], begun["user_code"].replace("-", "")):
        assert hidden not in stored
        assert hidden.encode().hex() not in stored


async def test_it_can_be_discovered(town: Town) -> None:
    async with town.client() as http:
        described = (await http.get("/.well-known/openid-configuration")).json()
    assert described["device_authorization_endpoint"] == "http://localhost:8080/oauth2/device_authorization"
    assert GRANT in described["grant_types_supported"]
