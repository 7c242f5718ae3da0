# SPDX-License-Identifier: EUPL-1.2
"""The link of a subscription: to confirm it, to see it, to end it, from a page or from a mail program (RFC 8058).

The link is the right to it. Opening it changes nothing, for programs open links to look what is behind them.
"""

from dataclasses import replace
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.problems import MALFORMED
from parvis_kit.web.operation import problems, router, service
from parvis_notifications.api.choice_page import FORM, PAGES
from parvis_notifications.api.context import language_of, now, office_of, parts_of
from parvis_notifications.api.history_page import history_link
from parvis_notifications.api.subscription_page import gone_page, told_page, words_of
from parvis_notifications.db import broadcasts, subscribers
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.domain.recipient_token import CHARACTERS
from parvis_notifications.domain.subscribing import ConsentWay, SubscriberState
from parvis_notifications.service.end_subscription import Act, LinkAct, act_by_link, told_by_link
from parvis_notifications.service.subscribe import Told
from parvis_notifications.service.subscription_links import SUBSCRIPTION_PATH

routes = router(tags=["subscriptions"])
_BODY_LIMIT: Final = 8_192
_SCHEMA: Final = {
    "type": "object",
    "properties": {
        "List-Unsubscribe": {"type": "string", "const": "One-Click", "description": "From a mail program: no more."},
        "act": {"type": "string", "enum": [act.value for act in Act], "description": "From the page."},
        "topic": {"type": "string", "maxLength": 63, "description": "With `stop-topic`: which."},
    },
    "minProperties": 1,
    "maxProperties": 2,
    "additionalProperties": False,
}
Token = Annotated[str, Query(max_length=100, description="From the mail; names that subscription alone.")]
TopicName = Annotated[str | None, Query(max_length=63, description="What one click ends (RFC 8058).")]


def _form_route() -> dict[str, Any]:
    options = service(cors=False, body_limit=_BODY_LIMIT)
    options["openapi_extra"]["requestBody"] = {"required": True, "content": {FORM: {"schema": _SCHEMA}}}
    return options


@routes.get(
    SUBSCRIPTION_PATH,
    **service(cors=False),
    operation_id="showSubscription",
    response_class=Response,
    responses=problems(422) | PAGES,
)
async def show(token: Token, request: Request, topic: TopicName = None) -> Response:  # noqa: ARG001 - of one link
    """What comes to this address, with buttons that confirm or end it."""
    try:
        async with parts_of(request).runtime.database.reading() as session:
            told = await told_by_link(session, await subscriber_by_link(session, request, token))
    except NotFoundError:
        return gone_page(language_of(request)).response(language_of(request))
    return await _page(request, told, token)


@routes.post(
    SUBSCRIPTION_PATH,
    **_form_route(),
    operation_id="changeSubscription",
    response_class=Response,
    responses=problems(400, 413, 422) | PAGES,
)
async def change(token: Token, request: Request, topic: TopicName = None) -> Response:
    """Confirm the subscription, or end a topic, the alerts, or all of it."""
    runtime, wanted = parts_of(request).runtime, _wanted(await request.body(), topic, request)
    try:
        async with runtime.database.reading() as session:
            subscriber = await subscriber_by_link(session, request, token)
        told = await act_by_link(runtime.database, runtime.persons, subscriber, wanted, now())
    except NotFoundError:
        return gone_page(language_of(request)).response(language_of(request))
    return await _page(request, told, token)


async def subscriber_by_link(session: AsyncSession, request: Request, token: str) -> UUID | None:
    """Whose subscription a link is: its own one, or the short one of a text message; None where it is nobody's."""
    if len(token) != CHARACTERS:
        return office_of(request).tokens.of_link(token)
    number = parts_of(request).short_links.read(token)
    return None if number is None else await broadcasts.subscriber_of(session, number)


async def _page(request: Request, told: Told, token: str) -> Response:
    language, settings = language_of(request), parts_of(request).runtime.settings
    labels, town = {}, ""
    if told.row is not None:
        town = settings.sender_name(told.row.collectivity)
        async with parts_of(request).runtime.database.reading() as session:
            found = await subscribers.topics(session, told.row.collectivity, retired=True)
        labels = {each.code: each.label for each in found}
    action = f"{SUBSCRIPTION_PATH}?{urlencode({'token': token})}"
    page = told_page(told, labels, town, action, language)
    if told.row is not None and told.row.state == SubscriberState.ACTIVE:
        page = replace(page, further=history_link(token, language))
    return page.response(language)


def _wanted(body: bytes, ended: str | None, request: Request) -> LinkAct:
    fields = dict(parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True))
    act, topic, way = fields.get("act"), fields.get("topic"), ConsentWay.PAGE
    if fields == {"List-Unsubscribe": "One-Click"}:
        act, topic, way = Act.STOP_TOPIC if ended else Act.STOP_NEWS, ended, ConsentWay.ONE_CLICK
    if act not in set(Act) or (act == Act.STOP_TOPIC) != bool(topic):
        raise MALFORMED.problem(
            "Envoyez List-Unsubscribe=One-Click, ou act et, pour stop-topic, topic.",
            "Send List-Unsubscribe=One-Click, or act and, for stop-topic, topic.",
        )
    return LinkAct(Act(act), words_of(Act(act), topic, language_of(request)), way, topic)
