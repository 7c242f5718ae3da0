# SPDX-License-Identifier: EUPL-1.2
"""Whoever holds the link of a subscription reads which news and alerts were sent to it, and why or why not.

The link is the right to it, as it is to the subscription; of anybody else nothing is told.
"""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import problems, router, service
from parvis_notifications.api.choice_page import HTML, PAGES
from parvis_notifications.api.context import language_of, now, parts_of
from parvis_notifications.api.history_page import history_page, often_page
from parvis_notifications.api.subscription_link import Token, subscriber_by_link
from parvis_notifications.api.subscription_page import gone_page
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.service.explain_broadcast import explain_recent
from parvis_notifications.service.subscription_links import HISTORY_PATH, active_by_link

routes = router(tags=["subscriptions"])


@routes.get(
    HISTORY_PATH,
    **service(cors=False),
    operation_id="showSubscriptionHistory",
    response_class=Response,
    responses=problems(422) | PAGES | {429: {"description": "A page that says when to come back", "content": HTML}},
)
async def show(token: Token, request: Request) -> Response:
    """Which of the last news and alerts of the town were for this address, and why or why not."""
    runtime, language, looks = parts_of(request).runtime, language_of(request), parts_of(request).looks
    kept = timedelta(days=runtime.settings.audience_retention_days)
    try:
        async with runtime.database.reading() as session:
            they = await active_by_link(session, await subscriber_by_link(session, request, token))
            town, clock = runtime.settings.sender_name(they.collectivity), runtime.settings.clock(they.collectivity)
            if wait := looks.wait(they.id, now()):
                answer = often_page(token, town, language).response(language)
                answer.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
                return answer
            told = await explain_recent(session, they, kept, now())
    except NotFoundError:
        return gone_page(language).response(language)
    return history_page(told, token, town, language, clock).response(language)
