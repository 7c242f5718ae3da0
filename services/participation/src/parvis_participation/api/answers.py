# SPDX-License-Identifier: EUPL-1.2
"""Answers of citizens, and what they add up to."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, problems, public, router, token
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import agent_of, citizen_of, language_of, now, parts_of
from parvis_participation.api.schemas import AnswerView, NewAnswer, ResultsView
from parvis_participation.api.views import answer_view, results_view
from parvis_participation.db import consultations
from parvis_participation.db.hot import NewAnswer as Stored
from parvis_participation.db.hot import ReplayedError
from parvis_participation.domain.consultation import State
from parvis_participation.domain.errors import ResultsNotPublicError
from parvis_participation.service.answer_consultation import AnswerConsultation, answer_consultation

routes = router(tags=["answers"])


@routes.post(
    "/v1/consultations/{consultation_id}/answers",
    **token("participation.answers.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="answerConsultation",
    status_code=201,
    response_model=AnswerView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def answer(consultation_id: UUID, body: NewAnswer, request: Request) -> Response:
    """Answer once. This kind of consultation is nominative: the town's database knows who answered what.

    Where its process is for verified people, a person counts once, whatever their accounts.
    """
    citizen, parts = citizen_of(request), parts_of(request)
    call = idempotent_call(request, citizen, await request.body())
    command = AnswerConsultation(citizen.collectivity, consultation_id, citizen.person, body.option, citizen.acr)
    idempotency = parts.runtime.idempotency

    def first_answer(new: Stored) -> Answer:
        return Answer.of(answer_view(new), {"Cache-Control": "no-store"})

    try:
        new = await answer_consultation(
            command,
            call,
            lambda stored: idempotency.seal(first_answer(stored)),
            database=parts.runtime.database,
            answering=parts.answering,
            roll_keys=parts.roll_keys,
            now=now(),
        )
    except ReplayedError as first:
        return idempotency.replay(call, first.body_hash, first.answer)
    return first_answer(new).response()


@routes.get(
    "/v1/consultations/{consultation_id}/results",
    **token("participation.answers.read"),
    operation_id="readLiveResults",
    response_model=ResultsView,
    responses=problems(401, 403, 404, 422),
)
async def live_results(consultation_id: UUID, request: Request, response: Response) -> ResultsView:
    """The counts at this moment, for agents of the collectivity."""
    agent = agent_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await consultations.one(session, agent.collectivity, consultation_id)
        counts = await consultations.counts(session, row.id)
    response.headers["Cache-Control"] = "no-store"
    return results_view(row, counts, language_of(request), now())


@routes.get(
    "/v1/collectivities/{collectivity}/consultations/{consultation_id}/results",
    **public(),
    operation_id="readResults",
    response_model=ResultsView,
    responses=problems(404, 409, 422),
)
async def results(collectivity: Collectivity, consultation_id: UUID, request: Request) -> ResultsView:
    """The counts for everybody, once the consultation is closed."""
    at = now()
    async with parts_of(request).runtime.database.reading() as session:
        row = await consultations.one(session, collectivity, consultation_id, published=True)
        if consultations.entity(row).state(at) is not State.CLOSED:
            raise ResultsNotPublicError
        counts = await consultations.counts(session, row.id)
    return results_view(row, counts, language_of(request), at)
