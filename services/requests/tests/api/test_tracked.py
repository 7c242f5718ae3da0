# SPDX-License-Identifier: EUPL-1.2
"""Somebody without an account files, and comes back by a token that nobody else has."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from requests_town import TOWN_HALL, Town, photo
from workflows import DECISION

from parvis_requests.main import public_app

PATH = "/v1/tracked-request"
REPORT = {
    "request_type": "cartons",
    "description": "Des cartons devant le numéro 4",
    "answers": {"blocks_pavement": True},
    "position": {"type": "Point", "coordinates": TOWN_HALL},
}


async def file(town: Town, *, key: str | None = None, **changes: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key or str(uuid4())}
    return await town.client.post("/v1/collectivities/paris/requests", json=REPORT | changes, headers=headers)


@pytest.fixture
async def filed(town: Town) -> dict[str, Any]:
    answer = await file(town)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == PATH
    body: dict[str, Any] = answer.json()
    return body


def shown(filed: dict[str, Any], **more: str) -> dict[str, str]:
    return {"Tracking-Token": filed["tracking_token"], "Idempotency-Key": str(uuid4()), **more}


async def test_who_files_without_an_account_reads_their_request_by_its_token(town: Town, filed: dict[str, Any]) -> None:
    read = await town.client.get(PATH, headers=shown(filed))
    assert read.json() == {name: value for name, value in filed.items() if name != "tracking_token"}
    (act,) = (await town.client.get(f"{PATH}/history", headers=shown(filed))).json()["items"]
    assert (act["action"]["code"], act["by"], act["on_behalf"]) == ("submit", "author", None)
    receipt = await town.client.get(f"{PATH}/receipt", headers=shown(filed))
    assert (receipt.status_code, receipt.json()["reference"]) == (200, filed["reference"])
    agent = town.service.agent()
    (item,) = (await town.get(agent, "/v1/work-queue")).json()["items"]
    assert (item["id"], item["channel"]["code"]) == (filed["id"], "online")
    assert (await town.get(agent, f"/v1/requests/{filed['id']}/contact")).status_code == 404


async def test_only_the_digest_of_the_token_is_kept(town: Town, filed: dict[str, Any]) -> None:
    pool = town.service.runtime.database.pool
    for table in ("tracking", "reporter", "request", "history_entry", "outbox", "idempotency_record"):
        rows = await pool.fetchval(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
        assert filed["tracking_token"] not in rows
        assert filed["tracking_token"].encode().hex() not in rows


async def test_the_conversation_goes_both_ways(town: Town, filed: dict[str, Any]) -> None:
    agent = town.service.agent()
    assert (await town.write(agent, filed, "public", "De quel côté ?")).status_code == 201
    assert (await town.write(agent, filed, "internal", "Appeler la voirie.")).status_code == 201
    words = {"visibility": "public", "text": "Côté pair."}
    assert (await town.client.post(f"{PATH}/messages", json=words, headers=shown(filed))).status_code == 201
    seen = (await town.client.get(f"{PATH}/messages", headers=shown(filed))).json()["items"]
    assert [(m["by"], m["text"], m["agent"]) for m in seen] == [
        ("author", "Côté pair.", None),
        ("agent", "De quel côté ?", None),
    ]
    note = await town.client.post(f"{PATH}/messages", json=words | {"visibility": "internal"}, headers=shown(filed))
    assert note.status_code == 403


async def test_a_missing_document_is_joined_and_the_request_withdrawn(town: Town) -> None:
    document = {"code": "plan", "name": {"fr": "Plan", "en": "Plan"}, "required": False}
    code = f"tracked-{uuid4().hex[:8]}"
    free = [{name: value for name, value in t.items() if name != "guards"} for t in DECISION["transitions"]]
    await town.publish(
        code, documents=[document], audience={"anonymous": True}, workflow=DECISION | {"transitions": free}
    )
    filed = (await file(town, request_type=code, answers={})).json()
    upload = await town.client.post(
        f"{PATH}/attachments", content=photo(), headers=shown(filed, **{"Content-Type": "image/jpeg"})
    )
    assert upload.status_code == 201, upload.text
    id_ = upload.json()["id"]
    given = await town.client.post(f"{PATH}/documents", json={"documents": {"plan": [id_]}}, headers=shown(filed))
    assert (given.status_code, [a["document"] for a in given.json()["attachments"]]) == (201, ["plan"])
    assert (await town.client.get(f"{PATH}/attachments/{id_}", headers=shown(filed))).status_code == 200
    gone = await town.client.post(
        f"{PATH}/transitions", json={"action": "withdraw"}, headers=shown(filed, **{"If-Match": given.headers["etag"]})
    )
    assert (gone.status_code, gone.json()["status"]["code"]) == (201, "dropped")


async def test_a_token_opens_its_own_request_and_nothing_else(town: Town, filed: dict[str, Any]) -> None:
    other = (await file(town)).json()
    assert (await town.client.get(PATH, headers=shown(other))).json()["id"] == other["id"]
    theirs = await town.upload(town.service.citizen(), photo())
    path = f"{PATH}/attachments/{theirs.json()['id']}"
    assert (await town.client.get(path, headers=shown(filed))).status_code == 404
    for token in ("", "x", "a" * 43, filed["tracking_token"] + "x", "\u00e9" * 5):
        answer = await town.client.get(PATH, headers=[(b"tracking-token", token.encode())])
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert (await town.client.get(PATH)).status_code == 404
    # It is no access token: the operations of people with an account do not know it.
    assert (await town.client.get(f"/v1/requests/{filed['id']}", headers=shown(filed))).status_code == 401


async def test_sent_again_it_is_filed_once_and_answered_the_same_token(town: Town) -> None:
    key = str(uuid4())
    first, again = [await file(town, key=key) for _ in range(2)]
    assert (first.json(), again.headers["idempotency-replayed"]) == (again.json(), "true")
    assert (await town.client.get(PATH, headers=shown(again.json()))).status_code == 200
    assert await town.count("request") == 1
    other = await file(town, key=key, description="Autre chose")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    guessed = await file(town, key="1")
    assert (guessed.status_code, guessed.json()["code"]) == (400, "idempotency-key-missing")


@pytest.mark.parametrize(
    ("offer", "code"),
    [
        ({}, "account-required"),
        ({"audience": {"anonymous": True}, "channels": ["counter"]}, "not-for-caller"),
        ({"audience": {"anonymous": True, "level": "eidas1"}}, "identity-level-too-low"),
    ],
)
async def test_a_type_says_whether_anybody_may_ask(town: Town, offer: dict[str, Any], code: str) -> None:
    name = f"tracked-{uuid4().hex[:8]}"
    await town.publish(name, **offer)
    answer = await file(town, request_type=name, answers={})
    assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert await town.count("request") == 0


async def test_a_flood_ends_for_the_town_and_says_when_to_come_back(town: Town) -> None:
    runtime = town.service.runtime
    few = replace(runtime, settings=runtime.settings.model_copy(update={"anonymous_filings_per_hour": 2}))
    transport = httpx.ASGITransport(app=public_app(few))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:

        async def send(collectivity: str) -> httpx.Response:
            path, headers = f"/v1/collectivities/{collectivity}/requests", {"Idempotency-Key": str(uuid4())}
            return await client.post(path, json=REPORT, headers=headers)

        assert [(await send("paris")).status_code for _ in range(2)] == [201, 201]
        flooded = await send("paris")
        assert (flooded.status_code, flooded.json()["code"]) == (429, "too-many-filings")
        assert flooded.headers["retry-after"] == "600"
        assert (await send("lutece")).status_code == 201
    assert await town.count("request") == 3


async def test_what_is_refused_or_sent_again_does_not_count(town: Town) -> None:
    runtime = town.service.runtime
    few = replace(runtime, settings=runtime.settings.model_copy(update={"anonymous_filings_per_hour": 2}))
    transport = httpx.ASGITransport(app=public_app(few))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:

        async def send(key: str, **changes: Any) -> httpx.Response:
            path, headers = "/v1/collectivities/paris/requests", {"Idempotency-Key": key}
            return await client.post(path, json=REPORT | changes, headers=headers)

        nonsense = {"request_type": "unheard-of"}, {"answers": {"blocks_pavement": 7}}, {"position": None}
        for changes in nonsense * 2:
            assert (await send(str(uuid4()), **changes)).status_code == 422
        assert [await town.count(table) for table in ("tracking", "reporter")] == [0, 0]
        key = str(uuid4())
        assert {(await send(key)).status_code for _ in range(4)} == {201}
        assert (await send(str(uuid4()))).status_code == 201
        assert (await send(str(uuid4()))).status_code == 429
