# SPDX-License-Identifier: EUPL-1.2
"""Alerts as agents write, approve, send and follow them."""

from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    NOT_MODIFIED,
    problems,
    router,
    token,
)
from parvis_notifications.api.alert_schemas import (
    AlertAreaBody,
    AlertAreaList,
    AlertAreaView,
    AlertBody,
    AlertFigures,
    AlertMove,
    AlertView,
    CoverageView,
    HelpFigures,
)
from parvis_notifications.api.alert_views import alert_view, area_view, new_alert
from parvis_notifications.api.broadcast_views import figures_view
from parvis_notifications.api.context import agent_of, now, parts_of
from parvis_notifications.api.subscriptions import TopicCode
from parvis_notifications.api.watched import watched
from parvis_notifications.db import alerts, broadcasts, help_marks
from parvis_notifications.domain.alert import Reply
from parvis_notifications.domain.broadcast import Lane
from parvis_notifications.service.areas import checked_ring
from parvis_notifications.service.issue_alerts import draft_alert, estimate_alert, redraft_alert
from parvis_notifications.service.move_alert import move_alert

routes = router(tags=["alerts"])
_PATH: Final = "/v1/alerts"
_READ: Final = "notifications.alerts.read"
_WRITE: Final = "notifications.alerts.write"


@routes.get(
    "/v1/alert-areas",
    **token(_READ),
    operation_id="listAlertAreas",
    response_model=AlertAreaList,
    responses=problems(401, 403),
)
async def areas(request: Request) -> object:
    """The areas that alerts of the caller's collectivity may name."""
    agent = agent_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        found = await alerts.named_areas(session, agent.collectivity)
    return {"items": [area_view(row) for row in found]}


@routes.put(
    "/v1/alert-areas/{code}",
    **token(_WRITE, headers=[IF_MATCH]),
    operation_id="keepAlertArea",
    response_model=AlertAreaView,
    responses=problems(400, 401, 403, 404, 412, 413, 422, 428),
)
async def keep_area(code: TopicCode, body: AlertAreaBody, request: Request, response: Response) -> object:
    """Draw a named area (`If-Match: "0"`), or draw it anew; alerts that were written keep what they had."""
    agent, version = agent_of(request), required_version(request)
    outlines = [[list(each) for each in checked_ring(outline.ring)] for outline in body.outlines]
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        values = {"label": body.label.model_dump(), "outlines": outlines, "updated_at": now()}
        version = await alerts.put_area(uow.session, agent.collectivity, code, version=version, **values)
        await uow.commit()
    response.headers["ETag"] = entity_tag(version)
    return AlertAreaView(code=code, label=body.label, outlines=body.outlines)


