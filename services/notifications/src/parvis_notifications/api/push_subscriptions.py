# SPDX-License-Identifier: EUPL-1.2
"""The browsers that people are told by (web push)."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.etag import entity_tag, not_modified, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    NOT_MODIFIED,
    principal_of,
    problems,
    public,
    router,
    token,
)
from parvis_notifications.api.context import now, parts_of, reader_of
from parvis_notifications.api.push_schemas import (
    NewPushSubscription,
    PushKeyList,
    PushKeyView,
    PushSubscriptionList,
    PushSubscriptionView,
)
from parvis_notifications.service.push_browsers import (
    NewBrowser,
    OpenBrowser,
    list_browsers,
    read_browser,
    subscribe_browser,
    unsubscribe_browser,
)

routes = router(tags=["push"])
_PATH = "/v1/push-subscriptions"


@routes.get("/v1/push-keys", **public(), operation_id="listPushKeys", response_model=PushKeyList, responses=problems())
async def keys(request: Request, response: Response) -> object:
    """The keys that browsers subscribe with, the present one first; none where nothing goes by web push."""
    response.headers["Cache-Control"] = "public, max-age=300"
    return PushKeyList(items=[PushKeyView(public_key=each) for each in parts_of(request).push.server_keys])


@routes.post(
    _PATH,
    **token("notifications.preferences.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="subscribeBrowser",
    status_code=201,
    response_model=PushSubscriptionView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def subscribe(body: NewPushSubscription, request: Request) -> Response:
    """Have a browser told of the topics for which the channel `push` is chosen; again, with new keys, is well."""
    reader, parts = reader_of(request), parts_of(request)
    runtime = parts.runtime
    new = NewBrowser(body.endpoint, body.keys.p256dh, body.keys.auth, body.server_key, body.label)
    key = await runtime.persons.of(reader.person)

    async def effect(session: AsyncSession) -> Answer:
        made = await subscribe_browser(
            session, reader, new, key=key, index=runtime.blind_index, terms=parts.push, now=now()
        )
        headers = {
            "ETag": entity_tag(made.row.version),
            "Location": f"{runtime.settings.public_url}{_PATH}/{made.row.id}",
            "Cache-Control": "no-store",
        }
        return Answer.of(_view(made), headers)

    call = idempotent_call(request, principal_of(request), await request.body())
    return await runtime.idempotency.once(call, effect)


@routes.get(
    _PATH,
    **token("notifications.preferences.read"),
    operation_id="listPushSubscriptions",
    response_model=PushSubscriptionList,
    responses=problems(401, 403),
)
async def list_(request: Request, response: Response) -> object:
    """The caller's browsers: those of their work, where they call as an agent."""
    reader, runtime = reader_of(request), parts_of(request).runtime
    key = await runtime.persons.of(reader.person)
    async with runtime.database.reading() as session:
        found = await list_browsers(session, reader, key)
    response.headers["Cache-Control"] = "no-store"
    return PushSubscriptionList(items=[_view(each) for each in found])


@routes.get(
    _PATH + "/{push_subscription_id}",
    **token("notifications.preferences.read", headers=[IF_NONE_MATCH]),
    operation_id="readPushSubscription",
    response_model=PushSubscriptionView,
    responses=problems(401, 403, 404, 422) | NOT_MODIFIED,
)
async def read(push_subscription_id: UUID, request: Request, response: Response) -> object:
    """One of the caller's browsers."""
    reader, runtime = reader_of(request), parts_of(request).runtime
    key = await runtime.persons.of(reader.person)
    async with runtime.database.reading() as session:
        found = await read_browser(session, reader, push_subscription_id, key)
    tag = entity_tag(found.row.version)
    if not_modified(request, tag):
        return Response(status_code=304, headers={"ETag": tag})
    response.headers.update({"ETag": tag, "Cache-Control": "no-store"})
    return _view(found)


@routes.delete(
    _PATH + "/{push_subscription_id}",
    **token("notifications.preferences.write", headers=[IF_MATCH]),
    operation_id="unsubscribeBrowser",
    status_code=204,
    responses=problems(401, 403, 404, 412, 422, 428),
)
async def unsubscribe(push_subscription_id: UUID, request: Request) -> None:
    """Have a browser told no longer; what waits for it does not go."""
    reader, runtime = reader_of(request), parts_of(request).runtime
    version = required_version(request)
    async with runtime.database.unit_of_work() as uow:
        await unsubscribe_browser(uow.session, reader, push_subscription_id, version=version)
        await uow.commit()


def _view(browser: OpenBrowser) -> PushSubscriptionView:
    row = browser.row
    return PushSubscriptionView(
        id=row.id, service=browser.service, label=browser.label, created_at=row.created_at, taken_at=row.taken_at
    )
