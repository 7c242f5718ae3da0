# SPDX-License-Identifier: EUPL-1.2
"""Dead letters over the API of a service: the same play at each that has consumers."""

import json
from base64 import b64encode
from typing import Any
from uuid import uuid4

import httpx

from parvis_kit.messaging.events import Record
from parvis_letters.burying import bury
from parvis_testing import Caller, Harness

TYPE = "fr.parvis.identity.person-changed.v1"
BROKEN = b'{"person":'


def record(value: bytes = BROKEN, collectivity: bytes = b"paris", key: str = "") -> Record:
    """A record as it came from Kafka, of an event of identity's; the data are broken off unless others are given."""
    key = key or str(uuid4())
    attributes = {
        "specversion": b"1.0", "id": str(uuid4()).encode(), "type": TYPE.encode(), "source": b"/parvis/identity",
        "subject": key.encode(), "time": b"2026-11-26T08:00:00Z", "collectivity": collectivity, "sequence": b"4",
    }  # fmt: skip
    headers = tuple((f"ce_{name}", text) for name, text in attributes.items())
    return Record("parvis.identity.person.v1", 0, 5, key.encode(), value, headers)


def mended(**changes: Any) -> dict[str, Any]:
    """Data that fit the schema of that event."""
    data = {"person": str(uuid4()), "changed": ["email"], "collectivity": "paris"}
    return data | {"occurred_at": "2026-11-26T08:00:00.000Z", "sequence": 4} | changes


class Letters:
    """The letters of one service, called over its API."""

    def __init__(self, service: Harness) -> None:
        self.service = service
        self.consumer = f"{service.runtime.service}-people"
        self.path = f"/v1/dead-letters/{service.runtime.service}"
        self.administrator = service.agent(roles=["administrator"])
        self.pool = service.runtime.database.pool

    async def bury(self, *records: Record) -> list[str]:
        """Their ids, in the order of burial."""
        before = await self.pool.fetchval("SELECT coalesce(max(number), 0) FROM dead_letter")
        for each in records:  # each in a transaction of its own, so that their instants differ
            async with self.service.runtime.database.unit_of_work() as uow:
                await bury(uow.session, self.consumer, each, "JSONDecodeError: not an event of Parvis")
                await uow.commit()
        rows = await self.pool.fetch("SELECT id FROM dead_letter WHERE number > $1 ORDER BY number", before)
        return [str(row["id"]) for row in rows]

    async def get(self, path: str = "", caller: Caller | None = None, **query: Any) -> httpx.Response:
        headers = (caller or self.administrator).headers
        return await self.service.client.get(self.path + path, params=query, headers=headers)

    async def post(self, path: str, body: Any, caller: Caller | None = None, key: str | None = None) -> httpx.Response:
        headers = (caller or self.administrator).headers | {"Idempotency-Key": key or str(uuid4())}
        return await self.service.client.post(f"{self.path}/{path}", json=body, headers=headers)

    async def clean(self) -> None:
        await self.pool.execute("DELETE FROM dead_letter")
        await self.pool.execute("DELETE FROM parked_event")


async def play_letters(service: Harness) -> None:
    """All that can be done with letters, by whom, and by whom not."""
    letters = Letters(service)
    try:
        await _are_seen_by_their_town(letters)
        await _are_sent_again_once(letters)
        await _are_discarded_with_a_reason(letters)
    finally:
        await letters.clean()