@routes.post(
    _PATH,
    **token(_WRITE, headers=[IDEMPOTENCY_KEY]),
    operation_id="draftAlert",
    status_code=201,
    response_model=AlertView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def draft(body: AlertBody, request: Request) -> Response:
    """Write an alert, an update or an all-clear; it goes when another agent has approved it."""
    agent, parts, new = agent_of(request), parts_of(request), new_alert(body)

    async def effect(session: AsyncSession) -> Answer:
        alert, broadcast = await draft_alert(session, agent, new, now())
        outlines = (await broadcasts.areas(session, [alert.id]))[alert.id]
        where = f"{parts.runtime.settings.public_url}{_PATH}/{alert.id}"
        headers = {"ETag": entity_tag(broadcast.version), "Location": where}
        return Answer.of(alert_view(alert, broadcast, outlines), headers)

    return await parts.runtime.idempotency.once(idempotent_call(request, agent, await request.body()), effect)


@routes.get(
    _PATH,
    **token(_READ),
    operation_id="listAlerts",
    response_model=Page[AlertView],
    responses=problems(400, 401, 403, 422),
)
async def list_(request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None) -> object:
    """The alerts of the caller's collectivity and their drafts, newest first."""
    agent, runtime = agent_of(request), parts_of(request).runtime
    bound = ["alerts", agent.collectivity]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await broadcasts.page(session, agent.collectivity, Lane.ALERT, place, limit)
        ids = [row.id for row in found.rows]
        known, outlines = await alerts.of_broadcasts(session, ids), await broadcasts.areas(session, ids)
    items = [alert_view(known[row.id], row, outlines[row.id]) for row in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    _PATH + "/{alert_id}",
    **token(_READ),
    operation_id="readAlert",
    response_model=AlertView,
    responses=problems(401, 403, 404, 422),
)
async def read(alert_id: UUID, request: Request, response: Response) -> object:
    """One alert; its ETag names what an approver read."""
    agent = agent_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        alert, broadcast = await alerts.one(session, agent.collectivity, alert_id)
        outlines = (await broadcasts.areas(session, [alert.id]))[alert.id]
    response.headers["ETag"] = entity_tag(broadcast.version)
    return alert_view(alert, broadcast, outlines)


@routes.put(
    _PATH + "/{alert_id}",
    **token(_WRITE, headers=[IF_MATCH]),
    operation_id="redraftAlert",
    response_model=AlertView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def redraft(alert_id: UUID, body: AlertBody, request: Request, response: Response) -> object:
    """Write a draft anew, of whichever agent; who did so last is its author, and another agent approves it."""
    agent, version, new = agent_of(request), required_version(request), new_alert(body)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        alert, broadcast = await redraft_alert(uow.session, agent, alert_id, new, version=version, now=now())
        outlines = (await broadcasts.areas(uow.session, [alert.id]))[alert.id]
        await uow.commit()
    response.headers["ETag"] = entity_tag(broadcast.version)
    return alert_view(alert, broadcast, outlines)


@routes.get(
    _PATH + "/{alert_id}/coverage",
    **token(_READ, headers=[IF_NONE_MATCH]),
    operation_id="estimateAlert",
    response_model=CoverageView,
    responses=problems(401, 403, 404, 422) | NOT_MODIFIED,
)
async def coverage(alert_id: UUID, request: Request, response: Response) -> object:
    """How many people it would reach by each channel if it went now, how many by none, and what it would cost.

    To be asked for again and again: with its ETag in `If-None-Match` it is answered 304 while it is the same.
    """
    return await watched(request, alert_id, response, partial(_coverage, request, alert_id))


async def _coverage(request: Request, alert_id: UUID) -> CoverageView:
    agent, runtime = agent_of(request), parts_of(request).runtime
    async with runtime.database.reading() as session:
        found = await estimate_alert(session, agent.collectivity, alert_id, runtime.settings)
    return CoverageView(
        people=found.coverage.people,
        email=found.coverage.email,
        sms=found.coverage.sms,
        push=found.coverage.push,
        voice=found.coverage.voice,
        chat=found.coverage.chat,
        unreachable=found.coverage.unreachable,
        segments=found.segments,
        call_seconds=found.call_seconds,
        call_minutes=found.call_minutes,
        cost_millicents=found.cost_millicents,
    )


@routes.post(
    _PATH + "/{alert_id}/transitions",
    **token(_WRITE, headers=[IF_MATCH]),
    operation_id="moveAlert",
    response_model=AlertView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def move(alert_id: UUID, body: AlertMove, request: Request, response: Response) -> object:
    """Approve what another agent wrote; pause what is on its way, let it go on, or cancel what has not gone."""
    agent, runtime, version = agent_of(request), parts_of(request).runtime, required_version(request)
    async with runtime.database.unit_of_work() as uow:
        alert, broadcast = await move_alert(
            uow.session, agent, alert_id, body.action, runtime.settings, version=version, now=now()
        )
        outlines = (await broadcasts.areas(uow.session, [alert.id]))[alert.id]
        await uow.commit()
    response.headers["ETag"] = entity_tag(broadcast.version)
    return alert_view(alert, broadcast, outlines)


@routes.get(
    _PATH + "/{alert_id}/figures",
    **token(_READ, headers=[IF_NONE_MATCH]),
    operation_id="followAlert",
    response_model=AlertFigures,
    responses=problems(401, 403, 404, 422) | NOT_MODIFIED,
)
async def figures(alert_id: UUID, request: Request, response: Response) -> object:
    """How many people it is for, how far it has come by each channel, what they answered, and who waits for help.

    To be asked for again and again: with its ETag in `If-None-Match` it is answered 304 while it is the same.
    """
    return await watched(request, alert_id, response, partial(_figures, request, alert_id))


async def _figures(request: Request, alert_id: UUID) -> AlertFigures:
    agent = agent_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        await alerts.one(session, agent.collectivity, alert_id)
        people, given = await alerts.answers(session, alert_id)
        helped = await help_marks.helped(session, alert_id)
        found = await broadcasts.figures(session, alert_id)
    counted = {reply: given.get(reply, 0) for reply in Reply}
    waiting = HelpFigures(open=counted[Reply.HELP] - helped, helped=helped)
    return AlertFigures(people=people, answers=counted, help=waiting, delivery=figures_view(found))
