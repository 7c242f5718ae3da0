# SPDX-License-Identifier: EUPL-1.2
"""What people say of how they were served, in figures for the town."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Language
from parvis_kit.web.operation import problems, router, token
from parvis_requests.api.context import actor_of, language_of, parts_of
from parvis_requests.api.schemas import Labelled
from parvis_requests.domain.calendar import PARIS
from parvis_requests.domain.survey import LEAST, Figure, Figures
from parvis_requests.service.ask_satisfaction import count_satisfaction
from parvis_requests.service.catalogue import Catalogue

routes = router(tags=["satisfaction"])
_MONTH: Final = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"


class FigureView(BaseModel):
    """What was answered of one type, team or month; without numbers where fewer than `least` answered."""

    code: Labelled
    answers: int | None
    average: float | None = Field(description="The mean score, from 1 to 5.")
    scores: list[int] | None = Field(description="How many gave each score, from 1 to 5.")
    asked: int | None = Field(description="How many were asked in that time.")
    rate: float | None = Field(
        description="Which part of them has answered, from 0 to 1; null where fewer than `least` were asked."
    )


class FiguresView(BaseModel):
    """How people were served, by what was asked for."""

    items: list[FigureView]
    least: int = Field(description="From how many answers on they are told.")


@routes.get(
    "/v1/satisfaction-figures",
    **token("requests.requests.read"),
    operation_id="readSatisfactionFigures",
    response_model=FiguresView,
    responses=problems(401, 403, 422),
)
async def figures(
    request: Request,
    response: Response,
    by: Annotated[Figures, Query(description="By what answers are counted.")] = Figures.TYPE,
    since: Annotated[str | None, Query(pattern=_MONTH, description="From this month on.")] = None,
    until: Annotated[str | None, Query(pattern=_MONTH, description="Until this month, included.")] = None,
) -> FiguresView:
    """How people say that they were served, in whole months, for agents; what they wrote is read with each request."""
    actor, parts, language = actor_of(request), parts_of(request), language_of(request)
    catalogue = await parts.catalogues.of(actor.collectivity)
    start, end = _first(since) if since else None, _after(until) if until else None
    async with parts.runtime.database.reading() as session:
        found = await count_satisfaction(session, actor, by, start, end)
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept-Language"})
    return FiguresView(items=[_figure(each, by, catalogue, language) for each in found], least=LEAST)


def _figure(found: Figure, by: Figures, catalogue: Catalogue, language: Language) -> FigureView:
    return FigureView(
        code=Labelled(code=found.code, label=_label(found.code, by, catalogue, language)),
        answers=found.answers if found.told else None,
        average=found.average if found.told else None,
        scores=[found.scores.get(score, 0) for score in range(1, 6)] if found.told else None,
        asked=found.asked[0] if found.told else None,
        rate=found.rate if found.told else None,
    )


def _label(code: str, by: Figures, catalogue: Catalogue, language: Language) -> str:
    if by is Figures.TEAM:
        return catalogue.team_name(code).in_language(language)
    form = catalogue.forms.get(code) if by is Figures.TYPE else None
    return form.name[language] if form else code


def _first(month: str) -> datetime:
    return datetime.strptime(month, "%Y-%m").replace(tzinfo=PARIS)


def _after(month: str) -> datetime:
    start = _first(month)
    return start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
