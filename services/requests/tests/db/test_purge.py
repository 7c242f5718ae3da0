# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta

import pytest
from requests_town import TOWN_HALL, Town, photo

from parvis_requests.db.blobs import FileBlobs
from parvis_requests.service import purge_uploads as purging
from parvis_requests.service.purge_uploads import purge_uploads


async def test_only_uploads_that_joined_no_request_in_time_go_with_their_files(town: Town) -> None:
    citizen = town.service.citizen()
    loose = (await town.upload(citizen, photo())).json()["id"]
    joined = (await town.upload(citizen, photo())).json()["id"]
    await town.submit(citizen, attachments=[joined])
    blobs = FileBlobs(town.service.runtime.settings.attachments_directory)
    database, now = town.service.runtime.database, datetime.now(UTC)
    assert await purge_uploads(database, blobs, now - timedelta(hours=1)) == 0
    assert await purge_uploads(database, blobs, now + timedelta(hours=1)) == 1
    assert (await town.get(citizen, f"/v1/attachments/{loose}")).status_code == 404
    assert (await town.get(citizen, f"/v1/attachments/{joined}")).status_code == 200
    names = {path.name for path in town.service.runtime.settings.attachments_directory.rglob("*")}
    assert loose.replace("-", "") not in names


async def test_who_filed_without_an_account_is_looked_at_once_and_who_did_not_goes_in_batches(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "_BATCH", 4)
    pool, runtime = town.service.runtime.database.pool, town.service.runtime
    body = {
        "request_type": "cartons", "description": "Des cartons", "channel": "phone",
        "answers": {"blocks_pavement": True, "quantity": 3}, "contact": {"email": "lea@example.org"},
        "position": {"type": "Point", "coordinates": TOWN_HALL},
    }  # fmt: skip
    headers = town.service.agent().headers | {"Idempotency-Key": town.key()}
    assert (await town.client.post("/v1/requests-on-behalf", json=body, headers=headers)).status_code == 201
    await pool.execute(
        "INSERT INTO reporter (person, collectivity, contact, created_at)"
        " SELECT gen_random_uuid(), 'paris', '', now() FROM generate_series(1, 10)"
    )
    blobs, now = FileBlobs(runtime.settings.attachments_directory), datetime.now(UTC)
    await purge_uploads(runtime.database, blobs, now - timedelta(hours=1))
    assert await pool.fetchval("SELECT count(*) FROM reporter WHERE NOT checked") == 11
    await purge_uploads(runtime.database, blobs, now + timedelta(hours=1))
    assert await pool.fetchval("SELECT array_agg(checked) FROM reporter") == [True]
    assert await town.count("destruction") == 10
    # It is not looked at again: its request takes it along.
    await pool.execute("UPDATE request SET author = gen_random_uuid()")
    await purge_uploads(runtime.database, blobs, now + timedelta(hours=1))
    assert await town.count("reporter") == 1
