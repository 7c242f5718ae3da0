# SPDX-License-Identifier: EUPL-1.2
"""People agree to be shown in public, and agree no more: taken out at once, with what they said kept."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from assembly_town import Assembly, day, post
from assembly_town import published as assembly_published
from identity_rolls import Identity
from merged_accounts import hear, merged
from participation_town import Town
from petition_town import LIST, admitted, shown, sign, take_back

from parvis_participation.service.decide_petition import keep_petitions
from parvis_participation.service.follow_assembly import forget_members
from parvis_participation.service.forget_petitions import forget_petitions
from parvis_testing import Caller

NAME = "Camille Dubois"


def verified(town: Town) -> Caller:
    return town.service.citizen(acr="eidas1")


async def own(town: Town, who: Caller, petition: dict[str, Any], method: str = "GET") -> httpx.Response:
    path = f"/v1/petitions/{petition['id']}/shown-signatures/mine"
    return await town.client.request(method, path, headers=who.headers | {"Accept-Language": "en"})


async def signers(town: Town, petition: dict[str, Any]) -> int:
    listed = await town.client.get(f"{LIST}/{petition['id']}/signatures")
    assert "no-cache" in listed.headers["cache-control"]
    return len(listed.json()["items"])


async def consents(town: Town) -> int:
    return int(await town.service.runtime.database.pool.fetchval("SELECT count(*) FROM publication_consent"))


def said(answer: httpx.Response) -> list[tuple[bool, str]]:
    return [(each["given"], each["way"]) for each in answer.json()["consents"]]


async def test_a_shown_signature_is_hidden_after_the_close_and_still_counts(town: Town, identity: Identity) -> None:
    petition, ada, bob, twin = await admitted(town), verified(town), verified(town), verified(town)
    identity.one_person(ada.subject, twin.subject)
    assert (await own(town, ada, petition)).json()["consents"] == []
    for who in (ada, bob):
        assert (await sign(town, who, petition, shown=True)).status_code == 200
    await sign(town, ada, petition, shown=True)
    assert await signers(town, petition) == 2
    await town.service.runtime.database.pool.execute("UPDATE petition SET closes_at = now()")
    await keep_petitions(town.service.runtime.database, datetime.now(UTC))
    assert (await shown(town, petition))["state"] == "closed"
    assert (await take_back(town, ada, petition)).status_code == 409
    assert (await own(town, twin, petition)).json()["shown"]
    for _ in range(2):
        assert (await own(town, twin, petition, "DELETE")).status_code == 204, "by another account of theirs"
    assert await signers(town, petition) == 1
    assert (await shown(town, petition))["signatures"] == 2
    answer = await own(town, ada, petition)
    assert answer.json()["shown"] is False
    assert said(answer) == [(False, "self"), (True, "self")]
    words = answer.json()["words"]
    spoken = [each["words"] for each in answer.json()["consents"]]
    assert spoken[0] == words["withdrawal"]
    assert "chacun" in spoken[1], "as it was said then, in French"


async def test_what_was_agreed_is_kept_as_long_as_the_signatures(town: Town) -> None:
    petition, ada, stranger = await admitted(town), verified(town), town.service.citizen("lutece", acr="eidas1")
    await sign(town, ada, petition, shown=True)
    await sign(town, ada, petition, shown=False)
    assert said(await own(town, ada, petition)) == [(False, "self"), (True, "self")]
    await sign(town, ada, petition, shown=True)
    await take_back(town, ada, petition)
    assert [given for given, _ in said(await own(town, ada, petition))] == [False, True, False, True]
    for method in ("GET", "DELETE"):
        assert (await own(town, stranger, petition, method)).status_code == 404
    await sign(town, verified(town), petition, shown=True)
    database, later = town.service.runtime.database, datetime.now(UTC) + timedelta(days=31)
    await keep_petitions(database, later)
    await forget_petitions(database, 365, later + timedelta(days=400))
    assert await consents(town) == 0
    assert (await shown(town, petition))["signatures"] == 1


async def test_whoever_has_two_accounts_keeps_what_they_said(town: Town) -> None:
    petition, gone, kept = await admitted(town), verified(town), verified(town)
    await sign(town, gone, petition, shown=True)
    await hear(town.service, merged(gone, kept))
    assert said(await own(town, kept, petition)) == [(True, "self")]
    assert (await own(town, kept, petition, "DELETE")).status_code == 204
    assert await signers(town, petition) == 0


async def listed_names(assembly: Assembly) -> list[str | None]:
    file = await assembly.town.client.get(f"{assembly.public}/files/members.csv")
    assert "no-cache" in file.headers["cache-control"]
    names = [each["name"] for each in (await assembly.read("/members"))["items"]]
    assert (NAME in file.text) is (NAME in names)
    return names


async def test_a_member_takes_their_name_out_of_what_everybody_reads(town: Town) -> None:
    assembly, ada = await assembly_published(town), verified(town)
    await assembly.member(ada)
    assert await listed_names(assembly) == [NAME]
    assert said(await assembly.mine(ada, "members", "GET")) == [(True, "desk")]
    for _ in range(2):
        assert (await assembly.mine(ada, "members", body={"listed": False})).status_code == 200
    assert await listed_names(assembly) == [None]
    assert said(await assembly.mine(ada, "members", "GET")) == [(False, "self"), (True, "desk")]
    again = await assembly.mine(ada, "members", body={"listed": True})
    assert again.json()["mandates"][0]["listed"]
    assert again.json()["consents"][0]["words"] == again.json()["words"]["agreement"]
    assert await listed_names(assembly) == [NAME]
    for who in (verified(town), town.service.citizen("lutece")):
        for method, body in (("GET", None), ("PUT", {"listed": False})):
            assert (await assembly.mine(who, "members", method, body)).status_code == 404


async def test_who_has_no_account_says_it_at_the_desk(town: Town) -> None:
    assembly = await assembly_published(town)
    member = await assembly.member(None, begins_on=day(-20), ends_on=day(1))
    path = f"/v1/assemblies/{assembly.id}/members/{member['id']}/listings"
    assert (await post(town, town.service.agent("lutece"), path, {"listed": False})).status_code == 404
    noted = await assembly.post(path, {"listed": False})
    assert (noted.status_code, noted.json()["listed"], noted.json()["name"]) == (201, False, NAME)
    assert await listed_names(assembly) == [None]
    assert await consents(town) == 2
    database = town.service.runtime.database
    await forget_members(database, 30, datetime.now(UTC) + timedelta(days=40))
    assert await consents(town) == 0
    assert (await assembly.post(path, {"listed": True})).status_code == 404, "there is no name any more"


async def test_who_was_drawn_takes_out_what_they_agreed_to_as_they_volunteered(town: Town) -> None:
    assembly, ada, bob = await assembly_published(town), verified(town), verified(town)
    body = {"name": NAME, "listed": True}
    for who, listed in ((ada, True), (bob, True), (bob, False)):
        assert (await assembly.mine(who, "volunteers", body=body | {"listed": listed})).status_code == 200
    assert await consents(town) == 3
    assert (await assembly.mine(bob, "volunteers", "DELETE")).status_code == 204
    assert await consents(town) == 1
    number = {"fr": "Loto", "en": "Lottery"}
    plan = {"seats": 1, "seed_source": number, "begins_on": day(0), "ends_on": day(30)}
    plan["seed_format"] = {"numbers": 1, "digits": 1, "ascending": True}
    draw = (await assembly.post(f"/v1/assemblies/{assembly.id}/draws", plan)).json()
    drawn = await assembly.post(f"/v1/assembly-draws/{draw['id']}/results", {"seed": "7"})
    assert drawn.status_code == 201, drawn.text
    assert await listed_names(assembly) == [NAME]
    consent = (await assembly.mine(ada, "members", "GET")).json()["consents"]
    assert [(each["given"], each["way"]) for each in consent] == [(True, "self")]
    assert "tiré au sort" in consent[0]["words"]
    assert (await assembly.mine(ada, "members", body={"listed": False})).status_code == 200
    assert await listed_names(assembly) == [None]


async def test_of_whoever_was_erased_a_merge_leaves_nothing_on_the_mandate(town: Town) -> None:
    assembly, gone, kept = await assembly_published(town), verified(town), verified(town)
    await assembly.member(gone)
    runtime = town.service.runtime
    await runtime.persons.destroy(UUID(gone.subject))
    await hear(town.service, merged(gone, kept))
    assert await runtime.database.pool.fetchrow("SELECT name, person FROM assembly_member") == (None, None)
