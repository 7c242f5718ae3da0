# SPDX-License-Identifier: EUPL-1.2
"""What Open311 shows of requests: to everybody what names nobody, to the client that filed one what it said itself."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_requests.db import open311 as stored
from parvis_requests.db.open311 import Search, Time
from parvis_requests.db.requests import form_key
from parvis_requests.db.tables import HistoryEntry
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.publicity import Publicity
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.form import Form
from parvis_requests.service.open311_services import Jurisdiction
from parvis_requests.service.public_side import Content, contents_of


@dataclass(frozen=True, slots=True)
class Shown:
    """A request as this caller may see it, with the form that it was filed with; ``own`` when their client filed it.

    ``acts`` and ``answers`` are there where they were asked for, and answers of own requests alone.
    """

    row: Row
    form: Form
    own: bool
    publicity: Publicity | None
    content: Content
    acts: Sequence[HistoryEntry] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Update:
    """An act on a request that Open311 shows; ``duplicate`` where the request went along with another one then."""

    entry: HistoryEntry
    row: Row
    form: Form
    duplicate: bool


async def read_requests(
    session: AsyncSession,
    town: Jurisdiction,
    search: Search,
    *,
    catalogues: Catalogues,
    client: str | None,
    limit: int,
    offset: int = 0,
    persons: PersonKeys | None = None,
) -> list[Shown]:
    """The requests that the search finds, in a few look-ups whatever their number.

    With ``persons`` what became of each comes, too, and the answers that this client has given.
    """
    rows = await stored.requests(session, search, client, limit, offset)
    acts: Mapping[UUID, Sequence[HistoryEntry]] = {}
    answers: Mapping[UUID, Mapping[str, Any]] = {}
    if persons:
        acts = await stored.public_acts(session, [row.id for row in rows])
        answers = await _answers([row for row in rows if row.client_id == client], persons)
    forms = await catalogues.forms_of(session, {form_key(row) for row in rows})
    contents, shown = await contents_of(session, town.catalogue, rows), town.catalogue.shown
    return [
        Shown(
            row=row,
            form=forms[form_key(row)],
            own=row.client_id == client,
            publicity=shown[form_key(row)].publicity if form_key(row) in shown else None,
            content=contents.get(row.id, Content()),
            acts=acts.get(row.id, ()),
            answers=answers.get(row.id, {}),
        )
        for row in rows
    ]


async def _answers(rows: Sequence[Row], persons: PersonKeys) -> Mapping[UUID, Mapping[str, Any]]:
    keys = await persons.of_many({row.author for row in rows})
    return {
        row.id: json.loads(key.open("request.answers", row.answers)) for row in rows if (key := keys.get(row.author))
    }


async def read_updates(
    session: AsyncSession,
    jurisdiction: Jurisdiction,
    after: datetime,
    before: datetime,
    *,
    catalogues: Catalogues,
    limit: int,
    offset: int,
) -> tuple[list[Update], bool]:
    """The public acts in that time, the oldest first, and whether there are more than ``limit`` after ``offset``."""
    time = Time(jurisdiction.collectivity, after, before)
    found = await stored.acts_between(session, time, jurisdiction.shown, limit + 1, offset)
    forms = await catalogues.forms_of(session, {form_key(row) for _, row, _ in found})
    updates = [
        Update(entry, row, forms[form_key(row)], entry.action == "merge" or (merged is not None and merged <= entry.at))
        for entry, row, merged in found[:limit]
    ]
    return updates, len(found) > limit
