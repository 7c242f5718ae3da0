# SPDX-License-Identifier: EUPL-1.2
"""What of a request leaves for the body that handles its type: what the type's rule names, and nothing else."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError
from parvis_requests.db import open311_bodies, reporters, requests
from parvis_requests.db.tables import Forwarding, Open311Body
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.forwarding import Said, Sent, ServiceRule, form_of
from parvis_requests.domain.position import Position
from parvis_requests.domain.request import Actor
from parvis_requests.service.keep_reporter import CONTACT
from parvis_requests.service.open311_endpoints import Forwarders

_PERSONAL = frozenset({Sent.EMAIL, Sent.FIRST_NAME, Sent.LAST_NAME, Sent.PHONE})


@dataclass(frozen=True, slots=True)
class Leaving:
    """A request as it leaves; ``form`` are the fields of the POST."""

    reference: str
    body: Open311Body
    rule: ServiceRule
    form: Sequence[tuple[str, str]]


async def read_leaving(session: AsyncSession, claimed: Forwarding, parts: Forwarders) -> Leaving | str:
    """What leaves, or a code of why nothing does any more: the type goes there no longer, the person was erased."""
    service = Actor.service(claimed.collectivity)
    row = await requests.one(session, service, claimed.request_id)
    body = await open311_bodies.one(session, claimed.collectivity, claimed.body_id)
    rule = await open311_bodies.rule_of(session, body.id, row.collectivity, row.type_code)
    if rule is None:
        return "forwarded-no-longer"
    try:
        said = await _said(session, row, rule, parts)
    except KeyDestroyedError:
        return "person-erased"
    return Leaving(row.reference, body, rule, form_of(rule, said))


async def _said(session: AsyncSession, row: Row, rule: ServiceRule, parts: Forwarders) -> Said:
    answers: Mapping[str, Any] = {}
    contact: Mapping[str, str] = {}
    if rule.attributes:
        answers = json.loads((await parts.persons.of(row.author)).open("request.answers", row.answers))
    if rule.sends & _PERSONAL:
        reporter = await reporters.of(session, row.collectivity, row.author)
        if reporter is not None:
            contact = json.loads((await parts.persons.of(row.author)).open(CONTACT, reporter.contact))
    place = (row.longitude, row.latitude)
    position = None if None in place else Position(*place)  # type: ignore[arg-type]
    return Said(row.reference, row.description, position, row.address, answers, contact)
