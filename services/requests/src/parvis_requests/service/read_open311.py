# SPDX-License-Identifier: EUPL-1.2
"""What Open311 shows of requests: to everybody what names nobody, to the client that filed one what it said itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import open311 as stored
from parvis_requests.db.open311 import Search
from parvis_requests.db.requests import form_key
from parvis_requests.db.tables import HistoryEntry
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.publicity import Publicity
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.form import Form
from parvis_requests.service.open311_services import Jurisdiction
from parvis_requests.service.public_side import Content, contents_of

MAX_UPDATES = 1_000


@dataclass(frozen=True, slots=True)
class Shown:
    """A request as this caller may see it, with the form that it was filed with; ``own`` when their client filed it."""

    row: Row
    form: Form
    own: bool
    publicity: Publicity | None
    content: Content
    acts: Sequence[HistoryEntry] = ()


@dataclass(frozen=True, slots=True)
class Update:
    """An act on a request that Open311 shows."""

    entry: HistoryEntry
    row: Row
    form: Form


async def read_requests(
    session: AsyncSession,
    town: Jurisdiction,
    search: Search,
    *,
    catalogues: Catalogues,
    client: str | None,
    limit: int,
    offset: int = 0,
    with_acts: bool = False,
) -> list[Shown]:
    """The requests that the search finds, in a few look-ups whatever their number."""
    rows = await stored.requests(session, search, client, limit, offset)
    acts: Mapping[UUID, Sequence[HistoryEntry]] = {}
    if with_acts:
        acts = await stored.public_acts(session, [row.id for row in rows])
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
        )
        for row in rows
    ]


async def read_updates(
    session: AsyncSession, jurisdiction: Jurisdiction, after: datetime, before: datetime, *, catalogues: Catalogues
) -> list[Update]:
    """The public acts in that time, the oldest first, at most 1,000."""
    found = await stored.acts_between(
        session, jurisdiction.collectivity, jurisdiction.shown, after, before, MAX_UPDATES
    )
    forms = await catalogues.forms_of(session, {form_key(row) for _, row in found})
    return [Update(entry, row, forms[form_key(row)]) for entry, row in found]
