# SPDX-License-Identifier: EUPL-1.2
"""Delete what was sent for a request that never came: uploads, and the contact of reporters without an account."""

from datetime import datetime

from parvis_kit.db.database import Database
from parvis_requests.db import attachments, reporters, retention
from parvis_requests.db.blobs import Blobs
from parvis_requests.service.upload_attachment import thumbnail_of

_BATCH = 100


async def purge_uploads(database: Database, blobs: Blobs, before: datetime) -> int:
    """Delete rows, then their blobs; returns how many. A kill in between leaves blobs to sweep.

    Reporters are looked at once, soon after they came. Their keys go with the next round of
    :func:`parvis_requests.service.purge_closed.destroy_rest`.
    """
    seen = _BATCH
    while seen == _BATCH:
        async with database.unit_of_work() as uow:
            seen, unused = await reporters.sweep(uow.session, before, _BATCH)
            for person, collectivity in unused:
                await retention.destroy(uow.session, collectivity, retention.KEY, [person])
            await uow.commit()
    total = 0
    while True:
        async with database.unit_of_work() as uow:
            gone = await attachments.remove_loose(uow.session, before, _BATCH)
            await uow.commit()
        for attachment_id in gone:
            await blobs.delete(attachment_id)
            await blobs.delete(thumbnail_of(attachment_id))
        total += len(gone)
        if len(gone) < _BATCH:
            return total
