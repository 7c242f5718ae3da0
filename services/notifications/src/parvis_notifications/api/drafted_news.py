# SPDX-License-Identifier: EUPL-1.2
"""What agents look at before a piece of news goes: its words, whom it would reach at what cost, a copy to try."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, router, token
from parvis_notifications.api.broadcast_schemas import NewsCoverageView, NewsPreviewView, NewsTestSend
from parvis_notifications.api.context import agent_of, now, parts_of, writer_of
from parvis_notifications.api.template_schemas import LanguageTag, TemplateTestSendView
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.drafted_news import estimate_news, preview_news, try_news

routes = router(tags=["news"])
_ONE: Final = "/v1/news-items/{news_id}"
_WRITE: Final = "notifications.news.write"


@routes.get(
    _ONE + "/preview",
    **token(_WRITE),
    operation_id="previewNewsItem",
    response_model=NewsPreviewView,
    responses=problems(401, 403, 404, 422),
)
async def preview(
    news_id: UUID,
    request: Request,
    language: Annotated[LanguageTag, Query(description="In which it is shown (BCP 47).")] = "fr",
) -> object:
    """What recipients who speak that language get by each channel."""
    agent, runtime = agent_of(request), parts_of(request).runtime
    async with runtime.database.reading() as session:
        found = await preview_news(session, agent.collectivity, news_id, language, runtime.settings, now())
    return NewsPreviewView(
        language=found.language,
        subject=found.subject,
        text=found.text,
        html=found.html,
        sms=found.sms,
        sms_encoding=found.sms_length.encoding,
        sms_segments=found.sms_length.segments,
        push_title=found.push_title,
        push_body=found.push_body,
    )


@routes.get(
    _ONE + "/coverage",
    **token(_WRITE),
    operation_id="estimateNewsItem",
    response_model=NewsCoverageView,
    responses=problems(401, 403, 404, 422),
)
async def coverage(news_id: UUID, request: Request) -> object:
    """How many people it would reach by each channel if it went now, how many by none, and what it would cost."""
    agent, runtime = agent_of(request), parts_of(request).runtime
    async with runtime.database.reading() as session:
        found = await estimate_news(session, agent.collectivity, news_id, runtime.settings, now())
    return NewsCoverageView(
        people=found.coverage.people,
        email=found.coverage.email,
        sms=found.coverage.sms,
        push=found.coverage.push,
        chat=found.coverage.chat,
        unreachable=found.coverage.unreachable,
        segments=found.segments,
        cost_millicents=found.cost_millicents,
    )


@routes.post(
    _ONE + "/test-sends",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY]),
    operation_id="testNewsItem",
    status_code=202,
    response_model=TemplateTestSendView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def test_send(news_id: UUID, body: NewsTestSend, request: Request) -> Response:
    """Send it to the calling agent alone, at the address or number that identity knows as theirs."""
    writer, runtime = writer_of(request), parts_of(request).runtime
    key = await runtime.persons.of(writer.person)

    async def effect(session: AsyncSession) -> Answer:
        way = (Channel(body.channel), body.language)
        message = await try_news(session, writer, key, news_id, way, runtime.settings, now())
        return Answer.of(TemplateTestSendView(message_id=message), status=202)

    call = idempotent_call(request, principal_of(request), await request.body())
    return await runtime.idempotency.once(call, effect)
