# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta

from requests_town import Town, photo

from parvis_requests.db.blobs import FileBlobs
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
