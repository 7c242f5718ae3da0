# SPDX-License-Identifier: EUPL-1.2
"""Results as open data: each described with the addresses of its files, and those of consultations as a table."""

import csv
import io
import json
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import problems, public, router
from parvis_participation.api.answers import results
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import language_of, now, parts_of
from parvis_participation.api.plain_files import TableResponse
from parvis_participation.api.survey_views import no_formula
from parvis_participation.db import consultations, polls, surveys
from parvis_participation.domain.consultation import State
from parvis_participation.domain.errors import ResultsNotPublicError, SurveyResultsLaterError
from parvis_participation.service.datasets import consultation_dataset, poll_dataset, survey_dataset

routes = router(tags=["open-data"])
_JSON_LD: Final = "application/ld+json"
_DESCRIBED: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {_JSON_LD: {"schema": {"type": "object"}}}}}


@routes.get(
    "/v1/collectivities/{collectivity}/polls/{poll_id}/dataset",
    **public(),
    operation_id="readPollDataset",
    response_class=Response,
    responses=problems(404, 409, 422) | _DESCRIBED,
)
async def poll(collectivity: Collectivity, poll_id: UUID, request: Request) -> Response:
    """A counted poll described as open data, with the address of each of its files: DCAT, in JSON-LD."""
    runtime = parts_of(request).runtime
    async with runtime.database.reading() as session:
        row = await polls.one(session, collectivity, poll_id, published=True)
    return _told(poll_dataset(row, runtime.settings.public_url))


@routes.get(
    "/v1/collectivities/{collectivity}/surveys/{survey_id}/dataset",
    **public(),
    operation_id="readSurveyDataset",
    response_class=Response,
    responses=problems(404, 409, 422) | _DESCRIBED,
)
async def survey(collectivity: Collectivity, survey_id: UUID, request: Request) -> Response:
    """The published figures of a survey described as open data: DCAT, in JSON-LD."""
    runtime = parts_of(request).runtime
    async with runtime.database.reading() as session:
        row = await surveys.one(session, collectivity, survey_id, published=True)
    if row.figures is None:
        raise SurveyResultsLaterError
    return _told(survey_dataset(row, row.released_at or row.paper_closes_at, runtime.settings.public_url))


@routes.get(
    "/v1/collectivities/{collectivity}/consultations/{consultation_id}/dataset",
    **public(),
    operation_id="readConsultationDataset",
    response_class=Response,
    responses=problems(404, 409, 422) | _DESCRIBED,
)
async def consultation(collectivity: Collectivity, consultation_id: UUID, request: Request) -> Response:
    """A closed consultation described as open data: DCAT, in JSON-LD."""
    runtime = parts_of(request).runtime
    async with runtime.database.reading() as session:
        row = await consultations.one(session, collectivity, consultation_id, published=True)
    if consultations.entity(row).state(now()) is not State.CLOSED:
        raise ResultsNotPublicError
    return _told(consultation_dataset(row, runtime.settings.public_url))


@routes.get(
    "/v1/collectivities/{collectivity}/consultations/{consultation_id}/results-csv",
    **public(),
    operation_id="readResultsTable",
    response_class=TableResponse,
    responses=problems(404, 409, 422),
)
async def table(collectivity: Collectivity, consultation_id: UUID, request: Request) -> TableResponse:
    """The counts of a closed consultation as a table (RFC 4180): answer, label, count."""
    found, language = await results(collectivity, consultation_id, request), language_of(request)
    buffer = io.StringIO()
    lines = csv.writer(buffer)
    lines.writerow(["answer", "label", "count"])
    lines.writerows([no_formula(each.code), no_formula(each.label), each.count] for each in found.counts)
    headers = {"Cache-Control": "public, no-cache", "Vary": "Accept-Language", "Content-Language": language}
    return TableResponse(buffer.getvalue(), headers=headers)


def _told(described: dict[str, Any]) -> Response:
    text = json.dumps(described, ensure_ascii=False)
    return Response(text, media_type=_JSON_LD, headers={"Cache-Control": "public, no-cache"})
