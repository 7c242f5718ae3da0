# SPDX-License-Identifier: EUPL-1.2
"""Answers that another administration certifies: consented to before the request is filed, which names them."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Language, Text
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, router, token
from parvis_kit.web.types import PlainText
from parvis_requests.api.certified_views import certified_view, source_label
from parvis_requests.api.context import actor_of, language_of, now, parts_of
from parvis_requests.api.schemas import CertifiedView, Input, Labelled
from parvis_requests.api.views import instant
from parvis_requests.db import certified
from parvis_requests.db.tables import CertifiedRow
from parvis_requests.domain.certified import CertifiedState, Source, Unavailable
from parvis_requests.service.certify_answer import Certifying, Consent, certify, consent_to, opened
from parvis_requests.service.workflow_definition import Name

routes = router(tags=["requests"])
_ALL: Final = "/v1/certified-answers"
# Identity is asked, then the provider, each within its own time.
_SECONDS: Final = 45
STATES: Final = {
    CertifiedState.ASKED: Text(fr="Demandé", en="Asked for"),
    CertifiedState.CERTIFIED: Text(fr="Certifié", en="Certified"),
    CertifiedState.UNAVAILABLE: Text(fr="Indisponible", en="Unavailable"),
}
REASONS: Final = {
    Unavailable.UNATTESTED: Text(
        fr="Votre identité n'est pas attestée : donnez la réponse et son justificatif.",
        en="Your identity is not attested: give the answer and its document.",
    ),
    Unavailable.INCOMPLETE: Text(
        fr="Votre état civil n'est pas assez complet pour vous reconnaître : donnez la réponse et son justificatif.",
        en="Your civil status is not complete enough to know you by: give the answer and its document.",
    ),
    Unavailable.REFUSED: Text(
        fr="Votre état civil n'a pas été accepté tel qu'il est connu : donnez la réponse et son justificatif.",
        en="Your civil status was not taken as it is known: give the answer and its document.",
    ),
    Unavailable.NOT_FOUND: Text(
        fr="Ni la CNAF ni la MSA ne trouve votre dossier : donnez la réponse et son justificatif.",
        en="Neither the CNAF nor the MSA finds your file: give the answer and its document.",
    ),
}


class NewCertifiedAnswer(Input):
    """That the person consents to have the answer to a question fetched, by the text that they were shown."""

    request_type: PlainText = Field(max_length=100, description="Code of a request type of the collectivity.")
    question: Name = Field(description="One of its `certified` questions.")
    consent_version: str = Field(
        pattern=r"^[0-9a-f]{16}$", description="`consent.version` of that question: the text that the person agreed to."
    )


class CertifiedAnswerView(BaseModel):
    """What came of a consent: an answer that a request may name until `usable_before`, or why there is none."""

    id: UUID
    request_type: str
    question: str
    source: Labelled
    state: Labelled
    reason: Labelled | None = Field(description="Why it is unavailable, and what to do instead.")
    value: int | None = Field(description="The answer, in the unit of its source: euros.")
    certified: CertifiedView | None = Field(description="Who certified it, and of which month it is.")
    consent: str = Field(description="The text that was agreed to.")
    consented_at: datetime
    usable_before: datetime


class _Consented(BaseModel):
    """What a key is remembered with: whoever sends it again is shown what came of it."""

    answer_id: UUID


@routes.post(
    _ALL,
    **token("requests.requests.write", headers=[IDEMPOTENCY_KEY], timeout=_SECONDS),
    operation_id="certifyAnswer",
    status_code=201,
    response_model=CertifiedAnswerView,
    responses=problems(400, 401, 403, 404, 409, 413, 422, 503),
)
async def certify_answer(body: NewCertifiedAnswer, request: Request) -> Response:
    """Consent to have an answer fetched where it is certified; after a 503 the same key has it asked again."""
    actor, parts, language = actor_of(request), certifying(request), language_of(request)
    call = idempotent_call(request, principal_of(request), await request.body())
    catalogue = await parts_of(request).catalogues.of(actor.collectivity)
    consent = Consent(body.request_type, body.question, body.consent_version, language)

    async def effect(session: AsyncSession) -> Answer:
        level = principal_of(request).acr
        row = await consent_to(session, actor, level, consent, catalogue=catalogue, parts=parts, now=now())
        return Answer.of(_Consented(answer_id=row.id))

    known = await parts_of(request).runtime.idempotency.once(call, effect)
    row = await certify(parts, actor, _Consented.model_validate_json(bytes(known.body)).answer_id, now())
    view = await _view(request, row, language)
    headers = _headers(language) | {"Location": f"{_ALL}/{row.id}"}
    return Answer.of(view, headers).response(replayed="Idempotency-Replayed" in known.headers)


@routes.get(
    _ALL + "/{certified_answer_id}",
    **token("requests.requests.read"),
    operation_id="readCertifiedAnswer",
    response_model=CertifiedAnswerView,
    responses=problems(401, 403, 404, 422),
)
async def read(certified_answer_id: UUID, request: Request, response: Response) -> CertifiedAnswerView:
    """What came of one's own consent."""
    language = language_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await certified.one(session, actor_of(request), certified_answer_id)
    response.headers.update(_headers(language))
    return await _view(request, row, language)


def certifying(request: Request) -> Certifying:
    """The parts that certifying needs."""
    parts = parts_of(request)
    return Certifying(parts.runtime.database, parts.runtime.persons, parts.civil_statuses, parts.certifier)


async def _view(request: Request, row: CertifiedRow, language: Language) -> CertifiedAnswerView:
    runtime = parts_of(request).runtime
    known = opened(row, await runtime.persons.of(row.person)) if row.fact else None
    kept = timedelta(hours=runtime.settings.upload_retention_hours)
    reason = Unavailable(row.reason) if row.reason else None
    return CertifiedAnswerView(
        id=row.id,
        request_type=row.type_code,
        question=row.question,
        source=source_label(Source(row.source), language),
        state=Labelled(code=row.state, label=STATES[CertifiedState(row.state)].in_language(language)),
        reason=Labelled(code=reason, label=REASONS[reason].in_language(language)) if reason else None,
        value=known.quotient.value if known else None,
        certified=certified_view(known, language) if known else None,
        consent=row.consent,
        consented_at=instant(row.created_at),
        usable_before=instant(row.created_at + kept),
    )


def _headers(language: Language) -> dict[str, str]:
    return {"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept-Language"}
