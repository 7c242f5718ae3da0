# SPDX-License-Identifier: EUPL-1.2
"""Open a file, or the small picture of one, for somebody who may see it and once an antivirus, if any, let it pass."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.ids import uuid7
from parvis_requests.db import attachments
from parvis_requests.db.blobs import Blobs
from parvis_requests.db.tables import Attachment
from parvis_requests.domain.errors import FileQuarantinedError, FileWaitsError, NotFoundError
from parvis_requests.domain.files import Scan
from parvis_requests.domain.request import Actor
from parvis_requests.service.upload_attachment import context, thumbnail_of


async def open_attachment(
    session: AsyncSession, actor: Actor, attachment_id: UUID, *, persons: PersonKeys, blobs: Blobs, small: bool = False
) -> tuple[Attachment, bytes]:
    """The row and the opened bytes.

    Raises NotFoundError, FileWaitsError, FileQuarantinedError, or KeyDestroyedError once its owner was erased.
    """
    attachment = await attachments.one(session, actor, attachment_id)
    if small and not attachment.thumbnail:
        raise NotFoundError
    if attachment.scan == Scan.WAITING:
        raise FileWaitsError
    if attachment.scan == Scan.INFECTED:
        raise FileQuarantinedError
    return attachment, await opened(attachment, thumbnail_of(attachment.id) if small else attachment.id, persons, blobs)


async def sealed_anew(file: Attachment, owner: UUID, *, persons: PersonKeys, blobs: Blobs) -> Attachment:
    """A copy for another owner under an id of its own, sealed with their key and written.

    Its row, which belongs to nothing yet, is the caller's to store; where it never is, the blobs are swept.
    """
    new, key = uuid7(), await persons.of(owner)
    pairs = [(file.id, new), *([(thumbnail_of(file.id), thumbnail_of(new))] if file.thumbnail else [])]
    for old_blob, new_blob in pairs:
        content = await opened(file, old_blob, persons, blobs)
        await blobs.put(new_blob, key.seal_bytes(context(new_blob), content))
    return Attachment(
        id=new,
        collectivity=file.collectivity,
        owner=owner,
        media_type=file.media_type,
        size=file.size,
        width=file.width,
        height=file.height,
        thumbnail=file.thumbnail,
        scan=file.scan,
        scan_next_at=file.scan_next_at,
    )


async def opened(attachment: Attachment, blob_id: UUID, persons: PersonKeys, blobs: Blobs) -> bytes:
    """A blob of an attachment, unsealed."""
    key = await persons.of(attachment.sealed_for or attachment.owner)
    return key.open_bytes(context(blob_id), await blobs.get(blob_id))
