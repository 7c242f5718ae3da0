# SPDX-License-Identifier: EUPL-1.2
from hashlib import sha256
from typing import Any
from uuid import UUID

from assembly_town import Assembly, day, published
from participation_town import Town

from parvis_testing import Caller

SEED = "07-12-23-41-44"
SOURCE = {"fr": "Tirage du loto de samedi", "en": "Saturday's lottery"}


async def volunteers(assembly: Assembly, number: int) -> dict[str, Caller]:
    """People who volunteer, by the names they give."""
    people = {f"Personne {each}": assembly.town.service.citizen() for each in range(number)}
    for name, who in people.items():
        answer = await assembly.mine(who, "volunteers", body={"name": name, "listed": True})
        assert answer.status_code == 200, answer.text
    return people


async def freeze(assembly: Assembly, seats: int = 3, **changes: Any) -> Any:
    body = {"seats": seats, "seed_source": SOURCE, "begins_on": day(0), "ends_on": day(300)} | changes
    return await assembly.post(f"/v1/assemblies/{assembly.id}/draws", body)


async def draw(assembly: Assembly, frozen: dict[str, Any]) -> Any:
    return await assembly.post(f"/v1/assembly-draws/{frozen['id']}/results", {"seed": SEED})


async def test_anybody_can_draw_the_published_lots_again_and_finds_the_same(town: Town) -> None:
    assembly = await published(town)
    people = await volunteers(assembly, 9)
    frozen = (await freeze(assembly)).json()
    lines = "".join(f"{ticket}\n" for ticket in sorted(frozen["tickets"]))
    assert (len(frozen["tickets"]), frozen["digest"]) == (9, sha256(lines.encode()).hexdigest())
    assert frozen["seed"] is None
    late = town.service.citizen()
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


async def test_lots_are_drawn_in_a_college_among_those_who_volunteer_for_it(town: Town) -> None:
    text = {"fr": "Texte", "en": "Text"}
    assembly = await published(town, colleges=[{"code": code, "title": text} for code in ("north", "south")])
    for college in ("north", "south", "south"):
        body = {"name": "Ada", "listed": False, "college": college}
        assert (await assembly.mine(town.service.citizen(), "volunteers", body=body)).status_code == 200
    nobody = await assembly.mine(town.service.citizen(), "volunteers", body={"name": "Ada", "listed": False})
    assert nobody.status_code == 422
    assert len((await freeze(assembly, college="south")).json()["tickets"]) == 2
    assert (await freeze(assembly, college="west")).status_code == 422
    assert (await freeze(assembly)).status_code == 422


async def test_nobody_volunteers_nothing_is_drawn(town: Town) -> None:
    assembly = await published(town)
    assert (await freeze(assembly)).json()["code"] == "assembly-state"
