# SPDX-License-Identifier: EUPL-1.2
"""The internal port: machine tokens, contact points, and who may have them."""

import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from counter import token_in
from identity_town import SYSTEM_SECRET, Town
from joserfc import jwt
from local_people import registered
from machines import bearer, machine

from parvis_identity.db import postal_addresses
from parvis_identity.db.postal_addresses import KeptAddress
from parvis_identity.domain.postal_address import AddressKind, PostalAddress


async def person_of(town: Town) -> str:
    body = await town.tokens()
    keys = await town.parts.ring.published()
    return str(jwt.decode(body["access_token"], keys, algorithms=["ES256"]).claims["sub"])


async def test_a_service_gets_its_token_without_the_gateway(town: Town) -> None:
    claims = jwt.decode(await machine(town), await town.parts.ring.published(), algorithms=["ES256"]).claims
    assert (claims["sub"], claims["kind"], claims["collectivity"]) == ("parvis-notifications", "system", "*")
    assert claims["aud"] == ["parvis-identity", "parvis-participation", "parvis-requests"]


async def test_a_service_learns_how_to_reach_a_person_and_the_person_may_know(town: Town) -> None:
    person = await person_of(town)
    answer = await town.internal.get(
        f"/internal/v1/people/{person}/contact?collectivity=lutece", headers=bearer(await machine(town))
    )
    assert answer.json() == {
        "email": "angela.dubois@example.fr",
        "phone": None,
        "language": "fr",
        "given_name": "Angela",
        "postal_address": None,
    }
    rows = await town.rows("SELECT * FROM outbox WHERE type = 'fr.parvis.identity.data-accessed.v1'")
    assert len(rows) == 1
    data = json.loads(rows[0]["data"])
    assert (data["person"], data["client"], data["category"]) == (person, "parvis-notifications", "contact")
    assert rows[0]["collectivity"] == data["collectivity"] == "lutece"
    assert rows[0]["topic"] == "parvis.identity.access.v1"


async def test_a_service_that_sends_a_letter_learns_the_home_and_no_other_does(town: Town) -> None:
    person, headers = await person_of(town), bearer(await machine(town))
    key = await town.parts.profiles.addresses.persons.of(UUID(person))
    home = PostalAddress(
        kind=AddressKind.HOME, house_number="3", street="rue Haute", complement="Bât. B", postcode="75011", city="Paris"
    )
    kept = KeptAddress(id=uuid4(), version=1, address=home, created_at=datetime.now(UTC), updated_at=datetime.now(UTC))
    async with town.parts.runtime.database.unit_of_work() as uow:
        await postal_addresses.add(uow.session, UUID(person), key, kept)
        await uow.commit()
    path = f"/internal/v1/people/{person}/contact?collectivity=lutece"
    told = (await town.internal.get(f"{path}&postal=true", headers=headers)).json()["postal_address"]
    assert told == ["Angela DUBOIS", "Bât. B", "3 rue Haute", "75011 Paris"]
    assert (await town.internal.get(path, headers=headers)).json()["postal_address"] is None


async def test_an_unknown_person_is_not_found_and_gets_no_key(town: Town) -> None:
    keys = town.runtime.persons._pool  # noqa: SLF001
    before = await keys.fetchval("SELECT count(*) FROM person_key")
    answer = await town.internal.get(f"/internal/v1/people/{uuid4()}/contact", headers=bearer(await machine(town)))
    assert answer.status_code == 404
    assert await keys.fetchval("SELECT count(*) FROM person_key") == before
    assert await town.rows("SELECT 1 FROM outbox") == []


async def test_an_erased_person_is_not_found(town: Town) -> None:
    person = await person_of(town)
    row = (await town.rows("SELECT id FROM person"))[0]
    await town.runtime.persons.destroy(row["id"])
    answer = await town.internal.get(f"/internal/v1/people/{person}/contact", headers=bearer(await machine(town)))
    assert answer.status_code == 404
    assert len(await town.rows("SELECT 1 FROM outbox")) == 1, "only the registration was told"


