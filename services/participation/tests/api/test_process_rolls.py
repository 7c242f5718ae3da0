# SPDX-License-Identifier: EUPL-1.2
"""A process for the people of a roll, which is frozen as it is published."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import httpx
import pytest
from conversation_town import opened, say, shown
from identity_rolls import Identity
from merged_accounts import hear, merged
from participation_town import Town
from poll_town import civil_status
from process_town import join, phase, post, process_body
from proposal_town import propose, support

from parvis_participation.service.process_roll import forget_rolls
from parvis_testing import Caller

ACTS = ("answer-consultation", "give-opinion")
LISTED = {"listed": True}


async def drafted(town: Town, *names: str, **changes: Any) -> dict[str, Any]:
    body = process_body(phase("now", -1, *ACTS), **{"audience": LISTED, **changes})
    made: dict[str, Any] = (await post(town, town.service.agent(), "", body)).json()
    if names:
        assert (await bring(town, made, *(civil_status(name) for name in names))).status_code == 201
    return made


async def bring(town: Town, process: dict[str, Any], *people: dict[str, str]) -> httpx.Response:
    return await post(town, town.service.agent(), f"/{process['id']}/entitled-people", {"people": list(people)})


async def publish(town: Town, process: dict[str, Any]) -> httpx.Response:
    action = {"action": "publish"}
    return await post(town, town.service.agent(), f"/{process['id']}/transitions", action, **{"If-Match": '"1"'})


async def change(town: Town, process: dict[str, Any], version: int, **changes: Any) -> httpx.Response:
    headers = town.service.agent().headers | {"If-Match": f'"{version}"'}
    body = process_body(phase("now", -1, *ACTS), **{"audience": LISTED, **changes})
    return await town.client.put(f"/v1/processes/{process['id']}", json=body, headers=headers)


async def roll(town: Town, who: Caller, process: dict[str, Any], own: str = "") -> httpx.Response:
    path = f"/v1/visible-processes/{process['id']}/entitled-people{own}"
    return await town.client.get(path, headers=who.headers)


def voter(town: Town) -> Caller:
    return town.service.citizen(acr="eidas1")


async def test_only_who_is_on_the_frozen_roll_takes_part_and_can_check_it(town: Town, identity: Identity) -> None:
    made = await drafted(town, "DUBOIS", "DURAND")
    process = (await publish(town, made)).json()
    consultation, conversation = await town.opened(), await opened(town, seeds=1)
    for kind, part in {"consultation": consultation, "conversation": conversation}.items():
        assert (await join(town, process, kind, part)).status_code == 201
    statement = (await shown(town, conversation))[0]
    ada, late, weak = voter(town), voter(town), town.service.citizen()
    identity.people[ada.subject] = identity.people[weak.subject] = "DUBOIS"
    assert (await say(town, ada, statement, "agree")).is_success
    assert (await town.answer(ada, consultation)).status_code == 201
    for refused in (await say(town, late, statement, "agree"), await town.answer(late, consultation)):
        assert (refused.status_code, refused.json()["code"]) == (403, "not-on-the-list")
        assert "le jour où la liste de cette démarche a été arrêtée" in refused.json()["detail"]
    assert (await say(town, weak, statement, "agree")).json()["code"] == "identity-not-verified"
    own = (await roll(town, ada, process, "/mine")).json()
    assert (own["on_roll"], own["roll"]) == (True, process["roll"])
    file = (await roll(town, ada, process)).text
    assert own["mark"] in file.splitlines()
    assert file.splitlines() == sorted(file.splitlines())
    assert (sha256(file.encode()).hexdigest(), file.count("\n")) == (own["roll"]["digest"], own["roll"]["count"])
    other = (await roll(town, late, process, "/mine")).json()
    assert (other["on_roll"], other["mark"], other["roll"]) == (False, None, process["roll"])
    public = await town.client.get(f"/v1/collectivities/paris/processes/{process['id']}")
    assert public.json()["roll"] == process["roll"]
    assert public.json()["audience"]["listed"]


async def test_a_roll_is_brought_in_parts_to_a_draft_and_frozen_with_it(town: Town, identity: Identity) -> None:
    made = await drafted(town)
    empty = await publish(town, made)
    assert (empty.status_code, empty.json()["code"]) == (409, "conflict")
    first = (await bring(town, made, civil_status("DUBOIS"), civil_status("WHO", birth_date="1962"))).json()
    assert first == {"added": 1, "total": 1, "incomplete": [1]}
    assert (await bring(town, made, civil_status("DUBOIS"), civil_status("DURAND"))).json()["total"] == 2
    assert {each["label"] for each in identity.asked} == {f"participation/process/{made['id']}"}
    process = (await publish(town, made)).json()
    assert process["roll"]["count"] == 2
    assert (await bring(town, made, civil_status("LATE"))).status_code == 409
    assert (await change(town, process, process["version"], audience=None)).status_code == 409
    kept = await change(town, process, process["version"], visible_to="accounts")
    assert (kept.status_code, kept.json()["roll"]) == (200, process["roll"])
    pool = town.service.runtime.database.pool
    keys = {bytes.fromhex(identity.made(f"participation/process/{made['id']}", name)) for name in ("DUBOIS", "DURAND")}
    marks = {row[0] for row in await pool.fetch("SELECT mark FROM process_entitled")}
    assert len(marks) == 2
    assert not marks & keys, "what is handed out is not what identity makes of people"


@pytest.mark.usefixtures("identity")
async def test_a_draft_that_was_brought_the_wrong_people_is_brought_others(town: Town) -> None:
    made = await drafted(town, "WRONG", "FILE")
    assert (await change(town, made, 1, audience=None)).status_code == 200
    assert await town.count("process_entitled") == 0
    assert (await change(town, made, 2)).status_code == 200
    assert (await bring(town, made, civil_status("DUBOIS"))).json() == {"added": 1, "total": 1, "incomplete": []}
    assert (await change(town, made, 3)).status_code == 200
    assert await town.count("process_entitled") == 1, "it keeps its roll"


async def test_who_is_asked_for_an_age_is_one_person_whatever_their_accounts(town: Town, identity: Identity) -> None:
    process = (await publish(town, await drafted(town, audience={"minimum_age": 18}))).json()
    consultation, one, other = await town.opened(), voter(town), voter(town)
    assert (await join(town, process, "consultation", consultation)).status_code == 201
    identity.one_person(one.subject, other.subject)
    identity.born |= dict.fromkeys((one.subject, other.subject), "1962-08-24")
    assert (await town.answer(one, consultation)).status_code == 201
    again = await town.answer(other, consultation)
    assert (again.status_code, again.json()["code"]) == (409, "already-answered")


async def test_a_published_process_without_a_roll_gets_none(town: Town) -> None:
    made = await drafted(town, audience=None)
    assert (await bring(town, made, civil_status("DUBOIS"))).status_code == 409
    process = (await publish(town, made)).json()
    assert process["roll"] is None
    assert (await change(town, process, process["version"])).status_code == 409
    for own in ("", "/mine"):
        assert (await roll(town, voter(town), process, own)).status_code == 404


async def test_a_roll_is_its_towns_and_for_those_who_see_the_process(town: Town, identity: Identity) -> None:
    process = await drafted(town, "DUBOIS", visible_to="agents")
    ada, stranger = voter(town), town.service.citizen("lutece", acr="eidas1")
    identity.people |= dict.fromkeys((ada.subject, stranger.subject), "DUBOIS")
    for own in ("", "/mine"):
        assert (await roll(town, ada, process, own)).status_code == 404, "a draft"
    published = (await publish(town, process)).json()
    for own in ("", "/mine"):
        assert (await roll(town, ada, process, own)).status_code == 404
    assert (await change(town, process, published["version"])).status_code == 200
    for own in ("", "/mine"):
        assert (await roll(town, ada, process, own)).status_code == 200
        assert (await roll(town, stranger, process, own)).status_code == 404
    neighbour = town.service.agent("lutece")
    path = f"/{process['id']}/entitled-people"
    assert (await post(town, neighbour, path, {"people": [civil_status("DUBOIS")]})).status_code == 404


async def test_an_account_that_went_into_another_or_was_erased_leaves_the_person_on_the_roll(
    town: Town, identity: Identity
) -> None:
    process = (await publish(town, await drafted(town, "DUBOIS"))).json()
    conversation = await opened(town, seeds=1)
    await join(town, process, "conversation", conversation)
    statement = (await shown(town, conversation))[0]
    gone, kept, again = voter(town), voter(town), voter(town)
    identity.people |= {gone.subject: "DUBOIS", kept.subject: "DUBOIS"}
    await hear(town.service, merged(gone, kept))
    marks = {(await roll(town, who, process, "/mine")).json()["mark"] for who in (gone, kept)}
    assert len(marks) == 1
    assert (await say(town, kept, statement, "agree")).is_success
    identity.people[kept.subject] = None
    assert (await say(town, kept, statement, "disagree")).json()["code"] == "identity-not-verified"
    identity.people[again.subject] = "DUBOIS"
    assert (await roll(town, again, process, "/mine")).json()["mark"] in marks


async def test_a_roll_is_forgotten_some_time_after_the_process(town: Town, identity: Identity) -> None:
    process = (await publish(town, await drafted(town, "DUBOIS"))).json()
    other = (await publish(town, await drafted(town, "DUBOIS", ends_at=later(90)))).json()
    ada, database = voter(town), town.service.runtime.database
    identity.people[ada.subject] = "DUBOIS"
    assert await forget_rolls(database, 60, datetime.now(UTC) + timedelta(days=89)) == 0
    assert await forget_rolls(database, 60, datetime.now(UTC) + timedelta(days=91)) == 1
    for own in ("", "/mine"):
        assert (await roll(town, ada, process, own)).status_code == 404
    public = await town.client.get(f"/v1/collectivities/paris/processes/{process['id']}")
    assert public.json()["roll"] == process["roll"]
    assert (await roll(town, ada, other, "/mine")).json()["on_roll"]
    again = await change(town, process, process["version"], ends_at=later(200))
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


async def test_who_comes_after_the_roll_is_forgotten_is_told_that_and_not_that_they_were_not_on_it(
    town: Town, identity: Identity
) -> None:
    process = (await publish(town, await drafted(town, "DUBOIS"))).json()
    proposal = (await propose(town, town.service.citizen())).json()
    assert (await join(town, process, "proposal", proposal)).status_code == 201
    ada = voter(town)
    identity.people[ada.subject] = "DUBOIS"
    assert (await support(town, ada, proposal)).status_code == 200
    assert await forget_rolls(town.service.runtime.database, 60, datetime.now(UTC) + timedelta(days=91)) == 1
    refused = await support(town, ada, proposal)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert "la liste de ses participants est supprimée" in refused.json()["detail"]
    assert (await support(town, ada, proposal, supporting=False)).status_code == 200, "what is taken back is for all"


def later(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()
