# SPDX-License-Identifier: EUPL-1.2
"""What people answer to an alert: by the link that it came with, or in their account; and who needs help."""

from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.problems import MALFORMED
from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.operation import problems, router, service, token
from parvis_notifications.api.alert_page import alert_page, gone_page
from parvis_notifications.api.alert_schemas import (
    AnswerPlace,
    AnswerView,
    HelpMarkView,
    ReceivedAlertList,
    ReceivedAlertView,
    ReplyBody,
)
from parvis_notifications.api.alert_views import received_view
from parvis_notifications.api.choice_page import FORM, PAGES
from parvis_notifications.api.context import agent_of, citizen_of, language_of, now, parts_of
from parvis_notifications.api.map_schemas import Point
from parvis_notifications.db import alerts
from parvis_notifications.domain.alert import Reply
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.service.answer_alert import Received, answer_by_link, answer_in_account, received_by_link
from parvis_notifications.service.broadcast_links import ANSWER_PATH
from parvis_notifications.service.list_answers import Answered, list_answers

routes = router(tags=["alerts"])
_BODY_LIMIT: Final = 1_024
_SCHEMA: Final = {
    "type": "object",
    "properties": {"answer": {"type": "string", "enum": [each.value for each in Reply]}},
    "required": ["answer"],
    "additionalProperties": False,
}
Name = Annotated[str, Query(alias="t", max_length=100, description="From the alert; names its recipient.")]


def _form_route() -> dict[str, Any]:
    options = service(cors=False, body_limit=_BODY_LIMIT)
    options["openapi_extra"]["requestBody"] = {"required": True, "content": {FORM: {"schema": _SCHEMA}}}
    return options


@routes.get(
    ANSWER_PATH,
    **service(cors=False),
    operation_id="showAlert",
    response_class=Response,
    responses=problems(422) | PAGES,
)
async def show(t: Name, request: Request) -> Response:
    """What the alert says, with the buttons by which its recipient answers; opening it answers nothing."""
    parts = parts_of(request)
    try:
        async with parts.runtime.database.unit_of_work() as uow:
            found = await received_by_link(uow.session, parts.recipients.read(t))
    except NotFoundError:
        return gone_page(language_of(request)).response(language_of(request))
    return _page(request, found, t)


@routes.post(
    ANSWER_PATH,
    **_form_route(),
    operation_id="answerAlert",
    response_class=Response,
    responses=problems(400, 413, 422) | PAGES,
)
async def answer(t: Name, request: Request) -> Response:
    """Say that one is safe, or ask for help; the last answer counts."""
    parts, fields = parts_of(request), parse_qsl((await request.body()).decode("ascii", "replace"))
    given = next((value for name, value in fields if name == "answer"), "")
    if len(fields) != 1 or given not in set(Reply):
        raise MALFORMED.problem("Envoyez answer=safe ou answer=help.", "Send answer=safe or answer=help.")
    try:
        async with parts.runtime.database.unit_of_work() as uow:
            found = await answer_by_link(uow.session, parts.recipients.read(t), Reply(given), now())
            await uow.commit()
    except NotFoundError:
        return gone_page(language_of(request)).response(language_of(request))
    return _page(request, found, t)


def _page(request: Request, found: Received, name: str) -> Response:
    language, settings = language_of(request), parts_of(request).runtime.settings
    town = settings.sender_name(found.alert.collectivity)
    page = alert_page(found, town, f"{ANSWER_PATH}?{urlencode({'t': name})}", language)
    return page.response(language)


@routes.get(
    "/v1/received-alerts",
    **token("notifications.subscriptions.read"),
    operation_id="listReceivedAlerts",
    response_model=ReceivedAlertList,
    responses=problems(401, 403),
)
async def received(request: Request, response: Response) -> object:
    """The alerts that the caller received, the latest first."""
    reader = citizen_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        found = await alerts.received(session, reader.collectivity, reader.person)
    response.headers["Cache-Control"] = "no-store"
    return {"items": [received_view(Received(*each)) for each in found]}


@routes.post(
    "/v1/received-alerts/{alert_id}/answers",
    **token("notifications.subscriptions.write"),
    operation_id="answerReceivedAlert",
    response_model=ReceivedAlertView,
    responses=problems(400, 401, 403, 404, 413, 422),
)
async def answer_signed_in(alert_id: UUID, body: ReplyBody, request: Request, response: Response) -> object:
    """Say that one is safe, or ask for help; the last answer counts."""
    reader = citizen_of(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        found = await answer_in_account(uow.session, reader, alert_id, body.answer, now())
        await uow.commit()
    response.headers["Cache-Control"] = "no-store"
    return received_view(found)


@routes.get(
    "/v1/alerts/{alert_id}/answers",
    **token("notifications.alerts.read"),
    operation_id="listAlertAnswers",
    response_model=Page[AnswerView],
    responses=problems(400, 401, 403, 404, 422),
)
async def answers(
    alert_id: UUID,
    request: Request,
    response: Response,
    answer: Annotated[Reply, Query(description="Which answer.")] = Reply.HELP,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """Who asked for help, the first first, who was helped last; with how and where they are reached, which is kept."""
    agent, runtime = agent_of(request), parts_of(request).runtime
    bound = ["answers", agent.collectivity, str(alert_id), answer]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.unit_of_work() as uow:
        found = await list_answers(uow.session, runtime.persons, agent, alert_id, answer, place, limit, now())
        await uow.commit()
    response.headers["Cache-Control"] = "no-store"
    items, write = [_answer_view(each) for each in found.rows], runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


def _answer_view(found: Answered) -> AnswerView:
    row = found.recipient
    return AnswerView(
        recipient=row.number,
        answer=Reply(row.answer or ""),
        answered_at=row.answered_at or now(),
        email=found.email,
        phone=found.phone,
        places=[
            AnswerPlace(label=label, position=position and Point(type="Point", coordinates=position))
            for label, position in found.places
        ],
        registered=found.registered,
        helped_at=row.helped_at,
        marks=[
            HelpMarkView(helped=each.mark.helped, agent=each.mark.agent, marked_at=each.mark.created_at, note=each.note)
            for each in found.marks
        ],
    )