async def test_nobody_else_learns_it(town: Town) -> None:
    person = await person_of(town)
    path = f"/internal/v1/people/{person}/contact"
    assert (await town.internal.get(path)).status_code == 401
    assert (await town.internal.get(path, headers=bearer((await town.tokens())["access_token"]))).status_code == 403
    scope = {"scope": "identity.people.read"}
    await town.rows("UPDATE client SET scopes = '{identity.people.read}' WHERE client_id = 'demo-roadworks'")
    town_system = await town.token(
        {"grant_type": "client_credentials", **scope}, auth=("demo-roadworks", SYSTEM_SECRET)
    )
    answer = await town.internal.get(path, headers=bearer(town_system.json()["access_token"]))
    assert answer.status_code == 403, "a system of one collectivity is not a service of Parvis's own"
    assert await town.rows("SELECT 1 FROM outbox WHERE type LIKE '%data-accessed%'") == []


@pytest.mark.parametrize(
    "path",
    [
        "/internal/v1/people/x/contact",
        "/internal/v1/people/01a20dcd-d76e-70aa-99b3-ba908bbc86f8/contact?collectivity=*",
    ],
)
async def test_malformed_questions_are_told_so(town: Town, path: str) -> None:
    answer = await town.internal.get(path, headers=bearer(await machine(town)))
    assert answer.status_code == 422


async def test_the_internal_routes_are_not_public(town: Town) -> None:
    for path in (f"/internal/v1/people/{uuid4()}/contact", "/metrics", "/healthz", "/readyz"):
        assert (await town.browser().get(path)).status_code == 404


async def test_the_internal_port_has_no_pages(town: Town) -> None:
    for path in ("/login", "/consent", "/logout", "/oauth2/authorize"):
        assert (await town.internal.get(path)).status_code == 404


async def test_keys_and_health_are_there(town: Town) -> None:
    assert len((await town.internal.get("/.well-known/jwks.json")).json()["keys"]) >= 4
    assert (await town.internal.get("/readyz")).status_code == 200


async def test_a_service_learns_an_attested_civil_status_and_the_person_may_know(town: Town) -> None:
    person, token = await person_of(town), bearer(await machine(town, "requests"))
    path = f"/internal/v1/people/{person}/civil-status"
    answer = await town.internal.get(f"{path}?collectivity=lutece", headers=token)
    assert answer.json() == {
        "given_names": "Angela Claire Louise",
        "family_name": "DUBOIS",
        "gender": "female",
        "birth_date": "1962-08-24",
        "birth_place": "75107",
        "birth_country": "99100",
    }
    rows = await town.rows("SELECT * FROM outbox WHERE type = 'fr.parvis.identity.data-accessed.v1'")
    assert [json.loads(row["data"])["category"] for row in rows] == ["civil-status"]
    assert json.loads(rows[0]["data"])["client"] == "parvis-requests"
    (act,) = await town.rows("SELECT * FROM audit_entry WHERE action = 'civil-status-read'")
    assert act["collectivity"] == "lutece"
    assert (await town.internal.get(f"{path}?collectivity=nowhere", headers=token)).status_code == 404
    assert (await town.internal.get(path, headers=token)).status_code == 422, "on somebody's behalf"
    other = bearer(await machine(town))
    assert (await town.internal.get(f"{path}?collectivity=lutece", headers=other)).status_code == 403


async def test_a_civil_status_that_nobody_attested_is_given_to_nobody(town: Town) -> None:
    zoe = await token_in(town, await registered(town))
    person = (await zoe.get("/v1/me")).json()["id"]
    token = bearer(await machine(town, "requests"))
    answer = await town.internal.get(f"/internal/v1/people/{person}/civil-status?collectivity=lutece", headers=token)
    assert answer.status_code == 404
    assert await town.rows("SELECT 1 FROM outbox WHERE type LIKE '%data-accessed%'") == []
