# SPDX-License-Identifier: EUPL-1.2
"""Who may ask for what, and by which way: each refusal at each door; and what agents file for others."""

from typing import Any
from uuid import uuid4

import pytest
from requests_town import TOWN_HALL, Town, photo

from parvis_testing import Caller

GIVEN = {"first_name": "Rose", "last_name": "BLANC", "email": "rose@example.org", "phone": "01 40 00 00 00"}
EVERYWHERE = ["online", "counter", "phone", "letter", "email", "social"]


@pytest.fixture
async def offered(town: Town) -> str:
    return await publish(town, channels=EVERYWHERE)


async def publish(town: Town, **offer: Any) -> str:
    code = f"who-files-{uuid4().hex[:8]}"
    await town.publish(code, **offer)
    return code


async def on_behalf(town: Town, agent: Caller, code: str, *, key: str | None = None, **changes: Any) -> Any:
    body = {"request_type": code, "description": "Un acte", "channel": "phone", "contact": GIVEN, **changes}
    headers = agent.headers | {"Idempotency-Key": key or town.key()}
    return await town.client.post("/v1/requests-on-behalf", json=body, headers=headers)


def assisted(town: Town, person: Caller, clerk: Caller) -> Caller:
    return town.service.citizen(sub=person.subject, act={"sub": clerk.subject, "kind": "agent"})


async def test_an_agent_files_for_somebody_without_an_account(town: Town, offered: str) -> None:
    agent = town.service.agent()
    answer = await on_behalf(town, agent, offered)
    assert answer.status_code == 201, answer.text
    filed = answer.json()
    assert (filed["channel"], filed["receipt"]) == ({"code": "phone", "label": "Téléphone"}, "email")
    read = (await town.get(agent, f"/v1/requests/{filed['id']}")).json()
    # Who files is not told whether names are known: none stands in what was filed just now.
    apart = {"receipt": filed["receipt"], "names_known": None, "appointment": None}
    assert filed == read | apart
    (act,) = (await town.get(agent, f"/v1/requests/{filed['id']}/history")).json()["items"]
    assert (act["action"]["code"], act["by"], act["on_behalf"], act["acted_by"]) == (
        "submit",
        "author",
        "agent",
        agent.subject,
    )
    contact = (await town.get(agent, f"/v1/requests/{filed['id']}/contact")).json()
    assert {name: contact[name] for name in GIVEN} == GIVEN
    kept = await town.service.runtime.database.pool.fetchval("SELECT string_agg(r::text, '') FROM reporter r")
    assert "rose" not in kept
    assert (await town.get(town.service.citizen(), f"/v1/requests/{filed['id']}")).status_code == 404
    assert (await town.get(town.service.agent("lutece"), f"/v1/requests/{filed['id']}")).status_code == 404


async def test_sent_again_it_is_filed_once(town: Town, offered: str) -> None:
    agent, key = town.service.agent(), town.key()
    first, again = [await on_behalf(town, agent, offered, key=key) for _ in range(2)]
    assert (first.json(), again.headers["idempotency-replayed"]) == (again.json(), "true")
    assert await town.count("request") == 1


@pytest.mark.parametrize(
    ("contact", "channel", "way"),
    [
        (GIVEN, "letter", "email"),
        ({"postal_address": "4 rue Noire, 75002 Paris"}, "letter", "letter"),
        ({}, "counter", "hand"),
        ({"phone": "01 40 00 00 00"}, "phone", "none"),
        (GIVEN, "email", "email"),
        ({"first_name": "Rose"}, "social", "none"),
    ],
)
async def test_the_receipt_goes_by_the_way_that_is_left(
    town: Town, offered: str, contact: dict[str, str], channel: str, way: str
) -> None:
    agent = town.service.agent()
    filed = (await on_behalf(town, agent, offered, contact=contact, channel=channel)).json()
    assert (filed["receipt"], filed["channel"]["code"]) == (way, channel)
    receipt = await town.get(agent, f"/v1/requests/{filed['id']}/receipt")
    assert (receipt.status_code, receipt.json()["reference"]) == (200, filed["reference"])


async def test_the_sender_of_mails_alone_learns_where_to_write(town: Town, offered: str) -> None:
    filed = (await on_behalf(town, town.service.agent(), offered, contact=GIVEN | {"language": "en"})).json()
    pool = town.service.runtime.database.pool
    author = await pool.fetchval("SELECT author FROM request WHERE reference = $1", filed["reference"])
    path = f"/internal/v1/reporters/{author}/contact?collectivity="
    sender, internal = town.service.system(), town.service.internal
    told = await internal.get(f"{path}paris", headers=sender.headers)
    assert (told.status_code, told.json()) == (
        200,
        {"email": "rose@example.org", "language": "en", "can_follow": False},
    )
    assert (await internal.get(f"{path}lutece", headers=sender.headers)).status_code == 404
    assert (await internal.get(f"{path}paris", headers=town.service.agent().headers)).status_code == 403
    unasked = f"/internal/v1/reporters/{uuid4()}/contact?collectivity=paris"
    assert (await internal.get(unasked, headers=sender.headers)).status_code == 404
    await town.service.runtime.persons.destroy(author)
    assert (await internal.get(f"{path}paris", headers=sender.headers)).status_code == 404