async def _are_seen_by_their_town(letters: Letters) -> None:
    service = letters.service
    ours = await letters.bury(record(), record())
    (theirs, nobodys) = await letters.bury(record(collectivity=b"lutece"), record(collectivity=b"PARIS"))
    listed = (await letters.get()).json()["items"]
    assert [letter["id"] for letter in listed] == ours[::-1]
    first = (await letters.get(limit=1)).json()
    second = (await letters.get(limit=1, cursor=first["next_cursor"])).json()
    assert [page["items"][0]["id"] for page in (first, second)] == ours[::-1]
    assert (await letters.get(limit=1, cursor=first["next_cursor"], state="waiting")).status_code == 400
    assert (await letters.get(state=["redriven", "discarded"])).json()["items"] == []
    assert (await letters.get(consumer="somebody-else")).json()["items"] == []
    shown = (await letters.get(f"/{ours[0]}")).json()
    assert (shown["type"], shown["collectivity"], shown["data"]) == (TYPE, "paris", None)
    assert shown["data_base64"] == b64encode(BROKEN).decode()
    assert {"name": "ce_sequence", "value": "4"} in shown["headers"]
    neighbour = service.agent("lutece", roles=["administrator"])
    assert [letter["id"] for letter in (await letters.get(caller=neighbour)).json()["items"]] == [theirs]
    for letter in (*ours, nobodys):
        assert (await letters.get(f"/{letter}", neighbour)).status_code == 404
        assert (await letters.post(f"{letter}/redrives", {"data": mended()}, neighbour)).status_code == 404
        assert (await letters.post(f"{letter}/discards", {"reason": "Non."}, neighbour)).status_code == 404
    system, citizen = service.system(), service.citizen()
    assert len((await letters.get(caller=system)).json()["items"]) == 2, "a system may watch"
    assert (await letters.get(caller=citizen)).status_code == 403
    for caller in (system, service.agent(acr="eidas1"), service.agent(auth_time=1)):
        refused = await letters.post(f"{ours[0]}/redrives", {}, caller)
        assert (refused.status_code, refused.json()["code"]) == (401, "insufficient-user-authentication")
    assert (await letters.get(caller=service.agent(scope="openid"))).status_code == 403


async def _are_sent_again_once(letters: Letters) -> None:
    person = str(uuid4())
    (letter,) = await letters.bury(record(key=person))
    path = f"{letter}/redrives"
    as_it_came = await letters.post(path, {})
    assert (as_it_came.status_code, as_it_came.json()["code"]) == (409, "dead-letter-not-mendable")
    wrong = {**mended(sequence=0, changed=["everything"]), "person": "nobody"}
    refused = await letters.post(path, {"data": wrong})
    assert refused.status_code == 422
    assert {error["pointer"] for error in refused.json()["errors"]} == {
        "/data/person",
        "/data/sequence",
        "/data/changed/0",
    }
    elsewhere = await letters.post(path, {"data": mended(collectivity="lutece")})
    assert [error["pointer"] for error in elsewhere.json()["errors"]] == ["/data/collectivity", "/data"]
    assert (await letters.post(path, {"data": mended(), "topic": "other"})).status_code == 422
    data = mended(person=person)
    done = await letters.post(path, {"data": data}, key="once")
    assert (done.status_code, done.headers["location"]) == (202, f"{letters.path}/{letter}")
    assert (done.json()["state"], done.json()["mended"]) == ("redriven", data)
    replayed = await letters.post(path, {"data": data}, key="once")
    assert (replayed.headers["idempotency-replayed"], replayed.json()) == ("true", done.json())
    for again in (await letters.post(path, {"data": data}), await letters.post(f"{letter}/discards", {"reason": "x"})):
        assert (again.status_code, again.json()["code"]) == (409, "dead-letter-settled")
    (parked,) = await letters.pool.fetch("SELECT * FROM parked_event")
    assert (json.loads(parked["value"]), parked["consumer"], parked["attempts"]) == (data, letters.consumer, 0)
    assert (await letters.get(f"/{letter}")).json()["settled_by"] == letters.administrator.subject


async def _are_discarded_with_a_reason(letters: Letters) -> None:
    (letter,) = await letters.bury(record(b'{"person": NaN}'))
    path = f"{letter}/discards"
    assert (await letters.post(path, {"reason": " "})).status_code == 422
    done = await letters.post(path, {"reason": "Un essai."})
    assert (done.status_code, done.json()["state"], done.json()["note"]) == (201, "discarded", "Un essai.")
    assert (await letters.post(path, {"reason": "Un essai."})).status_code == 409
    listed = (await letters.get(state="discarded")).json()["items"]
    assert [(each["id"], each["state"]) for each in listed] == [(letter, "discarded")]
    assert await letters.pool.fetchval("SELECT count(*) FROM parked_event") == 1, "the one that was sent again"
