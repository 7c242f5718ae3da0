# SPDX-License-Identifier: EUPL-1.2
"""What people do in moderation: report what others say, read what was decided of their own, contest it."""

from collections import defaultdict
from typing import Annotated
from uuid import UUID

from fastapi import Path
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.security.principal import Principal
from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, problems, router, token
from parvis_participation.api.context import citizen_of, language_of, now, parts_of
from parvis_participation.api.moderation_problems import too_many
from parvis_participation.api.moderation_schemas import NewAppeal, NewReport, OwnCaseView, ReportView
from parvis_participation.api.moderation_views import own_case_view, report_view
from parvis_participation.db import moderation
from parvis_participation.domain.errors import TooManyError
from parvis_participation.domain.moderation import ContentKind, Ref
from parvis_participation.service.decide_case import contest_decision
from parvis_participation.service.deposit_project import Author
from parvis_participation.service.report_content import NewReport as New
from parvis_participation.service.report_content import report_content

routes = router(tags=["moderation"])


def _take_reports_of(kind: ContentKind) -> None:
    words = kind.split("-")
    name = f"{'_'.join(words)}_id"

    async def report(content_id: Annotated[UUID, Path(alias=name)], body: NewReport, request: Request) -> Response:
        return await _report(Ref(kind, content_id), body, request)

    report.__doc__ = (
        f"Say what is wrong with a {' '.join(words)}; the first report keeps what it says as moderators will read it."
    )
    routes.post(
        f"/v1/{kind}s/{{{name}}}/reports",
        **token("participation.reports.write", headers=[IDEMPOTENCY_KEY]),
        operation_id=f"report{''.join(word.capitalize() for word in words)}",
        status_code=201,
        response_model=ReportView,
        responses=problems(400, 401, 403, 404, 409, 413, 422, 429),
    )(report)


for _kind in ContentKind:
    _take_reports_of(_kind)


@routes.get(
    "/v1/moderation-decisions",
    **token("participation.reports.read"),
    operation_id="listModerationDecisions",
    response_model=Page[OwnCaseView],
    responses=problems(400, 401, 403, 422),
)
async def decided(request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None) -> object:
    """What was decided of one's own words and reports, with the reasons; the newest case first."""
    citizen, runtime, language = citizen_of(request), parts_of(request).runtime, language_of(request)
    bound = ["decisions", citizen.key]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await moderation.page_of(session, citizen.collectivity, citizen.person, place, limit)
        of_case = defaultdict(list)
        for each in await moderation.decisions(session, [row.id for row in found.rows]):
            of_case[each.case_id].append(each)
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language})
    items = [own_case_view(row, of_case[row.id], language, mine=row.author == citizen.person) for row in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.post(
    "/v1/moderation-cases/{case_id}/appeals",
    **token("participation.reports.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="contestModerationDecision",
    status_code=201,
    response_model=OwnCaseView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def contest(case_id: UUID, body: NewAppeal, request: Request) -> Response:
    """Contest a decision within six months: another moderator decides again."""
    citizen, language, at = citizen_of(request), language_of(request), now()

    async def effect(session: AsyncSession) -> Answer:
        row = await contest_decision(session, _author(citizen), case_id, body.explanation, now=at)
        made = await moderation.decisions(session, [row.id])
        return Answer.of(own_case_view(row, made, language, mine=row.author == citizen.person))

    call = idempotent_call(request, citizen, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, effect)


async def _report(ref: Ref, body: NewReport, request: Request) -> Response:
    citizen, at = citizen_of(request), now()
    new = New(body.category, body.explanation)

    async def effect(session: AsyncSession) -> Answer:
        return Answer.of(report_view(await report_content(session, _author(citizen), ref, new, now=at)))

    call = idempotent_call(request, citizen, await request.body())
    try:
        return await parts_of(request).runtime.idempotency.once(call, effect)
    except TooManyError as error:
        raise too_many() from error


def _author(citizen: Principal) -> Author:
    return Author(citizen.collectivity, citizen.person)
