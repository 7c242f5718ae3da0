# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from requests_town import TOWN_HALL, Town, photo

from parvis_requests.db.blobs import FileBlobs
from parvis_requests.service.purge_uploads import purge_uploads
from parvis_requests.service.request_drafts import forget_drafts
from parvis_testing import Caller

WHOLE = {
    "request_type": "cartons",
    "description": "Des cartons devant le numéro 4",
    "answers": {"blocks_pavement": True, "quantity": 3},
    "position": {"type": "Point", "coordinates": TOWN_HALL},
}


async def start(town: Town, caller: Caller, **content: Any) -> httpx.Response:
    headers = caller.headers | {"Idempotency-Key": town.key()}
    return await town.client.post("/v1/request-drafts", json={"request_type": "cartons", **content}, headers=headers)


async def save(town: Town, caller: Caller, draft: httpx.Response, content: dict[str, Any]) -> httpx.Response:
    headers = caller.headers | {"If-Match": draft.headers["etag"]}
    return await town.client.put(f"/v1/request-drafts/{draft.json()['id']}", json=content, headers=headers)


async def submit(town: Town, caller: Caller, draft: httpx.Response) -> httpx.Response:
    headers = caller.headers | {"If-Match": draft.headers["etag"], "Idempotency-Key": town.key()}
    return await town.client.post(f"/v1/request-drafts/{draft.json()['id']}/submission", headers=headers)


async def test_a_form_saves_itself_until_it_is_whole_and_is_filed_by_the_same_checks(town: Town) -> None:
    citizen = town.service.citizen()
    first = await start(town, citizen, answers={"quantity": "many"})
    assert first.status_code == 201
    early = await submit(town, citizen, first)
    assert (early.status_code, early.json()["errors"][0]["pointer"]) == (422, "/description")
    second = await save(town, citizen, first, WHOLE | {"answers": {"quantity": "many"}})
    wrong = await submit(town, citizen, second)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid-answers")
    third = await save(town, citizen, second, WHOLE)
    filed = await submit(town, citizen, third)
    assert filed.status_code == 201
    assert (filed.json()["description"], filed.json()["answers"]) == (WHOLE["description"], WHOLE["answers"])
    assert (await town.get(citizen, filed.headers["location"])).status_code == 200
    assert await town.count("request_draft") == 0
    again = await submit(town, citizen, third)
    assert (again.json()["id"], again.headers["idempotency-replayed"]) == (filed.json()["id"], "true")
    assert await town.count("request") == 1


async def test_a_save_from_an_older_page_is_refused(town: Town) -> None:
    citizen = town.service.citizen()
    first = await start(town, citizen)
    await save(town, citizen, first, WHOLE)
    assert (await save(town, citizen, first, WHOLE | {"description": "Autre"})).status_code == 412
    assert (await submit(town, citizen, first)).status_code == 412
    kept = await town.get(citizen, f"/v1/request-drafts/{first.json()['id']}")
    assert kept.json()["content"]["description"] == WHOLE["description"]
    headers = citizen.headers
    path = f"/v1/request-drafts/{first.json()['id']}"
    assert (await town.client.put(path, json=WHOLE, headers=headers)).status_code == 428
    assert (await town.client.delete(path, headers=headers | {"If-Match": '"2"'})).status_code == 204
    assert (await town.get(citizen, path)).status_code == 404


async def test_a_draft_is_its_authors_alone_and_sealed(town: Town) -> None:
    citizen, other, agent = town.service.citizen(), town.service.citizen(), town.service.agent()
    draft = await start(town, citizen, description="Mon secret")
    path = f"/v1/request-drafts/{draft.json()['id']}"
    assert (await town.get(other, path)).status_code == 404
    assert (await town.get(agent, path)).status_code == 403
    assert (await save(town, other, draft, WHOLE)).status_code == 404
    assert (await submit(town, other, draft)).status_code == 404
    assert (await town.get(other, "/v1/request-drafts")).json()["items"] == []
    assert [d["id"] for d in (await town.get(citizen, "/v1/request-drafts")).json()["items"]] == [draft.json()["id"]]
    assert b"secret" not in await town.service.runtime.database.pool.fetchval("SELECT content FROM request_draft")


async def test_files_wait_with_their_draft_and_go_with_it(town: Town) -> None:
    citizen, runtime = town.service.citizen(), town.service.runtime
    blobs = FileBlobs(runtime.settings.attachments_directory)
    kept, left = [(await town.upload(citizen, photo())).json()["id"] for _ in range(2)]
    await start(town, citizen, attachments=[kept])
    later = datetime.now(UTC) + timedelta(days=2)
    assert await purge_uploads(runtime.database, blobs, later) == 1
    assert (await town.get(citizen, f"/v1/attachments/{kept}")).status_code == 200
    assert (await town.get(citizen, f"/v1/attachments/{left}")).status_code == 404
    assert await forget_drafts(runtime.database, datetime.now(UTC) - timedelta(days=30)) == 0
    assert await forget_drafts(runtime.database, later) == 1
    assert await town.count("request_draft") == 0
    assert await purge_uploads(runtime.database, blobs, later) == 1


async def test_a_draft_with_files_becomes_a_request_with_them(town: Town) -> None:
    citizen = town.service.citizen()
    file = (await town.upload(citizen, photo())).json()["id"]
    draft = await start(town, citizen, **(WHOLE | {"attachments": [file]}))
    filed = await submit(town, citizen, draft)
    assert [a["id"] for a in filed.json()["attachments"]] == [file]


async def test_a_draft_that_a_kill_left_behind_is_not_filed_twice(town: Town) -> None:
    citizen, pool = town.service.citizen(), town.service.runtime.database.pool
    draft = await start(town, citizen, **WHOLE)
    row = await pool.fetchrow("SELECT * FROM request_draft")
    filed = await submit(town, citizen, draft)
    await pool.execute(
        "INSERT INTO request_draft (id, collectivity, author, content, version, created_at, updated_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        *row.values(),
    )
    again = await submit(town, citizen, draft)
    assert (again.status_code, again.json()["id"]) == (201, filed.json()["id"])
    assert (await town.count("request"), await town.count("request_draft")) == (1, 0)


async def test_a_person_keeps_twenty_drafts_at_most(town: Town) -> None:
    citizen = town.service.citizen()
    answers = [await start(town, citizen) for _ in range(21)]
    assert [answer.status_code for answer in answers[19:]] == [201, 409]
    assert answers[20].json()["code"] == "too-many-drafts"
