# SPDX-License-Identifier: EUPL-1.2
"""The open data of how people were served: CSV (RFC 4180) by type and month, and the dictionary of its columns."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from parvis_kit.locale import Language, Text
from parvis_kit.web.operation import problems, public, router
from parvis_requests.api.catalogue import Collectivity
from parvis_requests.api.context import language_of, now, parts_of
from parvis_requests.api.open_data import CSV, csv_line
from parvis_requests.api.open_data_columns import Column, schema_of
from parvis_requests.domain.survey import LEAST
from parvis_requests.service.read_public import LICENCE_PAGE
from parvis_requests.service.satisfaction_figures import published_satisfaction

routes = router(tags=["public"])
_BASE: Final = "/v1/collectivities/{collectivity}/open-data/satisfaction"
_TEXT: Final = {"schema": {"type": "string"}}
_SCORES: Final = range(1, 6)
_COLUMNS: Final = (
    Column("month", "yearmonth", Text(fr="Mois", en="Month"),
        Text(fr="Mois des réponses, à l'heure de Paris ; publié une fois closes les enquêtes du mois, et figé.",
            en="Month of the answers, in Paris; published once its surveys are closed, and never changed.")),
    Column("type", "string", Text(fr="Type", en="Type"),
        Text(fr="Code du type de demande au catalogue.", en="Code of the request type in the catalogue.")),
    Column("type_name", "string", Text(fr="Nom du type", en="Name of the type"),
        Text(fr="Nom du type de demande.", en="Name of the request type.")),
    Column("answers", "integer", Text(fr="Réponses", en="Answers"),
        Text(fr=f"Nombre de réponses ; sous {LEAST}, la ligne n'est pas publiée.",
            en=f"Number of answers; with fewer than {LEAST}, the line is not published.")),
    Column("average", "number", Text(fr="Moyenne", en="Average"),
        Text(fr="Note moyenne, de 1 (pas du tout satisfait) à 5 (très satisfait).",
            en="Mean score, from 1 (not at all satisfied) to 5 (very satisfied).")),
    *(
        Column(f"score_{score}", "integer", Text(fr=f"Notes {score}", en=f"Scores of {score}"),
            Text(fr=f"Nombre de réponses qui donnent {score}.", en=f"Number of answers that give {score}."))
        for score in _SCORES
    ),
)  # fmt: skip


@routes.get(
    f"{_BASE}-csv",
    **public(),
    operation_id="exportSatisfactionAsCsv",
    response_class=Response,
    responses=problems(404, 422) | {200: {"content": {CSV: _TEXT}}},
)
async def as_csv(collectivity: Collectivity, request: Request) -> Response:
    """How people were served, by type and month of the last 36, from five answers on; without what they wrote."""
    parts, language = parts_of(request), language_of(request)
    catalogue = await parts.catalogues.of(collectivity)
    async with parts.runtime.database.reading() as session:
        found = await published_satisfaction(session, collectivity, now())
    lines = [csv_line([column.name for column in _COLUMNS])]
    for code, month, figure in found:
        form = catalogue.forms.get(code)
        scores = [figure.scores.get(score, 0) for score in _SCORES]
        lines.append(
            csv_line([month, code, form.name[language] if form else code, figure.answers, figure.average, *scores])
        )
    shown = {"Content-Disposition": f'attachment; filename="{collectivity}-satisfaction.csv"'}
    return Response(
        "".join(lines), headers=_headers(language) | shown, media_type=f"{CSV}; charset=utf-8; header=present"
    )


@routes.get(
    f"{_BASE}-schema",
    **public(),
    operation_id="describeSatisfactionData",
    response_class=JSONResponse,
    response_model=dict[str, Any],
    responses=problems(404, 422),
)
async def dictionary(collectivity: Collectivity, request: Request) -> Response:
    """The dictionary of the columns, with the licence, as a Table Schema (specs.frictionlessdata.io/table-schema)."""
    await parts_of(request).catalogues.of(collectivity)
    language = language_of(request)
    title = Text(fr="Satisfaction des usagers", en="How people were served").in_language(language)
    return JSONResponse(
        schema_of("satisfaction", title, ["month", "type"], _COLUMNS, language), headers=_headers(language)
    )


def _headers(language: Language) -> dict[str, str]:
    return {
        "Cache-Control": "public, max-age=300",
        "Content-Language": language,
        "Link": f'<{LICENCE_PAGE}>; rel="license", <satisfaction-schema>; rel="describedby"',
        "Vary": "Accept-Language",
        "X-Content-Type-Options": "nosniff",
    }
