# SPDX-License-Identifier: EUPL-1.2
"""Ballots of voters, and the board's count."""

from base64 import urlsafe_b64decode
from functools import partial
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Language
from parvis_kit.security.assurance import LADDERS, MULTI_FACTOR
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, problems, router, token
from parvis_participation.api.ballot_route import BallotRoute
from parvis_participation.api.context import agent_of, chain_of, citizen_of, language_of, now, parts_of
from parvis_participation.api.poll_schemas import NewBallot, NewCount, PollResultsView, ReceiptView
from parvis_participation.api.poll_views import poll_results_view
from parvis_participation.api.secret_vote_problems import count_failed
from parvis_participation.db.tables import Poll
from parvis_participation.domain.errors import EnvelopeError
from parvis_participation.domain.poll_count import CountFailedError
from parvis_participation.service.cast_ballot import CastBallot, cast_ballot
from parvis_participation.service.open_urn import Asked

routes = router(tags=["ballots"])
casting = router(tags=["ballots"], route_class=BallotRoute)
# Who opens an urn has just shown who they are to somebody who knows them, or by more than a password.
_KNOWN: Final = [LADDERS[0][0], LADDERS[1][0], MULTI_FACTOR[-1]]
_PROVEN: Final = {"acr_values": _KNOWN, "max_age": 900}


@casting.post(
    "/v1/polls/{poll_id}/ballots",
    **token("participation.ballots.write"),
    operation_id="castBallot",
    response_model=ReceiptView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def cast(poll_id: UUID, body: NewBallot, request: Request) -> Response:
    """Vote, once and for good. No Idempotency-Key: the very same ballot sent again gets the same receipt again."""
    citizen, parts = citizen_of(request), parts_of(request)
    command = CastBallot(
        citizen.collectivity,
        poll_id,
        citizen.person,
        citizen.acr,
        bytes.fromhex(body.commitment),
        envelope_bytes(body.sealed),
    )
    signature = await cast_ballot(
        command,
        database=parts.runtime.database,
        urn=parts.urn,
        roll_keys=parts.roll_keys,
        seals=parts.seals,
        now=now(),
    )
    receipt = ReceiptView(poll_id=poll_id, commitment=body.commitment, signature=signature.hex())
    return Response(receipt.model_dump_json(), headers={"Cache-Control": "no-store"}, media_type="application/json")


@routes.post(
    "/v1/polls/{poll_id}/counts",
    **token("participation.counts.write", headers=[IDEMPOTENCY_KEY], timeout=300, sign_in=_PROVEN),
    operation_id="countPoll",
    status_code=201,
    response_model=PollResultsView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422),
)
async def count(poll_id: UUID, body: NewCount, request: Request) -> Response:
    """Open the urn of a closed poll with the shares of enough members of its board, and count it at once."""
    agent, parts, language = agent_of(request), parts_of(request), language_of(request)
    _, by = chain_of(request)
    shares = [(share.number, bytes.fromhex(share.share)) for share in body.shares]

    once = partial(parts.runtime.idempotency.once, idempotent_call(request, agent, await request.body()))
    asked = Asked(agent.collectivity, poll_id, shares, by)
    try:
        return await parts.board.count(asked, once, partial(_shown, language=language), parts.seals)
    except CountFailedError as error:
        raise count_failed() from error


def _shown(row: Poll, language: Language) -> Answer:
    return Answer.of(poll_results_view(row, language))


def envelope_bytes(text: str) -> bytes:
    """The envelope that stands in a body; raises EnvelopeError."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise EnvelopeError from error
