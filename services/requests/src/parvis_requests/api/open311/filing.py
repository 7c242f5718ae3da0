# SPDX-License-Identifier: EUPL-1.2
"""File a request by Open311."""

from functools import partial
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import router, service
from parvis_requests.api.context import now, parts_of
from parvis_requests.api.open311.contract import TEXT, TEXT_OR_NULL, Format, answers, objects
from parvis_requests.api.open311.form import BODY_LIMIT, posted
from parvis_requests.api.open311.formats import answered
from parvis_requests.domain.open311 import FORBIDDEN, Open311Error
from parvis_requests.service.file_open311_report import file_report
from parvis_requests.service.open311_keys import client_of
from parvis_requests.service.open311_services import find_jurisdiction
from parvis_requests.service.submit_request import submit_request

routes = router(tags=["open311"])
_FILED: Final = objects(
    "service_request_id", service_request_id=TEXT, service_notice=TEXT_OR_NULL, account_id=TEXT_OR_NULL
)
_NAMES: Final = (
    "api_key", "jurisdiction_id", "service_code", "lat", "long", "address_string", "address_id", "email", "device_id",
    "account_id", "first_name", "last_name", "phone", "description", "media_url",
)  # fmt: skip
_FIELDS: Final = dict.fromkeys(_NAMES, TEXT)
_FORM: Final = {"type": "object", "properties": _FIELDS, "required": ["api_key", "service_code"]}
_FILES: Final = {**_FORM, "properties": {**_FIELDS, "media": {"type": "string", "format": "binary"}}}
_POST: Final = service(body_limit=BODY_LIMIT, timeout=60)
_POST["openapi_extra"]["requestBody"] = {
    "required": True,
    "description": "The answers are fields `attribute[CODE]`, or `attribute[CODE][]` for each of several values.",
    "content": {
        "application/x-www-form-urlencoded": {"schema": _FORM},
        "multipart/form-data": {"schema": _FILES},
    },
}


@routes.post(
    "/open311/v2/requests.{format}",
    **_POST,
    operation_id="fileOpen311Request",
    **answers(_FILED, 400, 403, 404),
)
async def file(format: Format, request: Request) -> Response:  # noqa: A002 - the name in the contract
    """File a request; its id comes back at once."""
    parts = parts_of(request)
    runtime = parts.runtime

    async def filed() -> Any:
        form = await posted(request)
        async with runtime.database.reading() as session:
            town = await find_jurisdiction(session, form.text("jurisdiction_id"), parts.catalogues)
            client = await client_of(session, town.collectivity, form.text("api_key"))
        if client is None:
            raise Open311Error(FORBIDDEN, "api_key: required")
        submit = partial(
            submit_request,
            catalogues=parts.catalogues,
            persons=runtime.persons,
            submission=parts.submission,
            index=runtime.blind_index,
            now=now(),
        )
        new = await file_report(
            form.report(), client, town, database=runtime.database, persons=runtime.persons, blobs=parts.blobs,
            addresses=parts.addresses, submit=submit, scan=parts.first_scan, now=now(),
        )  # fmt: skip
        account = form.text("account_id")
        return [{"service_request_id": new.request.reference, "service_notice": None, "account_id": account}]

    return await answered(request, format, "service_requests", filed)
