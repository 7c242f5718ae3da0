# SPDX-License-Identifier: EUPL-1.2
"""The satisfaction survey behind the link of its mail: no account, no script, once; and to be asked no more.

Opening it changes nothing, for programs open links to look what is behind them.
"""

from typing import Annotated, Final
from urllib.parse import parse_qsl

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import problems, router, service
from parvis_requests.api.context import language_of, now, parts_of
from parvis_requests.api.pages import PAGES
from parvis_requests.api.survey_page import SURVEY_PATH, Sent, asked_page, done_page, gone_page
from parvis_requests.domain.errors import AlreadyRatedError, NotFoundError, RatingClosedError, TransitionError
from parvis_requests.service.answer_survey import Surveys, answer_survey, read_survey, stop_surveys

routes = router(tags=["satisfaction"])
_BODY_LIMIT: Final = 65_536
_FIELDS: Final = 10
_LONGEST: Final = 4_000
Token = Annotated[str, Query(pattern="^[A-Za-z0-9_-]{43}$", description="From the mail.")]


@routes.get(
    SURVEY_PATH,
    **service(cors=False),
    operation_id="showSurvey",
    response_class=Response,
    responses=problems(422) | PAGES,
)
async def show(token: Token, request: Request) -> Response:
    """The questions, or that they were answered."""
    return await _page(request, token)


@routes.post(
    SURVEY_PATH,
    **service(cors=False, body_limit=_BODY_LIMIT),
    operation_id="answerSurvey",
    response_class=Response,
    responses=problems(413, 422) | PAGES,
)
async def answer(token: Token, request: Request) -> Response:
    """Answer (`act=answer` with `score` and `comment`), want to be asked no more (`act=stop`), or again (`act=ask`)."""
    sent = _sent(await request.body())
    if sent.act == "answer" and sent.fault:
        return await _page(request, token, sent)
    parts = parts_of(request)
    try:
        async with parts.runtime.database.unit_of_work() as uow:
            if sent.act == "answer":
                await answer_survey(uow.session, token, sent.score or 0, sent.comment, _parts(request), now())
            else:
                await stop_surveys(uow.session, token, _parts(request), now(), stop=sent.act == "stop")
            await uow.commit()
    except AlreadyRatedError:
        pass  # the page says so
    except (NotFoundError, TransitionError, RatingClosedError):
        return gone_page(language_of(request))
    return await _page(request, token)


async def _page(request: Request, token: str, sent: Sent | None = None) -> Response:
    parts, language = parts_of(request), language_of(request)
    try:
        async with parts.runtime.database.reading() as session:
            found = await read_survey(session, token, _parts(request), now())
    except NotFoundError:
        return gone_page(language)
    town = (await parts.catalogues.of(found.collectivity)).name.in_language(language)
    if found.answered:
        return done_page(found, token, town, language)
    return asked_page(found, token, town, language, sent)


def _parts(request: Request) -> Surveys:
    parts = parts_of(request)
    return Surveys(parts.catalogues, parts.runtime.persons, parts.runtime.blind_index)


def _sent(body: bytes) -> Sent:
    try:
        fields = dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=_FIELDS))
    except ValueError:
        fields = {}
    score, act = fields.get("score", ""), fields.get("act", "answer")
    comment = fields.get("comment", "").replace("\x00", "").replace("\r\n", "\n").strip()
    return Sent(
        act=act if act in {"stop", "ask"} else "answer",
        score=int(score) if score in {"1", "2", "3", "4", "5"} else None,
        comment=comment or None,
        long=len(comment) > _LONGEST,
    )
