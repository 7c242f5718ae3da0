# SPDX-License-Identifier: EUPL-1.2
"""Somebody without an account sends files first, and files what they belong to with the token that these gave."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from requests_town import TOWN_HALL, Town, photo

from parvis_kit.crypto.persons import KeyDestroyedError
from parvis_requests.db.blobs import FileBlobs
from parvis_requests.main import public_app
from parvis_requests.service.confirm_address import forget_confirmations
from parvis_requests.service.purge_closed import destroy_rest
from parvis_requests.service.purge_uploads import purge_uploads

PATH = "/v1/tracked-request"
REPORT = {
    "request_type": "cartons",
    "description": "Des cartons devant le numéro 4",
    "answers": {"blocks_pavement": True},
    "position": {"type": "Point", "coordinates": TOWN_HALL},
}


def shown(token: str | None, **more: str) -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4()), **({"Upload-Token": token} if token else {}), **more}


async def send(
    town: Town, token: str | None = None, content: bytes | None = None, collectivity: str = "paris"
) -> httpx.Response:
    headers = shown(token, **{"Content-Type": "image/jpeg"})
    path = f"/v1/collectivities/{collectivity}/attachments"
    return await town.client.post(path, content=content or photo(), headers=headers)


async def file(town: Town, token: str | None, collectivity: str = "paris", **changes: Any) -> httpx.Response:
    path = f"/v1/collectivities/{collectivity}/requests"
    return await town.client.post(path, json=REPORT | changes, headers=shown(token))


async def two_files(town: Town) -> tuple[str, list[str]]:
    first = await send(town)
    assert first.status_code == 201, first.text
    token = str(first.json()["upload_token"])
    second = await send(town, token)
    assert second.json()["upload_token"] == token
    return token, [answer.json()["id"] for answer in (first, second)]


async def test_files_that_were_sent_before_come_with_the_request(town: Town) -> None:
    token, ids = await two_files(town)
    filed = await file(town, token, attachments=ids)
    assert (filed.status_code, filed.json()["tracking_token"]) == (201, token)
    assert [each["id"] for each in filed.json()["attachments"]] == ids
    read = await town.client.get(f"{PATH}/attachments/{ids[0]}", headers={"Tracking-Token": token})
    assert (read.status_code, read.headers["content-type"]) == (200, "image/jpeg")
    agent = town.service.agent()
    assert (await town.get(agent, f"/v1/attachments/{ids[1]}")).status_code == 200


async def test_one_token_files_one_request_whatever_comes_at_once(town: Town) -> None:
    token, ids = await two_files(town)
    answers = await asyncio.gather(*(file(town, token, attachments=ids) for _ in range(4)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert await town.count("request") == 1
    again = await file(town, token, attachments=ids)
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    other = await file(town, token, description="Autre chose")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    await town.service.runtime.database.pool.execute("DELETE FROM idempotency_record")
    assert (await file(town, token)).status_code == 404
    assert (await send(town, token)).status_code == 404
    assert await town.count("request") == 1


async def test_what_was_refused_is_mended_with_the_same_files(town: Town) -> None:
    token, ids = await two_files(town)
    assert (await file(town, token, attachments=ids, request_type="licornes")).status_code == 422
    assert (await file(town, token, attachments=ids)).status_code == 201


async def test_nobody_joins_what_somebody_else_has_sent(town: Town) -> None:
    token, ids = await two_files(town)
    other, _ = await two_files(town)
    theirs = (await town.upload(town.service.citizen(), photo())).json()["id"]
    for shown_token, wanted in ((None, ids), (other, ids), (token, [theirs]), (token, [str(uuid4())])):
        refused = await file(town, shown_token, attachments=wanted)
        assert (refused.status_code, refused.json()["code"]) == (422, "unknown-attachment")
    assert (await file(town, "x" * 43)).status_code == 404
    assert (await file(town, token, "lutece")).status_code == 404
    assert (await send(town, token, collectivity="lutece")).status_code in {403, 404}
    assert await town.count("request") == 0


async def test_a_required_document_makes_a_type_that_asks_for_it_open_to_anybody(town: Town) -> None:
    code, document = f"alone-{uuid4().hex[:8]}", {"code": "plan", "name": {"fr": "Plan", "en": "Plan"}}
    await town.publish(code, audience={"anonymous": True}, documents=[document | {"required": True}])
    token, ids = await two_files(town)
    without = await file(town, token, request_type=code, answers={})
    assert (without.status_code, without.json()["code"]) == (422, "invalid-documents")
    filed = await file(town, token, request_type=code, answers={}, documents={"plan": ids[:1]})
    assert [each["document"] for each in filed.json()["attachments"]] == ["plan"]


async def test_files_wait_with_what_waits_for_its_address_and_go_with_it(town: Town) -> None:
    code, runtime = f"alone-{uuid4().hex[:8]}", town.service.runtime
    await town.publish(code, audience={"anonymous": True, "email": "confirmed"})
    blobs, links, tokens = FileBlobs(runtime.settings.attachments_directory), [], []
    for _ in range(2):
        token, ids = await two_files(town)
        asked: dict[str, Any] = {
            "request_type": code,
            "answers": {},
            "attachments": ids,
            "email": f"{uuid4().hex}@example.org",
        }
        waits = await file(town, token, **asked)
        assert (waits.status_code, waits.json()["tracking_token"]) == (202, token)
        assert (await file(town, token, **asked)).json() == waits.json()
        row = await runtime.database.pool.fetchrow("SELECT id FROM confirmation ORDER BY created_at DESC LIMIT 1")
        told = f"/internal/v1/confirmations/{row['id']}?collectivity=paris"
        link = (await town.service.internal.get(told, headers=town.service.system().headers)).json()["link"]
        links.append(link.partition("//")[2].partition("/")[2])
        tokens.append((token, ids))
    later = datetime.now(UTC) + timedelta(days=2)
    assert await purge_uploads(runtime.database, blobs, later) == 0
    assert "est déposée" in (await town.client.post(f"/{links[0]}")).text
    read = (await town.client.get(PATH, headers={"Tracking-Token": tokens[0][0]})).json()
    assert [each["id"] for each in read["attachments"]] == tokens[0][1]
    await forget_confirmations(runtime.database, datetime.now(UTC) + timedelta(days=8))
    assert await purge_uploads(runtime.database, blobs, later) == 2
    assert await town.count("attachment") == 2
    names = {path.name for path in runtime.settings.attachments_directory.rglob("*")}
    assert not {id_.replace("-", "") for id_ in tokens[1][1]} & names


async def test_what_nobody_files_is_swept_with_its_token(town: Town) -> None:
    token, _ = await two_files(town)
    runtime = town.service.runtime
    blobs = FileBlobs(runtime.settings.attachments_directory)
    person = await runtime.database.pool.fetchval("SELECT person FROM reporter")
    await runtime.persons.of(person)
    assert await purge_uploads(runtime.database, blobs, datetime.now(UTC) + timedelta(hours=1)) == 2
    assert [await town.count(table) for table in ("attachment", "reporter", "tracking")] == [0, 0, 0]
    await destroy_rest(runtime.database, runtime.persons, blobs)
    with pytest.raises(KeyDestroyedError):
        await runtime.persons.of(person)
    assert (await file(town, token)).status_code == 404


async def test_a_file_that_is_refused_leaves_nothing_and_a_flood_ends(town: Town) -> None:
    wrong = await send(town, content=b"Ceci n'est pas une photo.")
    assert (wrong.status_code, wrong.json()["code"]) == (415, "unknown-file-kind")
    assert [await town.count(table) for table in ("attachment", "reporter", "tracking")] == [0, 0, 0]
    runtime = town.service.runtime
    few = replace(runtime, settings=runtime.settings.model_copy(update={"anonymous_uploads_per_hour": 2}))
    transport = httpx.ASGITransport(app=public_app(few))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        headers = {"Content-Type": "image/jpeg"}
        path = "/v1/collectivities/paris/attachments"
        sent = [await client.post(path, content=photo(), headers=shown(None, **headers)) for _ in range(3)]
    assert [answer.status_code for answer in sent] == [201, 201, 429]
    assert sent[2].json()["code"] == "too-many-filings"
    guessed = await town.client.post(path, content=photo(), headers=headers | {"Idempotency-Key": "1"})
    assert (guessed.status_code, guessed.json()["code"]) == (400, "idempotency-key-missing")
