# SPDX-License-Identifier: EUPL-1.2
"""Amendments of proposals: everybody reads them, people who signed in make them, those who write a proposal answer."""

import asyncio
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.db import keyset
from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, problems, public, router, token
from parvis_participation.api.amendment_schemas import (
    AmendmentAnswer,
    AmendmentSummaryView,
    AmendmentView,
    NewAmendment,
    SegmentView,
)
from parvis_participation.api.audiences import check_for_citizen
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import citizen_of, now, parts_of
from parvis_participation.api.moderation_problems import too_many
from parvis_participation.api.views import instant
from parvis_participation.db import amendments, proposals
from parvis_participation.db.amendment_tables import ProposalAmendment
from parvis_participation.domain.amendment import AmendmentState
from parvis_participation.domain.comparison import MergeError, compared
from parvis_participation.domain.errors import TooManyError
from parvis_participation.domain.proposal import ProposalState
from parvis_participation.service.amend_proposal import (
    NewWords,
    answer_amendment,
    note_conflict,
    submit_amendment,
    withdraw_amendment,
)
from parvis_participation.service.compare_words import while_held
from parvis_participation.service.deposit_project import Author
from parvis_participation.service.pseudonyms import Pseudonyms

routes = router(tags=["proposals"])
_HEADERS = {"Cache-Control": "public, no-cache"}


@routes.get(
    "/v1/collectivities/{collectivity}/proposals/{proposal_id}/amendments",
    **public(),
    operation_id="listAmendments",
    response_model=Page[AmendmentSummaryView],
    responses=problems(400, 404, 422),
)
async def list_(
    collectivity: Collectivity,
    proposal_id: UUID,
    request: Request,
    response: Response,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """In which other words people want a proposal, newest first; nothing once it is withdrawn or removed."""
    parts, bound = parts_of(request), ["amendments", str(proposal_id)]
    place = parts.runtime.cursors.read(cursor, bound)
    async with parts.runtime.database.reading() as session:
        shown = (await proposals.one(session, collectivity, proposal_id)).state == ProposalState.PUBLISHED
        found = await amendments.page(session, proposal_id, place, limit) if shown else keyset.Slice((), None, None)
    response.headers.update(_HEADERS)
    items = [AmendmentSummaryView(**summary(row, parts.pseudonyms, shown=True)) for row in found.rows]
    write = parts.runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/collectivities/{collectivity}/amendments/{amendment_id}",
    **public(),
    operation_id="readAmendment",
    response_model=AmendmentView,
    responses=problems(404, 422),
)
async def read(collectivity: Collectivity, amendment_id: UUID, request: Request, response: Response) -> AmendmentView:
    """One amendment, word by word beside the version that it changes; without its words once it is gone."""
    parts = parts_of(request)
    async with parts.runtime.database.reading() as session:
        row = await amendments.one(session, collectivity, amendment_id)
        state = (await proposals.one(session, collectivity, row.proposal_id)).state
    response.headers.update(_HEADERS | {"ETag": entity_tag(row.version)})
    return await asyncio.to_thread(_view, row, parts.pseudonyms, shown=state == ProposalState.PUBLISHED)


@routes.post(
    "/v1/proposals/{proposal_id}/amendments",
    **token("participation.proposals.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="submitAmendment",
    status_code=201,
    response_model=AmendmentView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428, 429),
)
async def submit(proposal_id: UUID, body: NewAmendment, request: Request) -> Response:
    """Offer other words for the version of a proposal that one has read; they are public at once."""
    author, parts, seen, at = _author(request), parts_of(request), required_version(request), now()
    new = NewWords(**body.model_dump())

    async def effect(session: AsyncSession) -> Answer:
        row = await submit_amendment(session, author, proposal_id, new, seen=seen, now=at)
        path = f"/v1/collectivities/{row.collectivity}/amendments/{row.id}"
        headers = {"Location": path, "ETag": entity_tag(row.version)}
        return Answer.of(await while_held(partial(_view, row, parts.pseudonyms, shown=True)), headers)

    await check_for_citizen(request, proposal_id, at)
    call = idempotent_call(request, citizen_of(request), await request.body())
    try:
        return await parts.runtime.idempotency.once(call, effect)
    except TooManyError as error:
        raise too_many() from error


@routes.post(
    "/v1/amendments/{amendment_id}/answers",
    **token("participation.proposals.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="answerAmendment",
    status_code=201,
    response_model=AmendmentView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def answer(amendment_id: UUID, body: AmendmentAnswer, request: Request) -> Response:
    """Take an amendment into the proposal that one writes, as its next version, or refuse it and say why."""
    author, parts, seen, at = _author(request), parts_of(request), required_version(request), now()

    async def effect(session: AsyncSession) -> Answer:
        row = await answer_amendment(
            session, author, amendment_id, accepting=body.accepting, text=body.answer, seen=seen, now=at
        )
        view = await while_held(partial(_view, row, parts.pseudonyms, shown=True))
        return Answer.of(view, {"ETag": entity_tag(row.version)})

    call = idempotent_call(request, citizen_of(request), await request.body())
    try:
        return await parts.runtime.idempotency.once(call, effect)
    except MergeError:
        async with parts.runtime.database.unit_of_work() as uow:
            await note_conflict(uow.session, author, amendment_id, now=at)
            await uow.commit()
        raise


@routes.delete(
    "/v1/amendments/{amendment_id}",
    **token("participation.proposals.write", headers=[IF_MATCH]),
    operation_id="withdrawAmendment",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412, 422, 428),
)
async def withdraw(amendment_id: UUID, request: Request) -> Response:
    """Take one's own amendment back, with its words, while it waits for an answer."""
    author, seen = _author(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await withdraw_amendment(uow.session, author, amendment_id, seen=seen)
        await uow.commit()
    return Response(status_code=204)


def segments(before: str | None, after: str | None) -> list[SegmentView]:
    """What two texts have in common, and what not; nothing where one is gone. Long texts take it some 30 ms."""
    if before is None or after is None:
        return []
    return [SegmentView(change=each.change, text=each.text) for each in compared(before, after)]


def _author(request: Request) -> Author:
    citizen = citizen_of(request)
    return Author(citizen.collectivity, citizen.person)


def summary(row: ProposalAmendment, pseudonyms: Pseudonyms, *, shown: bool) -> dict[str, Any]:
    """What there is of an amendment besides the words that it wants; ``shown``: its proposal's are there."""
    said = shown and row.removed_at is None
    return {
        "id": row.id,
        "proposal_id": row.proposal_id,
        "author": pseudonyms.of(row.collectivity, row.person),
        "state": row.state if row.removed_at is None else AmendmentState.REMOVED,
        "reasons": row.reasons if said else None,
        "answer": row.answer if said and row.answer_removed_at is None else None,
        "base_version": row.base_version,
        "made_version": row.made_version,
        "created_at": instant(row.created_at),
        "answered_at": None if row.answered_at is None else instant(row.answered_at),
        "version": row.version,
    }


def _view(row: ProposalAmendment, pseudonyms: Pseudonyms, *, shown: bool) -> AmendmentView:
    said = shown and row.removed_at is None
    return AmendmentView(
        **summary(row, pseudonyms, shown=shown),
        title=row.title if said else None,
        description=row.description if said else None,
        title_changes=segments(row.base_title, row.title) if said else [],
        description_changes=segments(row.base_description, row.description) if said else [],
    )
