# SPDX-License-Identifier: EUPL-1.2
"""What of news and alerts stands on the town's social accounts."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from starlette.requests import Request

from parvis_kit.web.operation import problems, router, token
from parvis_notifications.api.context import agent_of, parts_of
from parvis_notifications.api.social_schemas import SocialAccountList, SocialAccountView, SocialPostList, SocialPostView
from parvis_notifications.db import broadcasts, social_posts
from parvis_notifications.db.social_tables import SocialPost
from parvis_notifications.domain.broadcast import Lane, PartState
from parvis_notifications.domain.social import PostKind

routes = router(tags=["social"])
_NEWS: Final = "notifications.news.write"
_ALERTS: Final = "notifications.alerts.read"


@routes.get(
    "/v1/social-accounts",
    **token(_NEWS),
    operation_id="listSocialAccounts",
    response_model=SocialAccountList,
    responses=problems(401, 403),
)
async def accounts(request: Request) -> object:
    """The social accounts of the caller's collectivity, and what is published on each."""
    agent, settings = agent_of(request), parts_of(request).runtime.settings
    own = [each for each in settings.social_accounts if each.collectivity == agent.collectivity]
    return SocialAccountList(
        items=[
            SocialAccountView(
                name=each.name,
                kind=each.kind,
                server=each.url,
                language=each.language,
                topics=None if each.topics is None else list(each.topics),
                alerts=each.alerts,
            )
            for each in own
        ]
    )


@routes.get(
    "/v1/news-items/{news_id}/social-posts",
    **token(_NEWS),
    operation_id="listSocialPostsOfNews",
    response_model=SocialPostList,
    responses=problems(401, 403, 404, 422),
)
async def of_news(news_id: UUID, request: Request) -> object:
    """How a piece of news stands on each account of the town."""
    return await _posts(request, Lane.NEWS, news_id)


@routes.get(
    "/v1/alerts/{alert_id}/social-posts",
    **token(_ALERTS),
    operation_id="listSocialPostsOfAlert",
    response_model=SocialPostList,
    responses=problems(401, 403, 404, 422),
)
async def of_alert(alert_id: UUID, request: Request) -> object:
    """How an alert stands on each account of the town, and whether it says there that it was called off."""
    return await _posts(request, Lane.ALERT, alert_id)


async def _posts(request: Request, lane: Lane, broadcast_id: UUID) -> SocialPostList:
    agent = agent_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        await broadcasts.one(session, agent.collectivity, lane, broadcast_id)
        found = await social_posts.of_broadcasts(session, [broadcast_id])
    return SocialPostList(items=_views(found))


def _views(found: Sequence[SocialPost]) -> list[SocialPostView]:
    return [
        SocialPostView(
            id=row.id,
            account=row.account,
            kind=PostKind(row.kind),
            state=PartState(row.state),
            reply_to=row.reply_to,
            last_reply=row.last_reply,
            url=row.url,
            created_at=row.created_at,
            published_at=row.published_at,
        )
        for row in found
    ]
