# SPDX-License-Identifier: EUPL-1.2
"""What has ended is destroyed when its time is over, unless an agent holds it; a row of statistics stays."""

import json
import runpy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from open311_client import client_of
from requests_town import Town, photo

from parvis_kit.crypto.persons import KeyDestroyedError
from parvis_requests.db.blobs import FileBlobs
from parvis_requests.service.purge_closed import destroy_rest, purge_closed
from parvis_requests.service.workflow_definition import shipped_workflows
from parvis_requests.settings import MIGRATIONS
from parvis_testing import Caller

# Cartons are kept for two years.
DUE = timedelta(days=2 * 366)


async def purge(town: Town, now: datetime) -> int:
    runtime = town.service.runtime
    blobs = FileBlobs(runtime.settings.attachments_directory)
    return await purge_closed(runtime.database, runtime.persons, blobs, now)


async def ended(town: Town, citizen: Caller, **changes: Any) -> dict[str, Any]:
    agent = town.service.agent()
    filed = await town.submit(citizen, **changes)
    assert filed.status_code == 201, filed.text
    request: dict[str, Any] = filed.json()
    taken = await town.act(agent, request, "take", '"1"')
    resolved = await town.act(agent, request, "resolve", taken.headers["etag"])
    assert resolved.status_code == 201, resolved.text
    return request


async def hold(town: Town, agent: Caller, request: dict[str, Any], tag: str) -> httpx.Response:
    path, headers = f"/v1/requests/{request['id']}/legal-hold", agent.headers | {"If-Match": tag}
    return await town.client.put(path, json={"reason": "Recours de Mme Durand."}, headers=headers)


async def release(town: Town, agent: Caller, request: dict[str, Any], tag: str) -> httpx.Response:
    path = f"/v1/requests/{request['id']}/legal-hold"
    return await town.client.delete(path, headers=agent.headers | {"If-Match": tag})


async def notices(town: Town, agent: Caller, days: int) -> list[tuple[str, bool]]:
    answer = await town.get(agent, f"/v1/purge-notices?within_days={days}")
    assert answer.status_code == 200, answer.text
    return [(item["id"], item["held"]) for item in answer.json()["items"]]


async def told(town: Town) -> list[dict[str, Any]]:
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT data FROM outbox WHERE type = 'fr.parvis.requests.request-purged.v1'"
    )
    return [json.loads(row["data"]) for row in rows]


async def tables_that_know(town: Town, *ids: str) -> set[str]:
    """The tables in whose rows one of these stands, as PostgreSQL writes a row out."""
    pool = town.service.runtime.database.pool
    names = await pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    found = set()
    for row in names:
        name = row["tablename"]
        statement = f'SELECT count(*) FROM "{name}" AS kept WHERE kept::text LIKE ANY($1)'
        if await pool.fetchval(statement, [f"%{id_}%" for id_ in ids]):
            found.add(name)
    return {name for name in found if not name.startswith(("outbox", "idempotency"))}


