# SPDX-License-Identifier: EUPL-1.2
"""The topics of a town, and the news that agents publish to whoever subscribed to one."""

from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, problems, public, router, token
from parvis_notifications.api.broadcast_schemas import (
    FollowedNewsItemView,
    MoveBody,
    NewNewsItemBody,
    NewsItemBody,
    NewsItemView,
    PublicNewsView,
)
from parvis_notifications.api.broadcast_views import figures_view, news_members, news_view, public_view
from parvis_notifications.api.context import agent_of, language_of, now, parts_of
from parvis_notifications.api.subscription_schemas import NewsTopicBody, NewsTopicList, NewsTopicView
from parvis_notifications.api.subscriptions import Collectivity, TopicCode
from parvis_notifications.api.topic_views import topic_view
from parvis_notifications.db import broadcasts, subscribers
from parvis_notifications.domain.broadcast import Lane
from parvis_notifications.service.areas import checked_ring
from parvis_notifications.service.publish_news import (
    Item,
    keep_topic,
    move_broadcast,
    publish_draft,
    publish_news,
    rewrite_news,
)

routes = router(tags=["news"])
_PATH: Final = "/v1/news-items"
_PUBLIC: Final = "/v1/collectivities/{collectivity}/news"


@routes.get(
    "/v1/news-topics",
    **token("notifications.news.write"),
    operation_id="listAllNewsTopics",
    response_model=NewsTopicList,
    responses=problems(401, 403),
)
async def topics(request: Request) -> object:
    """All topics of the caller's collectivity, also those that are not active."""
    agent = agent_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        found = await subscribers.topics(session, agent.collectivity, retired=True)
    return {"items": [topic_view(row) for row in found]}


@routes.put(
    "/v1/news-topics/{code}",
    **token("notifications.news.write", headers=[IF_MATCH]),
    operation_id="keepNewsTopic",
    response_model=NewsTopicView,
    responses=problems(400, 401, 403, 404, 412, 413, 422, 428),
)
async def keep(code: TopicCode, body: NewsTopicBody, request: Request, response: Response) -> object:
    """Make a topic (`If-Match: "0"`), or change it."""
    agent, version = agent_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        label = body.label.model_dump()
        version = await keep_topic(
            uow.session, agent.collectivity, code, label, active=body.active, version=version, now=now()
        )
        await uow.commit()
    response.headers["ETag"] = entity_tag(version)
    return NewsTopicView(code=code, label=body.label, active=body.active)


@routes.post(
    _PATH,
    **token("notifications.news.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="publishNews",
    status_code=201,
    response_model=NewsItemView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def publish(body: NewNewsItemBody, request: Request) -> Response:
    """Publish news, now or at their time, or draft them: they go to whoever subscribed and cares for their area."""
    agent, parts = agent_of(request), parts_of(request)
    item = replace(_item(body), draft=body.draft)

    async def effect(session: AsyncSession) -> Answer:
        row = await publish_news(session, agent, item, parts.runtime.settings.social_accounts, now())
        where = f"{parts.runtime.settings.public_url}{_PATH}/{row.id}"
        return Answer.of(news_view(row, item.areas), {"ETag": entity_tag(row.version), "Location": where})

    call = idempotent_call(request, agent, await request.body())
    return await parts.runtime.idempotency.once(call, effect)


@routes.get(
    _PATH,
    **token("notifications.news.write"),
    operation_id="listNewsItems",
    response_model=Page[NewsItemView],
    responses=problems(400, 401, 403, 422),
)
async def list_(request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None) -> object:
    """What the caller's collectivity published, newest first."""
    agent, runtime = agent_of(request), parts_of(request).runtime
    bound = ["news-items", agent.collectivity]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await broadcasts.page(session, agent.collectivity, Lane.NEWS, place, limit)
        areas = await broadcasts.areas(session, [row.id for row in found.rows])
    items = [news_view(row, areas[row.id]) for row in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    _PATH + "/{news_id}",
    **token("notifications.news.write"),
    operation_id="readNewsItem",
    response_model=FollowedNewsItemView,
    responses=problems(401, 403, 404, 422),
)
async def read(news_id: UUID, request: Request, response: Response) -> object:
    """One piece of news, with what came of it."""
    agent = agent_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await broadcasts.one(session, agent.collectivity, Lane.NEWS, news_id)
        areas = await broadcasts.areas(session, [row.id])
        found = await broadcasts.figures(session, row.id)
    response.headers["ETag"] = entity_tag(row.version)
    return FollowedNewsItemView(**news_members(row, areas[row.id]), figures=figures_view(found))


@routes.put(
    _PATH + "/{news_id}",
    **token("notifications.news.write", headers=[IF_MATCH]),
    operation_id="rewriteNewsItem",
    response_model=NewsItemView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def rewrite(news_id: UUID, body: NewsItemBody, request: Request, response: Response) -> object:
    """Write a draft, or what waits for its time, anew, its time included; 409 once that has come."""
    agent, version, item = agent_of(request), required_version(request), _item(body)
    accounts = parts_of(request).runtime.settings.social_accounts
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        row = await rewrite_news(uow.session, agent, news_id, item, accounts, version=version, now=now())
        await uow.commit()
    response.headers["ETag"] = entity_tag(row.version)
    return news_view(row, item.areas)


@routes.post(
    _PATH + "/{news_id}/transitions",
    **token("notifications.news.write", headers=[IF_MATCH]),
    operation_id="moveNewsItem",
    response_model=NewsItemView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def move(news_id: UUID, body: MoveBody, request: Request, response: Response) -> object:
    """Publish a draft; pause what is on its way, let it go on, or cancel what has not gone."""
    agent, runtime, version = agent_of(request), parts_of(request).runtime, required_version(request)
    async with runtime.database.unit_of_work() as uow:
        if body.action == "publish":
            accounts = runtime.settings.social_accounts
            row = await publish_draft(uow.session, agent, news_id, accounts, version=version, now=now())
        else:
            where = (uow.session, agent.collectivity, Lane.NEWS, news_id)
            row = await move_broadcast(*where, body.action, version=version, now=now())
        areas = await broadcasts.areas(uow.session, [row.id])
        await uow.commit()
    response.headers["ETag"] = entity_tag(row.version)
    return news_view(row, areas[row.id])


@routes.get(
    _PUBLIC,
    **public(),
    operation_id="listPublicNews",
    response_model=Page[PublicNewsView],
    responses=problems(400, 422),
)
async def read_public(
    collectivity: Collectivity,
    request: Request,
    response: Response,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """What a town told of, newest first."""
    runtime, language, bound = parts_of(request).runtime, language_of(request), ["public-news", collectivity]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await broadcasts.published(session, collectivity, place, limit, now())
        areas = await broadcasts.areas(session, [row.id for row in found.rows])
    items = [public_view(row, areas[row.id], language) for row in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


def _item(body: NewsItemBody) -> Item:
    areas = [checked_ring(each.ring) for each in body.areas]
    texts = body.texts.model_dump(exclude_none=True)
    return Item(body.topic, texts, body.link, body.area_label, areas, body.social, body.scheduled_at)
