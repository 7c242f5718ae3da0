# SPDX-License-Identifier: EUPL-1.2
"""Delete the bytes that no row names: a kill left them, between a file and its row as they came or as they went."""

from datetime import datetime

from parvis_kit.db.database import Database
from parvis_requests.db import attachments
from parvis_requests.db.blobs import Blobs
from parvis_requests.service.upload_attachment import attachment_of


async def sweep_blobs(database: Database, blobs: Blobs, before: datetime) -> int:
    """Delete those that were written before that time, which is longer ago than any upload lasts; returns how many."""
    gone = 0
    async for keys in blobs.older(before):
        async with database.reading() as session:
            named = await attachments.known(session, {attachment_of(key) for key in keys})
        for key in keys:
            if attachment_of(key) not in named:
                await blobs.delete(key)
                gone += 1
    return gone
