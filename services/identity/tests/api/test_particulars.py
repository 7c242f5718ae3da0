# SPDX-License-Identifier: EUPL-1.2
"""What the service whose agents handle what people ask for learns of them on the internal port."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
from behalf import CHILD, CITIZEN
from counter import by_franceconnect, token_in
from identity_town import Town
from joserfc import jwt
from local_people import registered
from machines import bearer, machine

from parvis_identity.db import postal_addresses
from parvis_identity.db.postal_addresses import KeptAddress
from parvis_identity.domain.postal_address import AddressKind, PostalAddress
from parvis_identity.service.read_particulars import MAX_NAMES

SEEN = "SELECT data FROM outbox WHERE type = 'fr.parvis.identity.data-accessed.v1' ORDER BY id"


async def angela(town: Town) -> UUID:
    """Came by FranceConnect."""
    body = await town.tokens()
    return UUID(jwt.decode(body["access_token"], await town.parts.ring.published(), algorithms=["ES256"]).claims["sub"])


async def told(town: Town) -> list[tuple[str, str, str]]:
    found = [json.loads(row["data"]) for row in await town.rows(SEEN)]
    return [(data["person"], data["category"], data["collectivity"]) for data in found]


async def named(town: Town, people: list[Any], **changed: Any) -> httpx.Response:
    body = {"collectivity": "lutece", "people": [str(each) for each in people]} | changed
    headers = bearer(await machine(town, "requests"))
    return await town.internal.post("/internal/v1/people/names", json=body, headers=headers)


async def merged(town: Town, absorbed: UUID, kept: UUID) -> None:
    await town.rows(
        "INSERT INTO account_merge (id, collectivity, kept, absorbed, reason, state, preview, version, agent,"
        " created_at) VALUES ($1, 'paris', $2, $3, 'civil-status-changed', 'done', '{}', 2, $1, now())",
        uuid4(),
        kept,
        absorbed,
    )


async def test_a_service_learns_who_somebody_is_and_the_person_may_know(town: Town) -> None:
    person, headers = await angela(town), bearer(await machine(town, "requests"))
    key = await town.parts.profiles.addresses.persons.of(person)
    home = PostalAddress(
        kind=AddressKind.HOME, house_number="3", street="rue Haute", complement=None, postcode="75011", city="Paris"
    )
    kept = KeptAddress(id=uuid4(), version=1, address=home, created_at=datetime.now(UTC), updated_at=datetime.now(UTC))
    async with town.parts.runtime.database.unit_of_work() as uow:
        await postal_addresses.add(uow.session, person, key, kept)
        await uow.commit()
    path = f"/internal/v1/people/{person}/particulars"
    answer = await town.internal.get(f"{path}?collectivity=lutece", headers=headers)
    assert answer.json() == {
        "given_name": "Angela",
        "family_name": "DUBOIS",
        "language": "fr",
        "email": "angela.dubois@example.fr",
        "email_verified": False,
        "phone": None,
        "phone_verified": False,
        "person": str(person),
        "certifier": "provider",
        "postal_address": ["Angela DUBOIS", "3 rue Haute", "75011 Paris"],
        "parent": None,
    }
    assert await told(town) == [(str(person), "particulars", "lutece")]
    (act,) = await town.rows("SELECT * FROM audit_entry WHERE action = 'particulars-read'")
    assert (act["collectivity"], act["object"], act["client_id"]) == ("lutece", str(person), "parvis-requests")
    answer = await town.internal.get(f"{path}?collectivity=nowhere", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), "which says nothing of the account"
    assert (await town.internal.get(path, headers=headers)).status_code == 422, "on somebody's behalf"
    other = bearer(await machine(town))
    assert (await town.internal.get(f"{path}?collectivity=lutece", headers=other)).status_code == 403
    citizen = bearer((await town.tokens())["access_token"])
    assert (await town.internal.get(f"{path}?collectivity=lutece", headers=citizen)).status_code == 403


async def test_a_declared_account_says_that_nobody_vouches_for_it(town: Town) -> None:
    person = (await (await token_in(town, await registered(town))).get("/v1/me")).json()["id"]
    headers = bearer(await machine(town, "requests"))
    path = f"/internal/v1/people/{person}/particulars?collectivity=paris"
    assert (await town.internal.get(path, headers=headers)).json()["certifier"] is None


async def test_who_was_merged_is_found_under_either_account_and_told_once(town: Town) -> None:
    person, other = await angela(town), (await token_in(town, await registered(town)))
    gone = UUID((await other.get("/v1/me")).json()["id"])
    await merged(town, gone, person)
    headers = bearer(await machine(town, "requests"))
    path = f"/internal/v1/people/{gone}/particulars?collectivity=lutece"
    assert (await town.internal.get(path, headers=headers)).json()["person"] == str(person)
    items = (await named(town, [gone, person])).json()["items"]
    assert [(each["person"], each["given_name"]) for each in items] == [(str(gone), "Angela"), (str(person), "Angela")]
    assert await told(town) == [(str(person), "particulars", "lutece"), (str(person), "names", "lutece")]


async def test_the_erased_and_the_unknown_have_no_name_and_get_no_key(town: Town) -> None:
    person, unknown = await angela(town), uuid4()
    keys = town.runtime.persons._pool  # noqa: SLF001
    before = await keys.fetchval("SELECT count(*) FROM person_key")
    assert [each["person"] for each in (await named(town, [unknown, person])).json()["items"]] == [str(person)]
    assert await keys.fetchval("SELECT count(*) FROM person_key") == before
    await town.runtime.persons.destroy(person)
    assert (await named(town, [unknown, person])).json()["items"] == []
    headers = bearer(await machine(town, "requests"))
    for each in (person, unknown):
        path = f"/internal/v1/people/{each}/particulars?collectivity=lutece"
        answer = await town.internal.get(path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "no-account")
    assert len(await told(town)) == 1


async def test_names_are_told_to_that_service_alone_and_to_so_many(town: Town) -> None:
    body = {"collectivity": "lutece", "people": [str(uuid4())]}
    other = bearer(await machine(town))
    assert (await town.internal.post("/internal/v1/people/names", json=body, headers=other)).status_code == 403
    assert (await named(town, [uuid4() for _ in range(MAX_NAMES)])).status_code == 200
    assert (await named(town, [uuid4() for _ in range(MAX_NAMES + 1)])).status_code == 422
    assert (await named(town, [])).status_code == 422
    assert (await named(town, [uuid4()], collectivity="nowhere")).status_code == 404


async def test_a_child_is_reached_through_who_declared_it_and_both_are_told(town: Town) -> None:
    parent = await by_franceconnect(town, CITIZEN)
    child = (await parent.post("/v1/me/children", CHILD)).json()["id"]
    headers = bearer(await machine(town, "requests"))
    path = f"/internal/v1/people/{child}/particulars?collectivity=paris"
    found = (await town.internal.get(path, headers=headers)).json()
    assert (found["given_name"], found["email"]) == ("Lou", None)
    assert (found["parent"]["given_name"], found["parent"]["email"]) == ("Angela", "angela.dubois@example.fr")
    assert {person for person, _, _ in await told(town)} == {child, await parent.id()}


async def test_who_was_erased_is_told_to_nobody(town: Town) -> None:
    person = await angela(town)
    await town.rows("UPDATE person SET erased_at = now() WHERE id = $1", person)
    assert (await named(town, [person])).json()["items"] == []
    assert await told(town) == []
