# SPDX-License-Identifier: EUPL-1.2
"""The catalogue of a collectivity: public, the same for all."""

from typing import Annotated, Any, Final

from fastapi import Path, Query
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.etag import entity_tag, not_modified
from parvis_kit.web.operation import IF_NONE_MATCH, NOT_MODIFIED, problems, public, router
from parvis_requests.api.context import language_of, parts_of
from parvis_requests.api.schemas import AreaList, AreaView, Labelled, RequestTypeList, RequestTypeView
from parvis_requests.domain.workflow_diagram import diagram
from parvis_requests.service.workflow_definition import WorkflowDefinition

routes = router(tags=["catalogue"])
Collectivity = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{1,31}$", description="Short name of the collectivity.")]
TypeCode = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,63}$", description="Code of a request type.")]
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
async def list_request_types(collectivity: Collectivity, request: Request, response: Response) -> object:
    """What people can ask this collectivity for."""
    catalogue = await parts_of(request).catalogues.of(collectivity)
    language = language_of(request)
    tag = entity_tag(catalogue.version, language)
    headers = _HEADERS | {"ETag": tag, "Content-Language": language}
    if not_modified(request, tag):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    types = [
        RequestTypeView(
            code=form.code,
            name=form.name[language],
            group=Labelled(code=form.group, label=form.group_name[language]),
            position_required=form.position_required,
            answers_schema=dict(form.answers_schema),
        )
        for form in catalogue.forms.values()
    ]
    return RequestTypeList(items=types)


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
    return Response(form.workflow_definition.model_dump_json(), headers=headers, media_type="application/json")


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
    ]
    return AreaList(items=areas)


def prefers_diagram(accept: str | None) -> bool:
    """True when Mermaid's media type is asked for, and JSON is not asked for first."""
    asked = [part.partition(";")[0].strip().lower() for part in (accept or "").split(",")]
    if MERMAID not in asked:
        return False
    return "application/json" not in asked[: asked.index(MERMAID)]
