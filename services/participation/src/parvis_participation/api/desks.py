# SPDX-License-Identifier: EUPL-1.2
"""Votes at a desk and on paper, on the same roll as those from one's own device."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, problems, public, router, token
from parvis_participation.api.acting import count_voter
from parvis_participation.api.ballots import envelope_bytes
from parvis_participation.api.context import agent_of, chain_of, now, parts_of
from parvis_participation.api.desk_schemas import (
    MarkedView,
    NewDeskBallot,
    NewDeskVoter,
    NewPaperBatch,
    PaperBatchesView,
    PaperBatchView,
    VoucherView,
)
from parvis_participation.api.poll_schemas import ReceiptView
from parvis_participation.api.views import instant
from parvis_participation.db import paper_batches, polls
from parvis_participation.db.paper_tables import PaperBatch
from parvis_participation.domain.desk import Channel
from parvis_participation.service.enter_paper import Entry, enter_paper
from parvis_participation.service.receive_voter import Desk, DeskBallot, Visitor, Vouchers, cast_at_desk, mark_paper

routes = router(tags=["desks"])
_LARGE = 1_048_576


@routes.post(
    "/v1/polls/{poll_id}/desk-voters",
    **token("participation.desks.write"),
    operation_id="receiveDeskVoter",
    response_model=VoucherView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def receive(poll_id: UUID, body: NewDeskVoter, request: Request, response: Response) -> VoucherView:
    """Let somebody whose document the agent has seen vote on the desk's device. Nothing is kept of them until then."""
    at = now()
    desk = _desk(request)
    poll, voter = await desk.receive(agent_of(request).collectivity, poll_id, _visitor(body), Channel.DESK, at)
    await desk.check_new(poll, voter)
    await count_voter(request, poll.id, Channel.DESK)
    voucher, ends = Vouchers(parts_of(request).runtime.master).give(poll.id, voter, at)
    response.headers["Cache-Control"] = "no-store"
    return VoucherView(voucher=voucher, expires_at=instant(ends))


@routes.post(
    "/v1/polls/{poll_id}/desk-ballots",
    **public(),
    operation_id="castDeskBallot",
    response_model=ReceiptView,
    responses=problems(400, 403, 404, 409, 413, 422),
)
async def cast(poll_id: UUID, body: NewDeskBallot, request: Request, response: Response) -> ReceiptView:
    """Vote on the desk's device with the agent's voucher. The very same ballot again gets the same receipt again."""
    parts = parts_of(request)
    ballot = DeskBallot(poll_id, body.voucher, bytes.fromhex(body.commitment), envelope_bytes(body.sealed))
    signature = await cast_at_desk(
        ballot,
        database=parts.runtime.database,
        urn=parts.urn,
        vouchers=Vouchers(parts.runtime.master),
        seals=parts.seals,
        now=now(),
    )
    response.headers["Cache-Control"] = "no-store"
    return ReceiptView(poll_id=poll_id, commitment=body.commitment, signature=signature.hex())


@routes.post(
    "/v1/polls/{poll_id}/paper-voters",
    **token("participation.desks.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="markPaperVoter",
    status_code=201,
    response_model=MarkedView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def mark(poll_id: UUID, body: NewDeskVoter, request: Request) -> Response:
    """Put somebody whose document the agent has seen on the roll, and hand them a paper ballot."""
    agent, parts, at = agent_of(request), parts_of(request), now()
    desk, visitor = _desk(request), _visitor(body)
    poll, voter = await desk.know(agent.collectivity, poll_id, visitor, Channel.PAPER)
    fault = await desk.fault(poll, voter, visitor, at)

    async def effect(session: AsyncSession) -> Answer:
        if fault is not None:
            raise fault
        await mark_paper(session, poll, voter, at)
        return Answer.of(MarkedView(poll_id=poll_id, channel=Channel.PAPER))

    # The record of the call is told apart by the key: a hash of the civil status would tell who it was about.
    answer = await parts.runtime.idempotency.once(idempotent_call(request, agent, voter.person_key), effect)
    if "idempotency-replayed" not in answer.headers:
        await count_voter(request, poll.id, Channel.PAPER)  # a kill before it loses one of a count, and no vote
    return answer


@routes.get(
    "/v1/polls/{poll_id}/paper-batches",
    **token("participation.desks.write"),
    operation_id="listPaperBatches",
    response_model=PaperBatchesView,
    responses=problems(401, 403, 404, 422),
)
async def batches(poll_id: UUID, request: Request, response: Response) -> PaperBatchesView:
    """The batches of paper that were entered, and which of them wait for a second agent; not what the papers say."""
    agent = agent_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        await polls.one(session, agent.collectivity, poll_id, published=True)
        found = await paper_batches.all_of(session, poll_id)
    response.headers["Cache-Control"] = "no-store"
    return PaperBatchesView(items=[_batch_view(row) for row in found])


@routes.post(
    "/v1/polls/{poll_id}/paper-batches",
    **token("participation.desks.write", headers=[IDEMPOTENCY_KEY], body_limit=_LARGE),
    operation_id="enterPaperBatch",
    status_code=201,
    response_model=PaperBatchView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def enter(poll_id: UUID, body: NewPaperBatch, request: Request) -> Response:
    """Enter the papers of one urn after the close; the same entry of a second agent confirms it."""
    agent, (chain, by) = agent_of(request), chain_of(request)
    ballots = [(tuple((pick.code, pick.points) for pick in item.choice), item.times) for item in body.ballots]
    entry = Entry(agent.collectivity, poll_id, body.label, agent.subject, ballots, body.spoiled, body.replace)

    async def effect(session: AsyncSession) -> Answer:
        row = await enter_paper(session, entry, chain, by)
        return Answer.of(_batch_view(row))

    parts = parts_of(request)
    call = idempotent_call(request, agent, parts.seals.told_apart(await request.body()))
    return await parts.runtime.idempotency.once(call, effect)


def _batch_view(row: PaperBatch) -> PaperBatchView:
    return PaperBatchView(
        poll_id=row.poll_id,
        label=row.label,
        ballots=row.valid,
        spoiled=row.spoiled,
        confirmed=row.confirmed_by is not None,
    )


def _visitor(body: NewDeskVoter) -> Visitor:
    area = body.residence.area if body.residence else None
    number = "".join(body.document_number.split()).upper()
    return Visitor(body.civil_status.model_dump(), body.residence is not None, area, body.document, number)


def _desk(request: Request) -> Desk:
    parts = parts_of(request)
    return Desk(parts.runtime.database, parts.roll_keys, parts.seals)
