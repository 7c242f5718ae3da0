# SPDX-License-Identifier: EUPL-1.2
"""Read the appeals of a request, with their sealed parts opened and where each stands towards the court."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_requests.db import appeals, requests
from parvis_requests.db.tables import Appeal, Request
from parvis_requests.domain.appeal import AppealState, CourtPeriod, court_period
from parvis_requests.domain.calendar import Holidays
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.request import Actor
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.complete_file import form_of
from parvis_requests.service.contested_decision import as_contested, goes_to_court
from parvis_requests.service.decide_appeal import REASONS
from parvis_requests.service.form import Form
from parvis_requests.service.lodge_appeal import GROUNDS


@dataclass(frozen=True, slots=True)
class OpenAppeal:
    """An appeal with its words readable, None once the author was erased; ``court`` as the period now stands.

    ``to_court`` is False where the advice of the CADA must be asked for before; ``withdrawn`` is True once the refusal
    is no more, as another appeal was upheld or its request was opened again.
    """

    row: Appeal
    grounds: str | None
    reasons: str | None
    court: CourtPeriod
    to_court: bool
    withdrawn: bool


async def read_appeals(
    session: AsyncSession, actor: Actor, request_id: UUID, *, catalogues: Catalogues, persons: PersonKeys
) -> list[OpenAppeal]:
    """All of a request that the actor may read, the oldest first; raises NotFoundError."""
    row = await requests.one(session, actor, request_id)
    found = (await appeals.of_requests(session, [row.id])).get(row.id, [])
    return await _opened(session, row, found, catalogues, persons)


async def read_appeal(
    session: AsyncSession,
    actor: Actor,
    request_id: UUID,
    appeal_id: UUID,
    *,
    catalogues: Catalogues,
    persons: PersonKeys,
) -> OpenAppeal:
    """One of them; raises NotFoundError."""
    found = await read_appeals(session, actor, request_id, catalogues=catalogues, persons=persons)
    return _the(each for each in found if each.row.id == appeal_id)


async def read_step_of_appeal(
    session: AsyncSession, actor: Actor, request_id: UUID, sequence: int, *, catalogues: Catalogues, persons: PersonKeys
) -> OpenAppeal:
    """The one that came by this act of the request's history, or last ended by it; raises NotFoundError."""
    found = await read_appeals(session, actor, request_id, catalogues=catalogues, persons=persons)
    return _the(each for each in found if sequence in {each.row.lodged, each.row.told})


def _the(found: Iterator[OpenAppeal]) -> OpenAppeal:
    appeal = next(found, None)
    if appeal is None:
        raise NotFoundError
    return appeal


async def _opened(
    session: AsyncSession, row: Request, found: Sequence[Appeal], catalogues: Catalogues, persons: PersonKeys
) -> list[OpenAppeal]:
    if not found:
        return []
    form, holidays = await form_of(session, row, catalogues), (await catalogues.of(row.collectivity)).holidays
    key = (await persons.of_many({row.author})).get(row.author)
    return [
        OpenAppeal(
            each,
            _words(key, GROUNDS, each.grounds),
            _words(key, REASONS, each.reasons),
            _court(each, found, form, holidays),
            goes_to_court(form),
            _withdrawn(each, found),
        )
        for each in found
    ]


def _court(appeal: Appeal, found: Sequence[Appeal], form: Form, holidays: Holidays) -> CourtPeriod:
    if _withdrawn(appeal, found):
        return CourtPeriod(None)
    return court_period(as_contested(appeal, form), [appeals.entity(each) for each in _of_one(appeal, found)], holidays)


def _withdrawn(appeal: Appeal, found: Sequence[Appeal]) -> bool:
    # Who ends one gives reasons; what ended without any ended with the refusal.
    return any(
        each.state == AppealState.UPHELD or (each.state == AppealState.ENDED and each.reasons is None)
        for each in _of_one(appeal, found)
    )


def _of_one(appeal: Appeal, found: Sequence[Appeal]) -> list[Appeal]:
    return [each for each in found if each.contested == appeal.contested]


def _words(key: PersonKey | None, column: str, sealed: bytes | None) -> str | None:
    return key.open(column, sealed) if key and sealed else None
