# SPDX-License-Identifier: EUPL-1.2
"""Answers of people without an account, by a survey's link."""

import re
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.problems import IDEMPOTENCY_KEY_MISSING
from parvis_kit.web.idempotency import Answer, IdempotentCall
from parvis_kit.web.operation import IDEMPOTENCY_KEY, problems, public, router
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import now, parts_of
from parvis_participation.api.survey_problems import faults_told
from parvis_participation.api.survey_schemas import NewLinkResponse, ResponseReceipt
from parvis_participation.service.answer_by_link import LinkBearer, answer_by_link

# Two strangers must not meet in one key: it is their secret, as a random UUID is.
_KEY: Final = re.compile(r"[!-~]{20,255}")
_OWN_KEY: Final = IDEMPOTENCY_KEY | {"schema": {"type": "string", "maxLength": 255, "pattern": "^[!-~]{20,}$"}}
routes = router(tags=["surveys"])


@routes.post(
    "/v1/collectivities/{collectivity}/surveys/{survey_id}/responses",
    **public(headers=[_OWN_KEY]),
    operation_id="answerSurveyByLink",
    status_code=201,
    response_model=ResponseReceipt,
    responses=problems(400, 403, 404, 409, 413, 422, 429),
)
async def answer(collectivity: Collectivity, survey_id: UUID, body: NewLinkResponse, request: Request) -> Response:
    """Answer without an account, by the link of a survey that has one; nothing is kept but the answers."""
    parts, at = parts_of(request), now()
    bearer, answers = LinkBearer(collectivity, body.link), body.model_dump(mode="json")["answers"]
    most = parts.runtime.settings.link_answers_per_hour

    async def effect(session: AsyncSession) -> Answer:
        await answer_by_link(session, bearer, survey_id, answers, words=parts.words, most_an_hour=most, now=at)
        return Answer.of(ResponseReceipt(survey_id=survey_id, answered=True), {"Cache-Control": "no-store"})

    call = _call(request, collectivity, survey_id, parts.seals.told_apart(await request.body()))
    with faults_told():
        return await parts.runtime.idempotency.once(call, effect)


def _call(request: Request, collectivity: str, survey_id: UUID, body: bytes) -> IdempotentCall:
    key = request.headers.get("idempotency-key", "")
    if not _KEY.fullmatch(key):
        raise IDEMPOTENCY_KEY_MISSING.problem(
            "Envoyez dans l'en-tête Idempotency-Key une clé que personne ne devine, telle qu'un UUID aléatoire, de 20"
            " caractères au moins.",
            "Send a key that nobody guesses, such as a random UUID, of at least 20 characters in the Idempotency-Key"
            " header.",
        )
    return IdempotentCall(sha256(f"{collectivity}/{survey_id}".encode()).digest(), "answerSurveyByLink", key, body)
