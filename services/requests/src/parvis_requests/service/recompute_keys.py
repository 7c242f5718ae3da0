# SPDX-License-Identifier: EUPL-1.2
"""Compute anew what requests are found by of their answers: a declaration holds for what is filed after it.

A request gets what its own version and the last one of its type declare; what either calls personal stays sealed
(decision 39).
Nothing of it is an act: no version, no history, no event. Each batch is whole or not at all, and doing it again changes
nothing, so that a run that was broken off goes on where it stopped, or begins anew.
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_requests.db import requests, stored_keys
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.answer_filters import AnswerFilter, AnswerKey, answer_keys, declared_since
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.work_queue import facets_of_form

_BATCH: Final = 100
ANSWERS: Final = "request.answers"
Latest = Mapping[UUID, tuple[AnswerFilter, ...]]


@dataclass(frozen=True, slots=True)
class Recomputing:
    """What computing anew works with."""

    database: Database
    catalogues: Catalogues
    persons: PersonKeys
    index: BlindIndex
    collectivity: str


@dataclass(frozen=True, slots=True)
class Step:
    """A batch that is done: how many were looked at and changed in it, and the last of them."""

    seen: int
    changed: int
    last: UUID


async def recompute_keys(parts: Recomputing, after: UUID | None = None) -> AsyncIterator[Step]:
    """Go through the requests of the collectivity, from the one after that on.

    Raises NotFoundError for a collectivity that is unknown, or where no such request is left.
    """
    catalogue, place = await parts.catalogues.of(parts.collectivity), None
    if after:
        async with parts.database.reading() as session:
            place = await stored_keys.place_of(session, parts.collectivity, after)
        if place is None:
            raise NotFoundError
    latest = {type_id: form.filters for type_id, form in catalogue.last.items()}
    while True:
        async with parts.database.reading() as session:
            places = await stored_keys.after(session, parts.collectivity, place, _BATCH)
        if not places:
            return
        ids = [id_ for _, id_ in places]
        done, changed = await _some(parts, ids, latest, wait=False)
        # Whoever acts on one is waited for with nothing else in one's hands.
        for id_ in ids:
            if id_ not in done:
                changed += (await _some(parts, [id_], latest, wait=True))[1]
        place = places[-1]
        yield Step(len(ids), changed, place[1])


async def _some(parts: Recomputing, ids: Sequence[UUID], latest: Latest, *, wait: bool) -> tuple[set[UUID], int]:
    """Those of them that nobody acts on, or whoever does is waited for; which, and how many were changed."""
    async with parts.database.unit_of_work() as uow:
        rows = await stored_keys.locked(uow.session, ids, wait=wait)
        changed = await _batch(uow.session, parts, rows, latest)
        await uow.commit()
    return {row.id for row in rows}, changed


async def _batch(session: AsyncSession, parts: Recomputing, rows: Sequence[Row], latest: Latest) -> int:
    forms = await parts.catalogues.forms_of(session, {requests.form_key(row) for row in rows})
    persons = await parts.persons.of_many({row.author for row in rows})
    stored, changed = await stored_keys.keys_of(session, [row.id for row in rows]), dict[UUID, list[AnswerKey]]()
    touched = 0
    for row in rows:
        if row.author not in persons:
            continue  # erased: nobody reads these answers any more
        form, answers = forms[requests.form_key(row)], json.loads(persons[row.author].open(ANSWERS, row.answers))
        filters = declared_since(form.filters, latest.get(row.type_id, ()))
        facets = facets_of_form(parts.index, row.collectivity, form, answers, filters)
        keys = answer_keys(filters, answers)
        touched += (facets, keys) != (row.facets, stored.get(row.id, []))
        row.facets = facets
        if keys != stored.get(row.id, []):
            changed[row.id] = keys
    await session.flush()
    if changed:
        await stored_keys.replace_keys(session, parts.collectivity, changed)
    return touched
