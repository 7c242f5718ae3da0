# SPDX-License-Identifier: EUPL-1.2
import asyncio
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from assembly_town import Assembly, day, published
from identity_rolls import Identity, failing
from participation_town import Town
from proposal_town import verified

from parvis_participation.db import assembly_draws
from parvis_participation.service import draw_lots
from parvis_testing import Caller

SEED = "07-12-23-41-44"
SOURCE = {"fr": "Tirage du loto de samedi", "en": "Saturday's lottery"}


async def volunteers(assembly: Assembly, number: int) -> dict[str, Caller]:
    """People who volunteer, by the names they give."""
    people = {f"Personne {each}": verified(assembly.town) for each in range(number)}
    for name, who in people.items():
        answer = await assembly.mine(who, "volunteers", body={"name": name, "listed": True})
        assert answer.status_code == 200, answer.text
    return people


async def freeze(assembly: Assembly, seats: int = 3, **changes: Any) -> Any:
    seed = {"seed_source": SOURCE, "seed_format": {"numbers": 5, "digits": 2, "ascending": True}}
    body = {"seats": seats, "begins_on": day(0), "ends_on": day(300)} | seed | changes
    return await assembly.post(f"/v1/assemblies/{assembly.id}/draws", body)


async def draw(assembly: Assembly, frozen: dict[str, Any], seed: str = SEED) -> Any:
    return await assembly.post(f"/v1/assembly-draws/{frozen['id']}/results", {"seed": seed})


async def test_anybody_can_draw_the_published_lots_again_and_finds_the_same(town: Town) -> None:
    assembly = await published(town)
    people = await volunteers(assembly, 9)
    frozen = (await freeze(assembly)).json()
    lines = "".join(f"{ticket}\n" for ticket in sorted(frozen["tickets"]))
    assert (len(frozen["tickets"]), frozen["digest"]) == (9, sha256(lines.encode()).hexdigest())
    assert frozen["seed"] is None
    late = verified(town)
    await assembly.mine(late, "volunteers", body={"name": "Trop Tard", "listed": True})
    tickets = {}
    for name, who in people.items():
        (ticket,) = (await assembly.mine(who, "volunteers", "GET")).json()["tickets"]
        tickets[ticket["ticket"]] = name
    assert set(tickets) == set(frozen["tickets"])
    assert (await assembly.mine(late, "volunteers", "GET")).json()["tickets"] == []
    assert (await draw(assembly, frozen)).status_code == 201
    shown = await assembly.read(f"/draws/{frozen['id']}")
    order = sorted(shown["tickets"], key=lambda ticket: sha256(f"{shown['seed']}\n{ticket}".encode()).hexdigest())
    assert (shown["seed"], shown["drawn"], shown["gone"]) == (SEED, order[:3], [])
    members = (await assembly.read("/members"))["items"]
    assert {each["name"] for each in members} == {tickets[ticket] for ticket in order[:3]}
    assert {(each["origin"], each["ends_on"]) for each in members} == {("drawn", day(300))}
    again = await draw(assembly, frozen)
    assert (again.status_code, again.json()["code"]) == (409, "assembly-state")
    (listed,) = (await assembly.read("/draws"))["items"]
    assert "tickets" not in listed


async def test_who_is_gone_by_then_is_passed_over_and_it_can_be_seen(town: Town) -> None:
    assembly = await published(town)
    people = await volunteers(assembly, 4)
    frozen = (await freeze(assembly, 2)).json()
    leaving, erased = list(people.values())[:2]
    gone = [(await assembly.mine(who, "volunteers", "GET")).json()["tickets"][0]["ticket"] for who in (leaving, erased)]
    assert (await assembly.mine(leaving, "volunteers", "DELETE")).status_code == 204
    await town.service.runtime.persons.destroy(UUID(erased.subject))
    drawn = (await draw(assembly, frozen)).json()
    assert (drawn["gone"], set(drawn["drawn"])) == (sorted(gone), set(frozen["tickets"]) - set(gone))


async def test_who_takes_their_name_back_as_lots_are_drawn_is_not_named(town: Town) -> None:
    assembly = await published(town)
    (ada,) = (await volunteers(assembly, 1)).values()
    frozen, pool = (await freeze(assembly, 1)).json(), town.service.runtime.database.pool
    async with pool.acquire() as connection, connection.transaction():
        hidden = "UPDATE assembly_volunteer SET listed = false WHERE person = $1"
        await connection.execute(hidden, UUID(ada.subject))
        drawing = asyncio.create_task(draw(assembly, frozen))
        waits = """SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
            WHERE NOT granted AND datname = current_database()"""
        async with asyncio.timeout(30):
            while not await connection.fetchval(waits):  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.02)
    assert (await drawing).status_code == 201
    assert await pool.fetchval("SELECT listed FROM assembly_member") is False


async def test_lots_are_drawn_in_a_college_among_those_who_volunteer_for_it(town: Town) -> None:
    text = {"fr": "Texte", "en": "Text"}
    assembly = await published(town, colleges=[{"code": code, "title": text} for code in ("north", "south")])
    for college in ("north", "south", "south"):
        body = {"name": "Ada", "listed": False, "college": college}
        assert (await assembly.mine(verified(town), "volunteers", body=body)).status_code == 200
    nobody = await assembly.mine(verified(town), "volunteers", body={"name": "Ada", "listed": False})
    assert nobody.status_code == 422
    assert len((await freeze(assembly, college="south")).json()["tickets"]) == 2
    assert (await freeze(assembly, college="west")).status_code == 422
    assert (await freeze(assembly)).status_code == 422


async def test_nobody_volunteers_nothing_is_drawn(town: Town) -> None:
    assembly = await published(town)
    assert (await freeze(assembly)).json()["code"] == "assembly-state"


