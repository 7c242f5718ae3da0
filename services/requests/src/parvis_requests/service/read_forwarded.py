# SPDX-License-Identifier: EUPL-1.2
"""What of a request leaves for the body that handles its type: what the type's rule names, and nothing else."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError
from parvis_requests.db import attachments, open311_bodies, reporters, requests
from parvis_requests.db.tables import Forwarding, Open311Body
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.forwarding import Said, Sent, ServiceRule, form_of
from parvis_requests.domain.position import Position
from parvis_requests.domain.request import Actor
from parvis_requests.service.keep_reporter import CONTACT
from parvis_requests.service.leaving_photos import leaving_photos
from parvis_requests.service.open311_endpoints import Forwarders
from parvis_requests.service.photo_address import address_of

PHOTO_PATH: Final = "/v1/forwarded-photos"
PHOTOS: Final = frozenset({Sent.PHOTO, Sent.PHOTOS})
_PERSONAL = frozenset({Sent.EMAIL, Sent.FIRST_NAME, Sent.LAST_NAME, Sent.PHONE})


@dataclass(frozen=True, slots=True)
class Leaving:
    """A request as it leaves; ``form`` are the fields of the POST, not ``whole`` while the antivirus has its photos."""

    reference: str
    body: Open311Body
    rule: ServiceRule
    form: Sequence[tuple[str, str]]
    whole: bool = True


async def read_leaving(session: AsyncSession, claimed: Forwarding, parts: Forwarders) -> Leaving | str:
    """What leaves, or a code of why nothing does any more: the type goes there no longer, the person was erased."""
    service = Actor.service(claimed.collectivity)
    row = await requests.one(session, service, claimed.request_id)
    body = await open311_bodies.one(session, claimed.collectivity, claimed.body_id)
    rule = await open311_bodies.rule_of(session, body.id, row.collectivity, row.type_code)
    if rule is None:
        return "forwarded-no-longer"
    try:
        said = await _said(session, row, rule, parts, claimed.first_sent_at or claimed.created_at)
    except KeyDestroyedError:
        return "person-erased"
    waits = bool(rule.sends & PHOTOS) and await attachments.photos_wait(session, row.id)
    return Leaving(row.reference, body, rule, form_of(rule, said), whole=not waits)


async def _said(session: AsyncSession, row: Row, rule: ServiceRule, parts: Forwarders, sent_at: datetime) -> Said:
    answers: Mapping[str, Any] = {}
    contact: Mapping[str, str] = {}
    if rule.attributes:
        answers = json.loads((await parts.persons.of(row.author)).open("request.answers", row.answers))
    if rule.sends & _PERSONAL:
        reporter = await reporters.of(session, row.collectivity, row.author)
        if reporter is not None:
            contact = json.loads((await parts.persons.of(row.author)).open(CONTACT, reporter.contact))
    photos = await leaving_photos(session, row.id) if rule.sends & PHOTOS else ()
    shown = [f"{parts.public_url}{PHOTO_PATH}/{address_of(photo.id, sent_at, parts.index)}" for photo in photos]
    place = (row.longitude, row.latitude)
    position = None if None in place else Position(*place)  # type: ignore[arg-type]
    return Said(row.reference, row.description, position, row.address, answers, contact, shown)