async def test_the_way_is_a_filter_and_a_label_of_the_queue(town: Town, offered: str) -> None:
    agent = town.service.agent()
    phoned = (await on_behalf(town, agent, offered)).json()
    written = (await on_behalf(town, agent, offered, channel="letter")).json()
    await town.submit(town.service.citizen(), request_type=offered, answers={})

    async def queue(query: str) -> list[tuple[str, str]]:
        items = (await town.get(agent, f"/v1/work-queue?{query}")).json()["items"]
        return [(item["id"], item["channel"]["label"]) for item in items]

    assert await queue("channel=phone") == [(phoned["id"], "Téléphone")]
    assert await queue("channel=phone&channel=letter") == [(written["id"], "Courrier"), (phoned["id"], "Téléphone")]
    assert [label for _, label in await queue("channel=online")] == ["En ligne"]
    assert [label for _, label in await queue("channel=letter&q=acte")] == ["Courrier"]
    counts = (await town.get(agent, "/v1/work-queue?channel=social&count=exact")).json()["counts"]
    assert counts["total"] == 0


async def test_who_is_assisted_sees_by_which_way_it_came_and_that_an_agent_filed_it(town: Town, offered: str) -> None:
    person, clerk = town.service.citizen(), town.service.agent()
    request = (
        await town.submit(assisted(town, person, clerk), request_type=offered, answers={}, channel="phone")
    ).json()
    seen = (await town.get(person, f"/v1/requests/{request['id']}")).json()
    assert seen["channel"] == {"code": "phone", "label": "Téléphone"}
    (act,) = (await town.get(person, f"/v1/requests/{request['id']}/history")).json()["items"]
    assert (act["on_behalf"], act["acted_by"]) == ("agent", None)


async def test_the_agent_scans_what_came_on_paper_afterwards(town: Town) -> None:
    document = {"code": "identity", "name": {"fr": "Pièce d'identité", "en": "Identity"}}
    code = await publish(town, channels=["counter"], documents=[document])
    agent = town.service.agent()
    filed = (await on_behalf(town, agent, code, channel="counter")).json()
    upload = await town.client.post(
        f"/v1/attachments?for_request={filed['id']}",
        content=photo(),
        headers=agent.headers | {"Idempotency-Key": town.key(), "Content-Type": "image/jpeg"},
    )
    joined = await town.client.post(
        f"/v1/requests/{filed['id']}/documents",
        json={"documents": {"identity": [upload.json()["id"]]}},
        headers=agent.headers | {"Idempotency-Key": town.key()},
    )
    assert (joined.status_code, [a["document"] for a in joined.json()["attachments"]]) == (201, ["identity"])


@pytest.mark.parametrize(
    ("offer", "channel", "refusal"),
    [
        ({"channels": EVERYWHERE, "audience": {"agent": False}}, "phone", (403, "not-on-behalf")),
        ({"channels": ["online", "letter"]}, "phone", (422, "channel-not-offered")),
        ({"channels": ["counter"]}, "online", (422, "channel-not-offered")),
    ],
)
async def test_a_type_says_what_agents_file_and_what_came_by_which_way(
    town: Town, offer: dict[str, Any], channel: str, refusal: tuple[int, str]
) -> None:
    code = await publish(town, **offer)
    person, clerk = town.service.citizen(), town.service.agent()
    for answer in (
        await on_behalf(town, clerk, code, channel=channel),
        await town.submit(assisted(town, person, clerk), request_type=code, answers={}, channel=channel),
    ):
        assert (answer.status_code, answer.json()["code"]) == refusal
        assert [e["pointer"] for e in answer.json().get("errors", [])] in ([], ["/channel"])
    assert await town.count("request") == 0


async def test_a_citizen_files_online_and_for_nobody(town: Town, offered: str) -> None:
    citizen = town.service.citizen()
    claimed = await town.submit(citizen, request_type=offered, answers={}, channel="phone")
    assert (claimed.status_code, claimed.json()["code"]) == (422, "channel-not-offered")
    assert (await on_behalf(town, citizen, offered)).status_code == 403
    agent = town.service.agent()
    assert (await on_behalf(town, agent, offered, channel="online")).json()["code"] == "channel-not-offered"
    assert (await town.submit(agent, request_type=offered, answers={})).status_code == 403


async def test_what_is_for_citizens_of_a_level_an_agent_files_for_whom_they_know(town: Town) -> None:
    sure = await publish(town, channels=EVERYWHERE, audience={"level": "eidas2"})
    person, clerk = town.service.citizen(), town.service.agent()
    weak = await town.submit(assisted(town, person, clerk), request_type=sure, answers={}, channel="phone")
    assert (weak.status_code, weak.json()["code"]) == (403, "identity-level-too-low")
    assert (await on_behalf(town, clerk, sure, channel="counter")).status_code == 201
    nobody = await publish(town, audience={"citizen": False})
    refused = await town.submit(person, request_type=nobody, answers={})
    assert (refused.status_code, refused.json()["code"]) == (403, "not-for-caller")


async def test_a_description_that_fits_no_form_keeps_nothing(town: Town, offered: str) -> None:
    agent = town.service.agent()
    answer = await on_behalf(town, agent, offered, answers={"colour": "green"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-answers")
    place = {"type": "Point", "coordinates": [4.8357, 45.764]}
    assert (await on_behalf(town, agent, offered, position=place)).json()["code"] == "outside-territory"
    here = {"type": "Point", "coordinates": TOWN_HALL}
    assert (await on_behalf(town, agent, offered, position=here)).status_code == 201
    assert await town.count("request") == 1
