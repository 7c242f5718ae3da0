# SPDX-License-Identifier: EUPL-1.2
"""What people say of how they were served, in figures for the town."""

from typing import Annotated, Final

from fastapi import Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Language, Text
from parvis_kit.problems import VALIDATION, FieldError
from parvis_kit.web.operation import problems, router, token
from parvis_requests.api.context import actor_of, language_of, now, parts_of
from parvis_requests.api.schemas import Labelled
from parvis_requests.domain.calendar import day_of
from parvis_requests.domain.survey import LEAST, MOST_MONTHS, USUAL_MONTHS, Figure, Figures, months
from parvis_requests.service.catalogue import Catalogue
from parvis_requests.service.satisfaction_figures import count_satisfaction

routes = router(tags=["satisfaction"])
_MONTH: Final = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"
_SINCE: Final = f"From this month on; {USUAL_MONTHS} months in all unless said, {MOST_MONTHS} at most."
_UNTIL: Final = "Until this month, included; the present one unless said."


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
    since: Annotated[str | None, Query(pattern=_MONTH, description=_SINCE)] = None,
    until: Annotated[str | None, Query(pattern=_MONTH, description=_UNTIL)] = None,
) -> FiguresView:
    """How people say that they were served, in whole months, for agents; what they wrote is read with each request."""
    actor, parts, language = actor_of(request), parts_of(request), language_of(request)
    catalogue = await parts.catalogues.of(actor.collectivity)
    asked = months(since, until, day_of(now()))
    if asked is None:
        raise _too_long()
    async with parts.runtime.database.reading() as session:
        found = await count_satisfaction(session, actor, by, *asked)
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


def _too_long() -> Exception:
    words = Text(fr=f"{MOST_MONTHS} mois au plus à la fois.", en=f"{MOST_MONTHS} months at most at once.")
    return VALIDATION.problem(
        "Corrigez les champs signalés.",
        "Correct the members named in errors.",
        errors=[FieldError("#/query/since", "too-many-months", words)],
    )
