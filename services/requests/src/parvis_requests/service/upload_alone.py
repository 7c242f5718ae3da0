# SPDX-License-Identifier: EUPL-1.2
"""Somebody without an account sends files before they file; what is not filed in time is swept with its files."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_requests.db import attachments, tracking
from parvis_requests.db.blobs import Blobs
from parvis_requests.domain.errors import AccountRequiredError, NotFoundError, TooManyFilingsError
from parvis_requests.domain.files import Scan
from parvis_requests.domain.request import Actor
from parvis_requests.service.catalogue import Catalogue
from parvis_requests.service.file_anonymously import HOUR, Uploader, introduce
from parvis_requests.service.tracking_token import digest_of
from parvis_requests.service.upload_attachment import Upload, upload_attachment

# Before one filing, as many as any type of form takes.
MAX_FILES: Final = 20
_DAY: Final = timedelta(days=1)


async def find_uploader(session: AsyncSession, collectivity: str, token: str) -> Uploader:
    """Whose token it is, who has filed nothing yet; raises NotFoundError."""
    person = await tracking.unfiled(session, collectivity, digest_of(token))
    if person is None:
        raise NotFoundError
    return Uploader(person, token)


async def upload_alone(
    session: AsyncSession,
    collectivity: str,
    token: str | None,
    content: bytes,
    *,
    catalogue: Catalogue,
    most: int,
    persons: PersonKeys,
    blobs: Blobs,
    scan: Scan,
    now: datetime,
) -> tuple[Upload, Uploader]:
    """Take a file in for whoever has the token, or for somebody new, in the caller's transaction.

    Raises AccountRequiredError where nothing is filed without one, NotFoundError for a token that is none or was filed
    with, TooManyFilingsError where about ``most`` such files of the last hour, or 20 of this person, have joined
    nothing, or what :func:`upload_attachment` raises.
    """
    if not any(form.definition.audience.anonymous for form in catalogue.forms.values()):
        raise AccountRequiredError
    if await attachments.count_alone(session, collectivity, now - HOUR, most) >= most:
        raise TooManyFilingsError
    if token is None:
        uploader, _ = await introduce(session, collectivity, {}, persons=persons, now=now)
    else:
        uploader = await find_uploader(session, collectivity, token)
    if await attachments.count_loose(session, uploader.person, now - _DAY) >= MAX_FILES:
        raise TooManyFilingsError
    actor = Actor(uploader.person, collectivity, is_agent=False)
    taken = await upload_attachment(session, actor, content, persons=persons, blobs=blobs, scan=scan)
    return taken, uploader
