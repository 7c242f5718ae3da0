# SPDX-License-Identifier: EUPL-1.2
"""Discovery, the list of services, and the definition of one."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import public, router
from parvis_requests.api.context import language_of, parts_of
from parvis_requests.api.open311.contract import TEXT, TRUTH, Format, Jurisdiction, answers, objects
from parvis_requests.api.open311.formats import answered
from parvis_requests.domain.open311 import attributes
from parvis_requests.service.open311_services import find_jurisdiction

routes = router(tags=["open311"])
_SPECIFICATION: Final = "http://wiki.open311.org/GeoReport_v2"
_CHANGESET: Final = "2026-11-25T00:00:00Z"
_ENDPOINTS: Final = objects(
    "specification", "url", "changeset", "type", "formats",
    specification=TEXT, url=TEXT, changeset=TEXT, type=TEXT, formats={"type": "array", "items": TEXT},
)  # fmt: skip
_DISCOVERY: Final = {
    "type": "object",
    "properties": {"changeset": TEXT, "contact": TEXT, "key_service": TEXT, "endpoints": _ENDPOINTS},
    "required": ["changeset", "contact", "key_service", "endpoints"],
}
_SERVICES: Final = objects(
    "service_code", "service_name", "description", "metadata", "type", "keywords", "group",
    service_code=TEXT, service_name=TEXT, description=TEXT, metadata=TRUTH, type=TEXT, keywords=TEXT, group=TEXT,
)  # fmt: skip
_ATTRIBUTES: Final = objects(
    "variable", "code", "datatype", "required", "datatype_description", "order", "description",
    variable=TRUTH, code=TEXT, datatype=TEXT, required=TRUTH, datatype_description={"type": ["string", "null"]},
    order={"type": "integer"}, description=TEXT, values=objects("key", "name", key=TEXT, name=TEXT),
)  # fmt: skip
_DEFINITION: Final = {
    "type": "object",
    "properties": {"service_code": TEXT, "attributes": _ATTRIBUTES},
    "required": ["service_code", "attributes"],
}


@routes.get(
    "/open311/v2/discovery.{format}",
    **public(),
    operation_id="discoverOpen311",
    **answers(_DISCOVERY, 404),
)
async def discovery(format: Format, request: Request) -> Response:  # noqa: A002 - the name in the contract
    """Where and how this endpoint of GeoReport v2 is spoken to."""
    base: str = request.app.state.public_url

    async def found() -> Any:
        endpoint = {
            "specification": _SPECIFICATION,
            # Clients append the names of resources to it.
            "url": f"{base}/open311/v2/",
            "changeset": _CHANGESET,
            "type": parts_of(request).runtime.settings.open311_endpoint,
            "formats": ["text/xml", "application/json"],
        }
        about = f"{base}/developers"
        return {"changeset": _CHANGESET, "contact": about, "key_service": about, "endpoints": [endpoint]}

    return await answered(request, format, "discovery", found)


@routes.get(
    "/open311/v2/services.{format}",
    **public(),
    operation_id="listOpen311Services",
    **answers(_SERVICES, 400, 404),
)
async def services(
    format: Format,  # noqa: A002
    request: Request,
    jurisdiction_id: Jurisdiction = None,
) -> Response:
    """What can be reported."""
    parts, language = parts_of(request), language_of(request)

    async def found() -> Any:
        async with parts.runtime.database.reading() as session:
            town = await find_jurisdiction(session, jurisdiction_id, parts.catalogues)
        return [
            {
                "service_code": form.code,
                "service_name": form.name[language],
                "description": (form.definition.description or form.definition.name).in_language(language),
                "metadata": bool(attributes(form.answers_schema, language)),
                "type": "realtime",
                "keywords": ",".join(word.replace(",", " ") for word in form.definition.keywords_in(language)),
                "group": form.definition.group_name.in_language(language),
            }
            for form in town.services.values()
        ]

    return await answered(request, format, "services", found)


@routes.get(
    "/open311/v2/services/{service_code}.{format}",
    **public(),
    operation_id="readOpen311Service",
    **answers(_DEFINITION, 400, 404),
)
async def definition(
    service_code: str,
    format: Format,  # noqa: A002
    request: Request,
    jurisdiction_id: Jurisdiction = None,
) -> Response:
    """What a service asks beside place and description."""
    parts, language = parts_of(request), language_of(request)

    async def found() -> Any:
        async with parts.runtime.database.reading() as session:
            town = await find_jurisdiction(session, jurisdiction_id, parts.catalogues)
        asked = attributes(town.service(service_code).answers_schema, language)
        return {
            "service_code": service_code,
            "attributes": [
                {
                    "variable": True,
                    "code": attribute.code,
                    "datatype": attribute.datatype,
                    "required": attribute.required,
                    "datatype_description": None,
                    "order": order,
                    "description": attribute.description,
                    **({"values": [{"key": k, "name": n} for k, n in attribute.values]} if attribute.values else {}),
                }
                for order, attribute in enumerate(asked, 1)
            ],
        }

    return await answered(request, format, "service_definition", found)
