# SPDX-License-Identifier: EUPL-1.2
"""A service calls another in a person's name (RFC 8693): declared pairs only, and everybody sees who acts."""

from typing import Any

import httpx
import pytest
import time_machine
from identity_town import SYSTEM_SECRET, Attempt, Town
from joserfc import jwt

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS = "urn:ietf:params:oauth:token-type:access_token"
NOTIFICATIONS, REQUESTS = "urn:parvis:notifications", "urn:parvis:requests"
SECRET = "r" * 40
SERVICE: dict[str, Any] = {
    "collectivity": None,
    "audience": "system",
    "secret": SECRET,
    "grant_types": ["client_credentials", GRANT],
    "redirect_uris": [],
}


@pytest.fixture(autouse=True)
async def _services(town: Town) -> None:
    scopes = ["identity.people.read", "notifications.messages.read", "notifications.messages.write"]
    await town.register("parvis-requests", scopes=scopes, exchanges=[NOTIFICATIONS], **SERVICE)
    back = ["requests.requests.read"]
    await town.register("parvis-notifications", scopes=back, exchanges=[REQUESTS], **SERVICE)


async def exchange(town: Town, token: str, client: str = "parvis-requests", /, **changed: str | None) -> httpx.Response:
    form = {
        "grant_type": GRANT,
        "subject_token": token,
        "subject_token_type": ACCESS,
        "resource": NOTIFICATIONS,
        "scope": "notifications.messages.read",
        **changed,
    }
    given = {name: value for name, value in form.items() if value is not None}
    return await town.token(given, auth=(client, SECRET))


async def claims_of(town: Town, token: str) -> dict[str, Any]:
    return jwt.decode(token, await town.parts.ring.published(), algorithms=["ES256"]).claims


def refused(answer: httpx.Response, error: str) -> None:
    assert (answer.status_code, answer.json()["error"]) == (400, error), answer.text


async def test_a_service_acts_for_a_person_at_another_service(town: Town) -> None:
    person = (await town.tokens())["access_token"]
    body = (await exchange(town, person)).json()
    assert set(body) == {"access_token", "token_type", "expires_in", "scope", "issued_token_type"}
    assert (body["issued_token_type"], body["token_type"]) == (ACCESS, "Bearer")
    theirs, mine = await claims_of(town, body["access_token"]), await claims_of(town, person)
    for name in ("sub", "kind", "collectivity", "sid", "auth_time", "acr"):
        assert theirs[name] == mine[name]
    assert theirs["act"] == {"sub": "parvis-requests"}
    assert (theirs["client_id"], theirs["aud"]) == ("parvis-requests", ["parvis-notifications"])
    assert theirs["scope"] == "notifications.messages.read"
    assert theirs["exp"] <= mine["exp"]


async def test_it_never_outlives_the_person_s_own_token(town: Town) -> None:
    person = (await town.tokens())["access_token"]
    end = (await claims_of(town, person))["exp"]
    with time_machine.travel(end - 60, tick=False):
        body = (await exchange(town, person)).json()
        assert body["expires_in"] == 60
    with time_machine.travel(end + 1, tick=False):
        refused(await exchange(town, person), "invalid_request")


async def test_a_chain_names_all_who_act(town: Town) -> None:
    person = (await town.tokens())["access_token"]
    first = (await exchange(town, person)).json()["access_token"]
    back = {"resource": REQUESTS, "scope": "requests.requests.read"}
    second = (await exchange(town, first, "parvis-notifications", **back)).json()["access_token"]
    acting = (await claims_of(town, second))["act"]
    assert acting == {"sub": "parvis-notifications", "act": {"sub": "parvis-requests"}}
    third = (await exchange(town, second)).json()["access_token"]
    refused(await exchange(town, third, "parvis-notifications", **back), "invalid_request")


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"resource": None}, "invalid_target"),
        ({"resource": "urn:parvis:participation"}, "invalid_target"),
        ({"resource": "https://evil.example"}, "invalid_target"),
        ({"scope": "participation.answers.write"}, "invalid_scope"),
        ({"scope": "identity.people.read"}, "invalid_target"),
        ({"scope": None}, "invalid_scope"),
        ({"subject_token_type": "urn:ietf:params:oauth:token-type:id_token"}, "invalid_request"),
        ({"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"}, "invalid_request"),
        ({"actor_token": "x"}, "invalid_request"),
        ({"audience": "parvis-notifications"}, "invalid_request"),
    ],
)
async def test_what_is_not_declared_is_refused(town: Town, changed: dict[str, str | None], error: str) -> None:
    refused(await exchange(town, (await town.tokens())["access_token"], **changed), error)


async def test_only_a_person_s_token_that_was_sent_to_the_service_is_exchanged(town: Town) -> None:
    body = await town.tokens()
    elsewhere = await town.tokens(Attempt(scope="openid identity.profile.read"))
    system = await town.token({"grant_type": "client_credentials"}, auth=("demo-roadworks", SYSTEM_SECRET))
    for token in (
        body["id_token"],
        body["refresh_token"],
        elsewhere["access_token"],
        system.json()["access_token"],
        body["access_token"][:-4] + "AAAA",
        "nonsense",
    ):
        refused(await exchange(town, token), "invalid_request")


async def test_other_clients_exchange_nothing(town: Town) -> None:
    token = (await town.tokens())["access_token"]
    form = {"grant_type": GRANT, "subject_token": token, "subject_token_type": ACCESS, "resource": NOTIFICATIONS}
    refused(await town.token(form, auth=("demo-roadworks", SYSTEM_SECRET)), "unauthorized_client")
    refused(await town.token(form | {"client_id": "demo-portal"}), "unauthorized_client")


async def test_what_was_revoked_is_not_exchanged_and_what_was_exchanged_is_inactive(town: Town) -> None:
    body = await town.tokens()
    exchanged = (await exchange(town, body["access_token"])).json()["access_token"]
    auth = ("parvis-requests", SECRET)
    about = (await town.post("/oauth2/introspect", {"token": exchanged}, auth=auth)).json()
    assert (about["active"], about["act"]) == (True, {"sub": "parvis-requests"})
    await town.post("/oauth2/revoke", {"client_id": "demo-portal", "token": body["access_token"]})
    assert (await town.post("/oauth2/introspect", {"token": exchanged}, auth=auth)).json() == {"active": False}
    refused(await exchange(town, body["access_token"]), "invalid_request")


async def test_who_acts_cannot_end_what_the_person_allowed(town: Town) -> None:
    body = await town.tokens()
    exchanged = (await exchange(town, body["access_token"])).json()["access_token"]
    answer = await town.post("/oauth2/revoke", {"token": exchanged}, auth=("parvis-requests", SECRET))
    assert answer.status_code == 200
    assert (await town.refresh(body["refresh_token"])).status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"exchanges": []},
        {"exchanges": ["urn:parvis:nobody"]},
        {"grant_types": ["client_credentials"]},
        {"grant_types": [GRANT]},
    ],
)
async def test_a_wrong_declaration_cannot_be_registered(town: Town, changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"exchanges|system"):
        await town.register("x-service", **SERVICE | {"scopes": [], "exchanges": [NOTIFICATIONS]} | changed)
