# SPDX-License-Identifier: EUPL-1.2
"""Notices of people without an account (article 16 of regulation (EU) 2022/2065), followed by a secret of theirs."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Language
from parvis_kit.web.idempotency import Answer
from parvis_kit.web.operation import problems, public, router, service
from parvis_kit.web.types import PlainText
from parvis_participation.api.alone import OWN_KEY, call_alone
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import language_of, now, parts_of
from parvis_participation.api.meeting_guests import Email
from parvis_participation.api.moderation_problems import too_many_notices
from parvis_participation.api.moderation_schemas import DecisionView, NewAppeal, NewReport
from parvis_participation.api.moderation_views import decision_view
from parvis_participation.api.views import instant
from parvis_participation.db.moderation import ref_of
from parvis_participation.domain.moderation import APPEAL_PERIOD, CaseState, Category, ContentKind, Ref
from parvis_participation.domain.notice import TooManyNoticesError
from parvis_participation.service.report_content import NewReport as New
from parvis_participation.service.take_notice import Followed, Notifier, contest_by_token, followed, take_notice

routes = router(tags=["moderation"])
_MINE: Final = "/v1/content-notices/mine"
_TOKEN: Final[dict[str, Any]] = {
    "in": "header",
    "name": "Tracking-Token",
    "required": True,
    "description": "What the person was given with the receipt; it is told once, and follows their notice alone.",
    "schema": {"type": "string", "maxLength": 200},
}


class NewNotice(NewReport):
    """What is wrong with what, why, and who says so."""

    kind: ContentKind
    content_id: UUID = Field(description="Exactly what, as its address names it.")
    name: Annotated[PlainText, Field(min_length=1, max_length=150)] | None = Field(
        default=None, description="Expected unless it is about the sexual abuse of children, as the address."
    )
    email: Email | None = Field(
        default=None,
        description="Where the receipt and the decision are sent to, within a bound a day; moderators alone read it.",
    )
    good_faith: Literal[True] = Field(description="That one believes in good faith that all of this is true.")


class NoticeReceiptView(BaseModel):
    """The receipt of a notice (article 16, paragraph 4)."""

    id: UUID
    category: Category
    created_at: datetime
    tracking_token: str = Field(
        description="For the header `Tracking-Token`: by it the decision is read, and contested."
    )


class NoticeView(BaseModel):
    """What became of a notice (article 16, paragraph 5)."""

    kind: ContentKind
    content_id: UUID
    state: CaseState
    decisions: list[DecisionView]
    contest_before: datetime | None = Field(
        description="Until when the first decision can be contested, once there is one."
    )


@routes.post(
    "/v1/collectivities/{collectivity}/content-notices",
    **public(headers=[OWN_KEY]),
    operation_id="giveContentNotice",
    status_code=201,
    response_model=NoticeReceiptView,
    responses=problems(400, 404, 409, 413, 422, 429),
)
async def give(collectivity: Collectivity, body: NewNotice, request: Request) -> Response:
    """Say without an account what is wrong with something that everybody reads; it is judged as any other report."""
    runtime, at = parts_of(request).runtime, now()
    ref, new, who = (
        Ref(body.kind, body.content_id),
        New(body.category, body.explanation),
        Notifier(body.name, body.email, language_of(request)),
    )
    an_hour = runtime.settings.content_notices_per_hour

    async def effect(session: AsyncSession) -> Answer:
        row, token = await take_notice(
            session,
            collectivity,
            ref,
            new,
            who,
            persons=runtime.persons,
            index=runtime.blind_index,
            an_hour=an_hour,
            now=at,
        )
        view = NoticeReceiptView(
            id=row.id, category=row.category, created_at=instant(row.created_at), tracking_token=token
        )
        return Answer.of(view, {"Cache-Control": "no-store"})

    call = await call_alone(request, "giveContentNotice", collectivity, ref.id)
    try:
        return await runtime.idempotency.once(call, effect)
    except TooManyNoticesError as error:
        raise too_many_notices() from error


@routes.get(
    _MINE,
    **service(headers=[_TOKEN]),
    operation_id="readOwnContentNotice",
    response_model=NoticeView,
    responses=problems(404, 422),
)
async def read(request: Request, response: Response) -> NoticeView:
    """What became of the notice whose secret is shown, with the reasons."""
    language = language_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        found = await followed(session, _token(request))
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language})
    return _view(found, language)


@routes.post(
    f"{_MINE}/appeals",
    **service(headers=[_TOKEN, OWN_KEY]),
    operation_id="contestOwnContentNotice",
    status_code=201,
    response_model=NoticeView,
    responses=problems(400, 403, 404, 409, 413, 422),
)
async def contest(body: NewAppeal, request: Request) -> Response:
    """Contest within six months that it was kept: another moderator decides again."""
    language, at, token = language_of(request), now(), _token(request)

    async def effect(session: AsyncSession) -> Answer:
        return Answer.of(_view(await contest_by_token(session, token, body.explanation, now=at), language))

    call = await call_alone(request, "contestOwnContentNotice", token, UUID(int=0))
    return await parts_of(request).runtime.idempotency.once(call, effect)


def _token(request: Request) -> str:
    return request.headers.get("tracking-token", "")


def _view(found: Followed, language: Language) -> NoticeView:
    ref = ref_of(found.case)
    first = next((each for each in found.decisions if each.round == 1), None)
    return NoticeView(
        kind=ref.kind,
        content_id=ref.id,
        state=found.case.state,
        decisions=[decision_view(each, language) for each in found.decisions],
        contest_before=None if first is None else instant(first.created_at + APPEAL_PERIOD),
    )