async def test_a_purged_request_leaves_a_row_of_statistics_and_nothing_else(town: Town) -> None:
    citizen, follower, agent = town.service.citizen(), town.service.citizen(), town.service.agent()
    picture = (await town.upload(citizen, photo((300, 300)))).json()["id"]
    request = await ended(town, citizen, attachments=[picture], address="4 rue des Essais")
    await town.follow(follower, request)
    await town.write(citizen, request, "public", "Merci beaucoup.")
    await town.write(agent, request, "internal", "Déjà vu ici.")
    headers = citizen.headers | {"Idempotency-Key": town.key()}
    path = f"/v1/requests/{request['id']}"
    await town.client.post(f"{path}/satisfaction", json={"score": 5, "comment": "Vite."}, headers=headers)
    now = datetime.now(UTC)
    assert await purge(town, now + timedelta(days=700)) == 0
    assert (await town.get(citizen, path)).status_code == 200
    assert await purge(town, now + DUE) == 1
    assert await purge(town, now + DUE) == 0
    for caller in (citizen, agent):
        for each in (path, f"{path}/messages", f"{path}/history", f"/v1/attachments/{picture}"):
            assert (await town.get(caller, each)).status_code == 404, each
    (left,) = (await town.get(agent, "/v1/purged-requests")).json()["items"]
    assert left == left | {
        "reference": request["reference"],
        "team": request["team"],
        "area": request["area"]["code"],
        "filed_on": left["ended_on"],
        "type_version": 1,
    }
    assert (left["request_type"]["code"], left["status"]["code"]) == ("cartons", "resolved")
    assert await tables_that_know(town, request["id"], citizen.subject, follower.subject, picture) == set()
    files = {file.name for file in town.service.runtime.settings.attachments_directory.rglob("*")}
    assert picture.replace("-", "") not in files
    (event,) = await told(town)
    assert (event["request_id"], event["reference"]) == (request["id"], request["reference"])


async def test_who_filed_without_an_account_goes_with_contact_and_key(town: Town) -> None:
    await (await client_of(town)).filed()
    agent, pool = town.service.agent(), town.service.runtime.database.pool
    (item,) = (await town.get(agent, "/v1/work-queue")).json()["items"]
    taken = await town.act(agent, item, "take", '"1"')
    await town.act(agent, item, "resolve", taken.headers["etag"])
    reporter: UUID = await pool.fetchval("SELECT person FROM reporter")
    assert await purge(town, datetime.now(UTC) + DUE) == 1
    assert await town.count("reporter") == 0
    with pytest.raises(KeyDestroyedError):
        await town.service.runtime.persons.of(reporter)


async def test_who_has_an_account_goes_on_with_their_other_requests(town: Town) -> None:
    citizen = town.service.citizen()
    await ended(town, citizen)
    other = (await town.submit(citizen)).json()
    assert await purge(town, datetime.now(UTC) + DUE) == 1
    assert (await town.get(citizen, f"/v1/requests/{other['id']}")).json()["answers"] == other["answers"]
    assert (await town.submit(citizen)).status_code == 201


async def test_what_an_agent_holds_is_kept_until_it_is_released(town: Town) -> None:
    citizen, agent, later = town.service.citizen(), town.service.agent(), datetime.now(UTC) + DUE
    request = await ended(town, citizen)
    held = await hold(town, agent, request, '"3"')
    assert held.status_code == 200, held.text
    assert (held.json()["agent"], held.json()["reason"]) == (agent.subject, "Recours de Mme Durand.")
    assert await purge(town, later) == 0
    assert await notices(town, agent, 740) == [(request["id"], True)]
    path = f"/v1/requests/{request['id']}"
    assert (await town.get(agent, f"{path}/legal-hold")).json() == held.json()
    assert (await release(town, agent, request, '"3"')).status_code == 412
    assert (await release(town, agent, request, held.headers["etag"])).status_code == 204
    assert (await town.get(agent, f"{path}/legal-hold")).status_code == 404
    assert (await release(town, agent, request, '"5"')).status_code == 404
    history = (await town.get(agent, f"{path}/history")).json()["items"]
    assert [(entry["action"]["code"], entry["agent"]) for entry in history[-2:]] == [
        ("hold", agent.subject),
        ("release", agent.subject),
    ]
    # The person is told neither that it was held nor why.
    seen = (await town.get(citizen, f"{path}/history")).json()["items"]
    assert [entry["action"]["code"] for entry in seen] == ["submit", "take", "resolve"]
    assert await purge(town, later) == 1


