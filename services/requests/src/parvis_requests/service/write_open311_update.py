# SPDX-License-Identifier: EUPL-1.2
"""A client of Open311 sends on what somebody says about a request that it filed: words, photos, the state they wish.

Source: mySociety's extension ``servicerequestupdates``. The state of a request is for agents to change: a wish for
another one is a note to them. The words are a message of the reporter where nothing says that another person wrote
them; else the note holds them, with who that is. Neither is shown to the public.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.locale import Text
from parvis_requests.db import open311 as stored
from parvis_requests.db import reporters, requests
from parvis_requests.db.blobs import Blobs
from parvis_requests.db.hot import Joining
from parvis_requests.db.tables import Open311Update
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.files import Scan
from parvis_requests.domain.open311 import INVALID, UNKNOWN, Open311Error
from parvis_requests.domain.request import Actor, Visibility
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.complete_file import form_of
from parvis_requests.service.join_files import join_files
from parvis_requests.service.keep_reporter import CONTACT
from parvis_requests.service.upload_attachment import upload_attachment
from parvis_requests.service.write_message import store_words

# What the note says of each further field, in the order of its lines.
_LINES: Final[Mapping[str, Text]] = {
    "title": Text(fr="Civilité", en="Title"),
    "first_name": Text(fr="Prénom", en="First name"),
    "last_name": Text(fr="Nom", en="Last name"),
    "email": Text(fr="Courriel", en="E-mail"),
    "phone": Text(fr="Téléphone", en="Telephone"),
    "account_id": Text(fr="Compte dans l'application", en="Account in the application"),
    "media_url": Text(fr="Photo annoncée, à ouvrir avec prudence", en="Photo said to be at, open with care"),
    "public_anonymity_required": Text(fr="Ne veut pas être nommé en public", en="Wants no name in public"),
    "email_alerts_requested": Text(fr="Veut être averti par courriel", en="Wants alerts by e-mail"),
}
_PHOTOS: Final = Text(fr="Photos jointes.", en="Photos attached.")


@dataclass(frozen=True, slots=True)
class SentUpdate:
    """What was posted: ``told`` are further fields by name, ``media`` the contents of the files."""

    update_id: str
    reference: str
    status: str
    written_at: datetime
    description: str | None
    told: Mapping[str, str]
    media: Sequence[bytes]

    @property
    def digest(self) -> bytes:
        """The same for the same update sent again."""
        said = [self.reference, self.status, self.written_at.isoformat(), self.description, sorted(self.told.items())]
        return sha256(json.dumps([said, [sha256(content).hexdigest() for content in self.media]]).encode()).digest()


async def write_update(
    session: AsyncSession,
    collectivity: str,
    client: str,
    update: SentUpdate,
    *,
    catalogues: Catalogues,
    persons: PersonKeys,
    blobs: Blobs,
    scan: Scan,
    now: datetime,
) -> str:
    """Store it in the caller's transaction, once however often it is sent; returns the id of the act it became.

    Raises Open311Error (404 for a request that this client did not file, 400 for an ``update_id`` that was another
    update's), KeyDestroyedError once the reporter was erased, or what :func:`upload_attachment` raises.
    """
    row = await stored.filed_by(session, collectivity, client, update.reference)
    if row is None:
        raise Open311Error(UNKNOWN, "service_request_id: unknown")
    known = await stored.update_of(session, client, update.update_id)
    if known is not None:
        if (known.request_id, known.digest) != (row.id, update.digest):
            raise Open311Error(INVALID, "update_id: another update had it")
        return f"{row.reference}-{known.sequence}"
    by_reporter = await _is_reporter(session, row, update.told, persons)
    sequence = await _write(
        session, row, update, by_reporter=by_reporter, catalogues=catalogues, persons=persons, blobs=blobs, scan=scan,
        now=now,
    )  # fmt: skip
    new = Open311Update(
        client_id=client,
        update_id=update.update_id,
        collectivity=row.collectivity,
        request_id=row.id,
        sequence=sequence,
        digest=update.digest,
        created_at=now,
    )
    if not await stored.keep_update(session, new):
        raise Open311Error(INVALID, "update_id: another update had it")
    return f"{row.reference}-{sequence}"


async def _write(
    session: AsyncSession,
    row: Row,
    update: SentUpdate,
    *,
    by_reporter: bool,
    catalogues: Catalogues,
    persons: PersonKeys,
    blobs: Blobs,
    scan: Scan,
    now: datetime,
) -> int:
    reporter, service = Actor(row.author, row.collectivity, is_agent=False), Actor.service(row.collectivity)
    uploads = [
        await upload_attachment(session, reporter, content, persons=persons, blobs=blobs, scan=scan)
        for content in update.media
    ]
    joining = [Joining(upload.attachment.id, None) for upload in uploads]
    form, after = await form_of(session, row, catalogues), requests.entity(row).heard(reporter)
    act, message, visibility = None, None, Visibility.INTERNAL
    if by_reporter and (update.description or uploads):
        after, visibility = after.after_word(), Visibility.PUBLIC
        act = after.version
        words = update.description or _PHOTOS
        message = await store_words(session, after, reporter, visibility, words, persons=persons, now=now)
    noted = update if visibility is Visibility.INTERNAL else replace(update, description=None)
    after = after.after_word()
    note = await store_words(session, after, service, Visibility.INTERNAL, _note(noted), persons=persons, now=now)
    await join_files(session, row, form, reporter, joining, message_id=message or note, visibility=visibility)
    return act or after.version


async def _is_reporter(session: AsyncSession, row: Row, told: Mapping[str, str], persons: PersonKeys) -> bool:
    email = told.get("email", "").casefold()
    if not email:
        return True
    reporter = await reporters.of(session, row.collectivity, row.author)
    if reporter is None:
        return False
    contact = json.loads((await persons.of(row.author)).open(CONTACT, reporter.contact))
    return bool(contact.get("email", "").casefold() == email)


def _note(update: SentUpdate) -> Text:
    at = update.written_at.isoformat(timespec="minutes")
    french = [f"Par Open311, {at} ; état souhaité : {update.status}."]
    english = [f"By Open311, {at}; state wished for: {update.status}."]
    for name, label in _LINES.items():
        if said := update.told.get(name):
            french.append(f"{label.fr} : {said}")
            english.append(f"{label.en}: {said}")
    answers = [f"{name} : {said}" for name, said in update.told.items() if name not in _LINES]
    words = [update.description] if update.description else []
    return Text(fr="\n".join([*french, *answers, *words]), en="\n".join([*english, *answers, *words]))
