# SPDX-License-Identifier: EUPL-1.2
"""The catalogue of a collectivity: public, the same for all."""

from hashlib import sha256
from typing import Annotated, Any, Final

from fastapi import Path, Query
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.etag import entity_tag, not_modified
from parvis_kit.web.operation import IF_NONE_MATCH, NOT_MODIFIED, problems, public, router
from parvis_kit.web.types import PlainText
from parvis_requests.api.certified_answers import certifying
from parvis_requests.api.context import language_of, parts_of
from parvis_requests.api.schemas import AreaList, AreaView
from parvis_requests.api.type_schemas import RequestTypeList, type_view
from parvis_requests.domain.workflow_diagram import diagram
from parvis_requests.service.workflow_definition import WorkflowDefinition

routes = router(tags=["catalogue"])
Collectivity = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{1,31}$", description="Short name of the collectivity.")]
TypeCode = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,63}$", description="Code of a request type.")]
Asked = Annotated[PlainText, Query(min_length=1, max_length=200, description="Words of the person's own.")]
_MATCHES = 10
MERMAID = "application/vnd.mermaid"
_DIAGRAM: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {MERMAID: {"schema": {"type": "string"}}}}}
_HEADERS = {"Cache-Control": "public, max-age=60", "Vary": "Accept-Language"}


@routes.get(
    "/v1/collectivities/{collectivity}/request-types",
    **public(headers=[IF_NONE_MATCH]),
    operation_id="listRequestTypes",
    response_model=RequestTypeList,
    responses=problems(404, 422) | NOT_MODIFIED,
)
async def list_request_types(
    collectivity: Collectivity, request: Request, response: Response, q: Asked | None = None
) -> object:
    """What people can ask this collectivity for; with `q`, what answers these words, the best first."""
    parts, language = parts_of(request), language_of(request)
    catalogue = await parts.catalogues.of(collectivity)
    certifies = certifying(request).serves(collectivity)
    asked = [sha256(q.encode()).hexdigest()[:16]] if q else []
    tag = entity_tag(catalogue.version, language, *asked, *(["certifies"] if certifies else []))
    headers = _HEADERS | {"ETag": tag, "Content-Language": language}
    if not_modified(request, tag):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    forms = list(catalogue.forms.values())
    if q:
        forms = [catalogue.forms[code] for code in catalogue.search.find(q, _MATCHES)]
    items = [type_view(form, language, catalogue.name, certifies=certifies) for form in forms]
    return RequestTypeList(items=items)


@routes.get(
    "/v1/collectivities/{collectivity}/request-types/{code}/workflow",
    **public(headers=[IF_NONE_MATCH]),
    operation_id="readWorkflow",
    response_model=WorkflowDefinition,
    responses=problems(404, 422) | NOT_MODIFIED | _DIAGRAM,
)
async def read_workflow(collectivity: Collectivity, code: TypeCode, request: Request) -> Response:
    """The states and transitions of requests of this type; as a Mermaid diagram where `Accept` prefers that."""
    catalogue = await parts_of(request).catalogues.of(collectivity)
    form = catalogue.offered(code)
    language = language_of(request)
    drawn = prefers_diagram(request.headers.get("accept"))
    tag = entity_tag(catalogue.version, language if drawn else "json")
    headers = {**_HEADERS, "Vary": "Accept, Accept-Language", "ETag": tag, "Content-Language": language}
    if not_modified(request, tag):
        return Response(status_code=304, headers=headers)
    if drawn:
        return Response(diagram(form.workflow, language), headers=headers, media_type=f"{MERMAID}; charset=utf-8")
    return Response(form.definition.workflow.model_dump_json(), headers=headers, media_type="application/json")


@routes.get(
    "/v1/collectivities/{collectivity}/areas",
    **public(headers=[IF_NONE_MATCH]),
    operation_id="listAreas",
    response_model=AreaList,
    responses=problems(404, 422) | NOT_MODIFIED,
)
async def list_areas(
    collectivity: Collectivity,
    request: Request,
    response: Response,
    *,
    geometry: Annotated[bool, Query(description="Also give the geometry of each area.")] = False,
) -> object:
    """The parts of the territory, for maps and for choosing where."""
    catalogue = await parts_of(request).catalogues.of(collectivity)
    tag = entity_tag(catalogue.version, str(geometry))
    headers = {**_HEADERS, "ETag": tag}
    if not_modified(request, tag):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    areas = [
        AreaView(
            code=area.code,
            level=area.level,
            name=area.name,
            parent=area.parent,
            geometry=dict(area.geometry) if geometry else None,
        )
        for area in catalogue.areas.values()
        if not area.retired
    ]
    return AreaList(items=areas)


def prefers_diagram(accept: str | None) -> bool:
    """True when Mermaid's media type is asked for, and JSON is not asked for first."""
    asked = [part.partition(";")[0].strip().lower() for part in (accept or "").split(",")]
    if MERMAID not in asked:
        return False
    return "application/json" not in asked[: asked.index(MERMAID)]
