# SPDX-License-Identifier: EUPL-1.2
"""File a request by Open311."""

import re
from functools import partial
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from parvis_files.route import FileRoute
from parvis_kit.web.idempotency import Answer, IdempotentCall
from parvis_kit.web.operation import router, service
from parvis_requests.api.context import now, parts_of
from parvis_requests.api.open311.contract import TEXT, TEXT_OR_NULL, Format, answers, objects
from parvis_requests.api.open311.form import BODY_LIMIT, Posted, posted
from parvis_requests.api.open311.formats import answered
from parvis_requests.db.hot import AlreadyAnsweredError
from parvis_requests.domain.open311 import FORBIDDEN, INVALID, Open311Error
from parvis_requests.service.file_open311_report import file_report
from parvis_requests.service.open311_keys import client_of
from parvis_requests.service.open311_services import find_jurisdiction
from parvis_requests.service.submit_request import submit_request

routes = router(tags=["open311"], route_class=FileRoute)
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
_KEY: Final = re.compile(r"[!-~]{1,200}")
_POST: Final = service(body_limit=BODY_LIMIT, timeout=60)
_POST["openapi_extra"]["parameters"] = [
    {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "A key of the sender's own: with it the request is filed once within a day.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    }
]
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
    """File a request; its id comes back at once.

    With an `Idempotency-Key` it is filed once within a day, however often it is sent: the same id comes back.
    """
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
        call = _call(request, client, form)
        try:
            new = await file_report(
                form.report(), client, town, database=runtime.database, persons=runtime.persons, blobs=parts.blobs,
                addresses=parts.addresses, submit=submit, scan=parts.first_scan, now=now(), call=call,
                seal_answer=lambda new: runtime.idempotency.seal(Answer(200, {}, new.request.reference.encode())),
            )  # fmt: skip
            reference = new.request.reference
        except AlreadyAnsweredError as first:
            if call is None:
                raise
            reference = bytes(runtime.idempotency.replay(call, first.body_hash, first.answer).body).decode()
        account = form.text("account_id")
        return [{"service_request_id": reference, "service_notice": None, "account_id": account}]

    return await answered(request, format, "service_requests", filed)


def _call(request: Request, client: str, form: Posted) -> IdempotentCall | None:
    """The call, where its sender gave it a key of its own."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise Open311Error(INVALID, "Idempotency-Key: 1 to 200 visible characters are expected")
    return IdempotentCall(client.encode(), "open311", f"key:{key}", form.digest)