async def test_agents_see_what_falls_due_next_and_only_in_their_town(town: Town) -> None:
    agent, neighbour, citizen = town.service.agent(), town.service.agent("lutece"), town.service.citizen()
    request = await ended(town, citizen)
    open_ = (await town.submit(citizen)).json()
    assert await notices(town, agent, 90) == []
    assert await notices(town, agent, 740) == [(request["id"], False)]
    assert await notices(town, neighbour, 740) == []
    for path in ("/v1/purge-notices", "/v1/purged-requests", f"/v1/requests/{request['id']}/legal-hold"):
        assert (await town.get(citizen, path)).status_code == 403
    assert (await hold(town, citizen, request, '"3"')).status_code == 403
    assert (await hold(town, neighbour, request, '"3"')).status_code == 404
    assert (await hold(town, agent, open_, '"1"')).status_code == 200
    assert await purge(town, datetime.now(UTC) + DUE) == 1
    assert (await town.get(neighbour, "/v1/purged-requests")).json()["items"] == []


async def test_a_request_that_is_opened_again_is_kept(town: Town) -> None:
    workflow = shipped_workflows()["report"].model_dump(mode="json", by_alias=True)
    await town.publish("kept-lamp", workflow=workflow, reopening={"days": 30, "to": "taken"}, retention_months=1)
    citizen, agent, later = town.service.citizen(), town.service.agent(), datetime.now(UTC) + timedelta(days=40)
    request = await ended(town, citizen, request_type="kept-lamp", answers={})
    headers = citizen.headers | {"Idempotency-Key": town.key(), "If-Match": '"3"'}
    path = f"/v1/requests/{request['id']}"
    again = await town.client.post(f"{path}/reopening", json={"reason": "Elle est éteinte."}, headers=headers)
    assert again.status_code == 201, again.text
    assert await notices(town, agent, 40) == []
    assert await purge(town, later) == 0
    assert (await town.act(agent, request, "resolve", again.headers["etag"])).status_code == 201
    assert await notices(town, agent, 40) == [(request["id"], False)]
    assert await purge(town, later) == 1


async def test_files_that_a_killed_worker_left_are_destroyed_at_the_next_round(town: Town, tmp_path: Path) -> None:
    citizen, runtime = town.service.citizen(), town.service.runtime
    picture = (await town.upload(citizen, photo())).json()["id"]
    await ended(town, citizen, attachments=[picture])
    (tmp_path / "away").write_bytes(b"")
    with pytest.raises(NotADirectoryError):
        await purge_closed(runtime.database, runtime.persons, FileBlobs(tmp_path / "away"), datetime.now(UTC) + DUE)
    folder = runtime.settings.attachments_directory
    assert picture.replace("-", "") in {file.name for file in folder.rglob("*")}
    for _ in range(2):
        await destroy_rest(runtime.database, runtime.persons, FileBlobs(folder))
        assert picture.replace("-", "") not in {file.name for file in folder.rglob("*")}
        assert await town.count("destruction") == 0
    assert len(await told(town)) == 1


async def test_a_request_that_somebody_acts_on_right_now_waits_for_the_next_round(town: Town) -> None:
    citizen, database = town.service.citizen(), town.service.runtime.database
    requests = [await ended(town, citizen) for _ in range(2)]
    later = datetime.now(UTC) + DUE
    async with database.pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT 1 FROM request WHERE id = $1 FOR UPDATE", UUID(requests[0]["id"]))
        assert await purge(town, later) == 1
    assert await purge(town, later) == 1


async def test_what_ended_before_retention_was_kept_is_kept_from_its_last_change(town: Town) -> None:
    citizen, pool = town.service.citizen(), town.service.runtime.database.pool
    request = await ended(town, citizen)
    await town.submit(citizen)
    text = "SELECT request_id, collectivity, due_at FROM retention"
    before = await pool.fetch(text)
    await pool.execute("DELETE FROM retention")
    migration = runpy.run_path(str(MIGRATIONS / "versions" / "0023_retention_of_the_ended.py"))
    for _ in range(2):
        await pool.execute(migration["OF_THE_ENDED"])
        assert await pool.fetch(text) == before
    assert [str(row["request_id"]) for row in before] == [request["id"]]
