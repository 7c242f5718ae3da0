# SPDX-License-Identifier: EUPL-1.2
"""What people want to be told of what happens in the town: with an account, or by an address that they confirm."""

import re
from hashlib import sha256
from typing import Annotated, Final
from uuid import UUID

from fastapi import Path
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.problems import IDEMPOTENCY_KEY_MISSING
from parvis_kit.web.etag import entity_tag, not_modified, required_version
from parvis_kit.web.idempotency import Answer, IdempotentCall
from parvis_kit.web.operation import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    NOT_MODIFIED,
    problems,
    public,
    router,
    token,
)
from parvis_notifications.api.context import citizen_of, now, office_of, parts_of
from parvis_notifications.api.subscription_schemas import (
    AskedSubscriptionView,
    CodeBody,
    LoneSubscription,
    NewsTopicList,
    SubscriptionsBody,
    SubscriptionsView,
)
from parvis_notifications.api.subscription_views import told_view, wishes_of
from parvis_notifications.api.topic_views import topic_view
from parvis_notifications.db import subscribers
from parvis_notifications.domain.errors import AddressError, NumberError, RecipientRefusedError
from parvis_notifications.domain.subscribing import CONFIRMATION_TIME
from parvis_notifications.domain.topic import Channel
from parvis_notifications.outgoing.mail_format import BadAddressError, normal_address
from parvis_notifications.service.recipients import mobile
from parvis_notifications.service.subscribe import choose_subscriptions, read_told
from parvis_notifications.service.subscribe_alone import (
    Alone,
    Office,
    ask_to_be_told,
    confirm_by_code,
    tells,
    wrong_code,
)

routes = router(tags=["subscriptions"])
_MINE: Final = "/v1/my-subscriptions"
_ALONE: Final = "/v1/collectivities/{collectivity}/subscriptions"
# Two strangers must not meet in one key: it is their secret, as a random UUID is.
_KEY: Final = re.compile(r"[!-~]{20,255}")
_OWN_KEY: Final = IDEMPOTENCY_KEY | {"schema": {"type": "string", "maxLength": 255, "pattern": "^[!-~]{20,}$"}}
Collectivity = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{1,31}$", description="Short name of the collectivity.")]
TopicCode = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,62}$", description="Code of a topic.")]


@routes.get(
    "/v1/collectivities/{collectivity}/news-topics",
    **public(),
    operation_id="listNewsTopics",
    response_model=NewsTopicList,
    responses=problems(422),
)
async def topics(collectivity: Collectivity, request: Request) -> object:
    """What the town tells of, by topic."""
    async with parts_of(request).runtime.database.reading() as session:
        found = await subscribers.topics(session, collectivity)
    return {"items": [topic_view(row) for row in found]}


@routes.get(
    _MINE,
    **token("notifications.subscriptions.read", headers=[IF_NONE_MATCH]),
    operation_id="readMySubscriptions",
    response_model=SubscriptionsView,
    responses=problems(401, 403) | NOT_MODIFIED,
)
async def mine(request: Request, response: Response) -> object:
    """What the caller is told of the town, where they care for it, and to what they agreed."""
    reader, runtime = citizen_of(request), parts_of(request).runtime
    async with runtime.database.reading() as session:
        row = await subscribers.of_person(session, reader.collectivity, reader.person)
        told = await read_told(session, row)
    headers = {"Cache-Control": "no-store", "ETag": entity_tag(row.version if row else 0)}
    if not_modified(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return told_view(told, await runtime.persons.of(reader.person))


@routes.put(
    _MINE,
    **token("notifications.subscriptions.write", headers=[IF_MATCH]),
    operation_id="chooseMySubscriptions",
    response_model=SubscriptionsView,
    responses=problems(400, 401, 403, 412, 413, 422, 428),
)
async def choose(body: SubscriptionsBody, request: Request, response: Response) -> object:
    """Choose anew what to be told, where, and to what to agree."""
    reader, runtime, version = citizen_of(request), parts_of(request).runtime, required_version(request)
    wishes, key = wishes_of(body), await runtime.persons.of(reader.person)
    async with runtime.database.unit_of_work() as uow:
        row = await choose_subscriptions(uow.session, reader, wishes, key, version=version, now=now())
        told = await read_told(uow.session, row)
        await uow.commit()
    response.headers.update({"Cache-Control": "no-store", "ETag": entity_tag(row.version)})
    return told_view(told, key)


@routes.post(
    _ALONE,
    **public(headers=[_OWN_KEY]),
    operation_id="subscribeWithoutAccount",
    status_code=202,
    response_model=AskedSubscriptionView,
    responses=problems(400, 404, 409, 413, 422, 429),
)
async def ask(collectivity: Collectivity, body: LoneSubscription, request: Request) -> Response:
    """Ask to be told at an address, which gets a link and a code to confirm it with; the same answer to everybody."""
    wishes, office, at = wishes_of(body), office_of(request), now()

    async def effect(session: AsyncSession) -> Answer:
        await tells(session, collectivity)
        asked = await ask_to_be_told(session, office, _alone(collectivity, body, office), wishes, at)
        view = AskedSubscriptionView(id=asked, confirm_before=at + CONFIRMATION_TIME)
        return Answer.of(view, {"Cache-Control": "no-store"}, 202)

    return await parts_of(request).runtime.idempotency.once(_call(request, collectivity, await request.body()), effect)


@routes.post(
    _ALONE + "/{subscription_id}/confirmations",
    **public(),
    operation_id="confirmSubscription",
    status_code=204,
    responses=problems(400, 404, 413, 422),
)
async def confirm(collectivity: Collectivity, subscription_id: UUID, body: CodeBody, request: Request) -> None:
    """Give the code back; after five wrong ones, or a day, the subscription is to be asked for again."""
    runtime = parts_of(request).runtime
    async with runtime.database.unit_of_work() as uow:
        replaced = await confirm_by_code(
            uow.session, office_of(request), collectivity, subscription_id, body.code, now()
        )
        for each in replaced or ():
            await runtime.persons.destroy(each)
        await uow.commit()
    wrong_code(replaced)


def _alone(collectivity: str, body: LoneSubscription, office: Office) -> Alone:
    if (body.email is None) == (body.phone is None):
        raise AddressError
    if body.phone is not None:
        try:
            number = mobile(body.phone, office.settings.subscription_country_codes)
        except RecipientRefusedError as error:
            raise NumberError from error
        return Alone(collectivity, Channel.SMS, number)
    try:
        return Alone(collectivity, Channel.EMAIL, normal_address(body.email or ""))
    except BadAddressError as error:
        raise AddressError from error


def _call(request: Request, collectivity: str, body: bytes) -> IdempotentCall:
    key = request.headers.get("idempotency-key", "")
    if not _KEY.fullmatch(key):
        raise IDEMPOTENCY_KEY_MISSING.problem(
            "Envoyez dans l'en-tête Idempotency-Key une clé que personne ne devine, de 20 caractères au moins.",
            "Send a key that nobody guesses, of at least 20 characters, in the Idempotency-Key header.",
        )
    caller = sha256(collectivity.encode()).digest()
    return IdempotentCall(caller, "subscribeWithoutAccount", key, sha256(body).digest())
