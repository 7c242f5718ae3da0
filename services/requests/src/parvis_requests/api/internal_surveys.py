# SPDX-License-Identifier: EUPL-1.2
"""What the service that writes to people asks of a survey, on the internal port."""

from uuid import UUID

from pydantic import BaseModel, Field
from starlette.requests import Request

from parvis_kit.problems import NOT_FOUND
from parvis_kit.web.operation import problems, router, token
from parvis_requests.api.context import now, parts_of
from parvis_requests.api.internal import Collectivity, for_services
from parvis_requests.api.survey_page import SURVEY_PATH
from parvis_requests.db import surveys
from parvis_requests.service.survey_link import token_of

routes = router(tags=["internal"])


class SurveyLinkView(BaseModel):
    """Where the person answers."""

    link: str = Field(description="The right to answer, once: for the person alone.")


@routes.get(
    "/internal/v1/requests/{request_id}/survey",
    **token("requests.messages.read"),
    response_model=SurveyLinkView,
    responses=problems(401, 403, 404, 422),
)
async def read(request_id: UUID, collectivity: Collectivity, request: Request) -> SurveyLinkView:
    """The link of the mail that asks how somebody was served, while it is open, for the service that sends it."""
    for_services(request)
    runtime = parts_of(request).runtime
    async with runtime.database.reading() as session:
        survey = await surveys.of(session, request_id)
    if survey is None or survey.collectivity != collectivity or survey.closes_at <= now():
        raise NOT_FOUND.problem()
    return SurveyLinkView(
        link=f"{runtime.settings.public_url}{SURVEY_PATH}?token={token_of(survey, runtime.blind_index)}"
    )