async def test_two_accounts_of_one_person_have_one_ticket_and_one_seat(town: Town, identity: Identity) -> None:
    assembly, one, other, bob = await published(town), verified(town), verified(town), verified(town)
    identity.one_person(one.subject, other.subject)
    body = {"name": "Ada", "listed": True}
    assert (await assembly.mine(one, "volunteers", body=body)).status_code == 200
    refused = await assembly.mine(other, "volunteers", body=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "already-volunteers")
    assert {ask["label"] for ask in identity.asked} == {f"participation/assembly/{assembly.id}"}
    assert (await assembly.mine(other, "volunteers", "DELETE")).status_code == 204
    assert (await assembly.mine(other, "volunteers", body=body)).status_code == 200
    frozen = (await freeze(assembly)).json()
    assert len(frozen["tickets"]) == 1
    assert len((await draw(assembly, frozen)).json()["drawn"]) == 1
    for who in (one, bob):
        assert (await assembly.mine(who, "volunteers", body=body)).status_code == 200
    again = (await draw(assembly, (await freeze(assembly)).json())).json()
    own = [(await assembly.mine(who, "volunteers", "GET")).json()["volunteering"] for who in (one, bob)]
    assert ([len(again["drawn"]), len(again["gone"])], own) == ([1, 1], [True, False]), "who is drawn stays drawn"


async def test_who_was_not_verified_does_not_volunteer_nor_anybody_while_identity_is_away(
    town: Town, identity: Identity
) -> None:
    assembly, body = await published(town), {"name": "Ada", "listed": True}
    refused = await assembly.mine(town.service.citizen(), "volunteers", body=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "identity-not-verified")
    identity.broken = failing
    assert (await assembly.mine(verified(town), "volunteers", body=body)).status_code == 503
    assert (await freeze(assembly)).json()["code"] == "assembly-state"


async def test_who_is_a_member_at_that_time_gets_no_second_mandate(town: Town) -> None:
    assembly, ada, bob = await published(town), verified(town), verified(town)
    await assembly.member(ada)
    body = {"name": "Ada", "listed": True, "begins_on": day(30), "ends_on": day(60), "person": ada.subject}
    path = f"/v1/assemblies/{assembly.id}/members"
    assert (await assembly.post(path, body)).json()["code"] == "already-member"
    for who in (ada, bob):
        assert (await assembly.mine(who, "volunteers", body={"name": "Nom", "listed": True})).status_code == 200
    drawn = (await draw(assembly, (await freeze(assembly)).json())).json()
    assert (len(drawn["drawn"]), len(drawn["gone"])) == (1, 1)
    assert (await assembly.post(path, body | {"begins_on": day(31)})).status_code == 201


async def test_who_comes_after_the_freeze_pushes_nobody_out(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draw_lots, "MOST_VOLUNTEERS", 1)
    assembly = await published(town)
    await volunteers(assembly, 1)
    frozen = (await freeze(assembly, 1)).json()
    await volunteers(assembly, 8)
    assert (await draw(assembly, frozen)).json()["gone"] == []


async def test_a_seed_has_one_spelling_which_was_said_before(town: Town) -> None:
    assembly = await published(town)
    await volunteers(assembly, 2)
    frozen = (await freeze(assembly, 1)).json()
    for seed in ("7-12-23-41-44", "07 12 23 41 44", "12-07-23-41-44", "07-12-23-41", "07-12-23-41-44-45"):
        refused = await draw(assembly, frozen, seed)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/seed"), seed
    assert (await draw(assembly, frozen)).status_code == 201
    digest = {"notation": "hexadecimal", "numbers": 1, "digits": 8}
    other = (await freeze(assembly, 1, seed_format=digest)).json()
    assert (await draw(assembly, other, "0aF0e1d2")).status_code == 422
    assert (await draw(assembly, other, "0af0e1d2")).status_code == 201


async def test_one_draw_at_a_time_is_frozen_for_a_college_unless_it_is_given_up_for_all_to_see(town: Town) -> None:
    text = {"fr": "Texte", "en": "Text"}
    assembly = await published(town, colleges=[{"code": code, "title": text} for code in ("north", "south")])
    for college in ("north", "south"):
        body = {"name": "Ada", "listed": False, "college": college}
        assert (await assembly.mine(verified(town), "volunteers", body=body)).status_code == 200
    frozen = (await freeze(assembly, college="south")).json()
    again = await freeze(assembly, college="south")
    assert (again.status_code, again.json()["code"]) == (409, "draw-waiting")
    assert (await freeze(assembly, college="north")).status_code == 201
    path = f"/v1/assembly-draws/{frozen['id']}/cancellations"
    assert (await assembly.post(path, {"reason": {"fr": "Loto annulé", "en": "No lottery"}})).status_code == 201
    assert (await draw(assembly, frozen)).json()["code"] == "assembly-state"
    shown = await assembly.read(f"/draws/{frozen['id']}")
    assert (shown["void_reason"], shown["voided_at"] is None, shown["drawn"]) == ("Loto annulé", False, None)
    assert (await freeze(assembly, college="south")).status_code == 201
    assert (await assembly.post(path, {"reason": text})).status_code == 409


async def test_lists_of_draws_do_not_read_the_tickets(town: Town) -> None:
    assembly = await published(town)
    await volunteers(assembly, 1)
    drawn = (await draw(assembly, (await freeze(assembly, 1)).json())).json()
    async with town.service.runtime.database.reading() as session:
        (row,) = (await assembly_draws.page(session, UUID(assembly.id), None, 20)).rows
    assert str(row.id) == drawn["id"]
    assert not {"tickets", "drawn", "gone"} & row.__dict__.keys()
