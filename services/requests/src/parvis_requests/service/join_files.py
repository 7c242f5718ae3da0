# SPDX-License-Identifier: EUPL-1.2
"""Join uploads to a request that was filed before: in a message, or as documents of its form."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import attachments, conversation
from parvis_requests.db.hot import Joining
from parvis_requests.db.tables import Attachment
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.errors import Fault, InvalidFilesError, UnknownAttachmentError
from parvis_requests.domain.request import Actor, Visibility
from parvis_requests.service.form import Form

# A request is answered with all its files: there is an end to them.
MAX_FILES: Final = 200


async def join_files(
    session: AsyncSession,
    row: Row,
    form: Form,
    actor: Actor,
    joining: Sequence[Joining],
    *,
    message_id: UUID | None = None,
    visibility: Visibility = Visibility.PUBLIC,
) -> Sequence[Attachment]:
    """Join them in the caller's transaction, which holds the request locked.

    Raises UnknownAttachmentError unless the actor uploaded each for this request's author and none is joined yet, or
    InvalidFilesError where the type does not take them.
    """
    if not joining:
        return []
    found = await attachments.loose(session, actor, row.author, [each.id for each in joining])
    if len(found) != len(joining):
        raise UnknownAttachmentError
    documents = {each.id: each.document for each in joining}
    form.check_files([replace(attachments.file(each), document=documents[each.id]) for each in found])
    if await conversation.count_files(session, row.id) + len(found) > MAX_FILES:
        raise InvalidFilesError([Fault(("attachments",), "too-many")])
    for each in found:
        each.request_id, each.message_id = row.id, message_id
        each.document, each.visibility = documents[each.id], str(visibility)
    await session.flush()
    return found
