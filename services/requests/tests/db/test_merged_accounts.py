# SPDX-License-Identifier: EUPL-1.2
"""What somebody filed, follows and drafts under one account is the other's, once both were found to be one person's."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import yaml
from agendas import Agendas, at
from contesting import WHY, contesting
from public_doors import decide
from requests_town import Town, photo

from parvis_kit.messaging.events import Event
from parvis_requests.consumers import people
from parvis_testing import Caller

TYPE = "fr.parvis.identity.account-merged.v1"
CONTRACTS = Path(__file__).parents[4] / "contracts"


def merged(absorbed: Caller, kept: Caller) -> Event:
    example = json.loads((CONTRACTS / "examples/events" / f"{TYPE}.json").read_text("utf-8"))
    return Event(
        id=uuid4(), type=TYPE, source="/parvis/identity", subject=absorbed.subject, time=datetime.now(UTC),
        collectivity="paris", sequence=4, key=UUID(absorbed.subject), topic=people.TOPICS[0],
        data=example | {"person": absorbed.subject, "into": kept.subject}, traceparent=None,
    )  # fmt: skip


async def hear(town: Town, *events: Event) -> None:
    runtime = town.service.runtime
    for event in events:
        async with runtime.database.unit_of_work() as uow:
            await people.handlers(runtime.persons)[event.type](event, uow.session)
            await uow.commit()


async def ids(town: Town, caller: Caller, path: str) -> list[str]:
    answer = await town.get(caller, path)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def test_a_request_moves_with_answers_words_files_and_rating_still_readable(town: Town) -> None:
    absorbed, kept, agent = town.service.citizen(), town.service.citizen(), town.service.agent()
    picture = (await town.upload(absorbed, photo())).json()["id"]
    request: dict[str, Any] = (await town.submit(absorbed, attachments=[picture])).json()
    path = f"/v1/requests/{request['id']}"
    await town.act(agent, request, "take", '"1"')
    await town.write(agent, request, "public", "Nous passons demain.")
    await town.write(absorbed, request, "public", "Merci.")
    await town.act(agent, request, "resolve", '"4"')
    headers = absorbed.headers | {"Idempotency-Key": town.key()}
    rated = await town.client.post(f"{path}/satisfaction", json={"score": 5, "comment": "Vite."}, headers=headers)
    assert rated.status_code in {200, 201}, rated.text
    told = merged(absorbed, kept)
    for _ in range(2):
        await hear(town, told)
        assert await ids(town, absorbed, "/v1/requests") == []
        for place in ("", "/messages", "/satisfaction"):
            assert (await town.get(absorbed, f"{path}{place}")).status_code == 404
        shown = (await town.get(kept, path)).json()
        assert shown["answers"] == {"blocks_pavement": True, "quantity": 3}
        words = (await town.get(kept, f"{path}/messages")).json()["items"]
        assert {(m["text"], m["by"]) for m in words} == {("Nous passons demain.", "agent"), ("Merci.", "author")}
        assert (await town.get(kept, f"{path}/satisfaction")).json()["comment"] == "Vite."
        assert (await town.get(kept, f"/v1/attachments/{picture}")).status_code == 200
        assert (await town.get(absorbed, f"/v1/attachments/{picture}")).status_code == 404
    again = await town.write(kept, request, "public", "Encore merci.")
    assert again.status_code == 201, again.text


async def test_why_agents_hid_and_hold_a_request_stays_readable_for_them(town: Town) -> None:
    absorbed, kept, agent = town.service.citizen(), town.service.citizen(), town.service.agent()
    request = (await town.submit(absorbed)).json()
    path = f"/v1/requests/{request['id']}"
    hidden = await decide(town, request, '"0"', hidden=True, reason="Nomme un voisin.")
    assert hidden.status_code == 200, hidden.text
    headers = agent.headers | {"If-Match": (await town.get(agent, path)).headers["etag"]}
    held = await town.client.put(f"{path}/legal-hold", json={"reason": "Un recours."}, headers=headers)
    assert held.status_code in {200, 201}, held.text
    await hear(town, merged(absorbed, kept))
    told = await town.get(agent, f"{path}/publication")
    assert (told.status_code, "Nomme un voisin." in told.text) == (200, True), told.text
    assert "Un recours." in (await town.get(agent, f"{path}/legal-hold")).text


async def test_what_they_contested_and_what_they_were_answered_stay_readable(town: Town) -> None:
    absorbed, kept, agent = town.service.citizen(), town.service.citizen(), town.service.agent()
    desk = await contesting(town)
    request = await desk.refused(absorbed, agent)
    appeal = await desk.lodged(absorbed, request)
    await desk.do(agent, request, appeal, "outcome", outcome="rejected", reasons="Elle était prise.")
    await hear(town, merged(absorbed, kept))
    (read,) = await desk.listed(kept, request)
    assert (read["text"], read["reasons"]) == (WHY, "Elle était prise.")
    assert (await town.get(absorbed, f"/v1/requests/{request['id']}/appeals")).status_code == 404


async def test_drafts_move_and_loose_files_join_what_is_filed_next(town: Town) -> None:
    absorbed, kept = town.service.citizen(), town.service.citizen()
    headers = absorbed.headers | {"Idempotency-Key": town.key()}
    body = {"request_type": "cartons", "description": "Des cartons"}
    draft = (await town.client.post("/v1/request-drafts", json=body, headers=headers)).json()["id"]
    picture = (await town.upload(absorbed, photo())).json()["id"]
    await hear(town, merged(absorbed, kept))
    assert await ids(town, absorbed, "/v1/request-drafts") == []
    opened = (await town.get(kept, f"/v1/request-drafts/{draft}")).json()
    assert opened["content"]["description"] == "Des cartons"
    filed = await town.submit(kept, attachments=[picture])
    assert filed.status_code == 201, filed.text


async def test_nobody_follows_twice_nor_what_is_their_own(town: Town) -> None:
    absorbed, kept, other = town.service.citizen(), town.service.citizen(), town.service.citizen()
    both, one, own = [(await town.submit(who)).json() for who in (other, other, absorbed)]
    for who, request in ((absorbed, both), (kept, both), (absorbed, one), (kept, own)):
        assert (await town.follow(who, request)).status_code in {200, 201, 204}
    await hear(town, merged(absorbed, kept))
    rows = await town.service.runtime.database.pool.fetch("SELECT request_id, person FROM follow")
    assert {(str(row["request_id"]), str(row["person"])) for row in rows} == {
        (both["id"], kept.subject),
        (one["id"], kept.subject),
    }
    assert len(rows) == 2


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_a_chain_of_merges_ends_in_one_account_whatever_their_order(town: Town, order: tuple[int, int]) -> None:
    first, second, third = (town.service.citizen() for _ in range(3))
    request = (await town.submit(first)).json()["id"]
    chain = [merged(first, second), merged(second, third)]
    await hear(town, *(chain[place] for place in order))
    assert await ids(town, third, "/v1/requests") == [request]


async def test_who_is_writing_meanwhile_finds_the_request_changed(town: Town) -> None:
    absorbed, kept, agent = town.service.citizen(), town.service.citizen(), town.service.agent()
    request = (await town.submit(absorbed)).json()
    await hear(town, merged(absorbed, kept))
    assert (await town.act(agent, request, "take", '"1"')).status_code == 412
    assert (await town.act(agent, request, "take", '"2"')).status_code in {200, 201}


def test_the_consumer_takes_in_what_the_contract_says(town: Town) -> None:
    document: dict[str, Any] = yaml.safe_load((CONTRACTS / "asyncapi/requests.v1.yaml").read_text("utf-8"))
    heard = [
        (
            document["channels"][operation["channel"]["$ref"].rpartition("/")[2]]["address"],
            message["$ref"].rpartition("/")[2],
        )
        for operation in document["operations"].values()
        if operation.get("bindings", {}).get("kafka", {}).get("groupId", {}).get("const") == "requests-people"
        for message in operation["messages"]
    ]
    assert heard == [
        (people.TOPICS[0], "accountMerged"),
        (people.TOPICS[0], "personErased"),
        (people.TOPICS[0], "personRegistered"),
        (people.TOPICS[1], "messageReceived"),
    ]
    types = {document["components"]["messages"][name]["name"] for _, name in heard}
    assert set(people.handlers(town.service.runtime.persons)) == types


async def test_appointments_and_why_they_were_changed_follow_the_person(town: Town) -> None:
    agendas, absorbed, kept, agent = Agendas(town), town.service.citizen(), town.service.citizen(), town.service.agent()
    await agendas.counter()
    booked = (await agendas.book(absorbed, at("09:00"))).json()
    await agendas.change(agent, booked, "move", starts_at=at("09:30"), reason="Formation")
    await hear(town, merged(absorbed, kept))
    (mine,) = (await town.get(kept, "/v1/appointments")).json()["items"]
    assert (mine["id"], mine["reason"], mine["version"]) == (booked["id"], "Formation", 3)
    assert await ids(town, absorbed, "/v1/appointments") == []
