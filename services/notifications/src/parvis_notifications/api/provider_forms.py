# SPDX-License-Identifier: EUPL-1.2
"""Routes to which providers bring forms, signed: what their documents say, and how a form is read."""

from typing import Annotated, Any, Final
from urllib.parse import parse_qsl

from fastapi import Path
from starlette.requests import Request

from parvis_kit.problems import UNAUTHENTICATED, Problem
from parvis_kit.web.operation import service
from parvis_notifications.api.choice_page import FORM
from parvis_notifications.api.context import parts_of
from parvis_notifications.service.signed_forms import BroughtForm

XML: Final = "application/xml"
_MOST_FIELDS: Final = 100
_SIGNATURE: Final = {
    "in": "header",
    "name": "X-Twilio-Signature",
    "required": True,
    "description": "HMAC-SHA1 in base64 of the address and the sorted fields, with the account's token.",
    "schema": {"type": "string", "maxLength": 100},
}
Provider = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,31}$", description="The town's own word for it.")]


def form_route(described: str, body_limit: int) -> dict[str, Any]:
    """Options of a route to which a provider brings a form; ``described`` is what its fields are."""
    options = service(headers=[_SIGNATURE], cors=False, body_limit=body_limit)
    schema = {"type": "object", "additionalProperties": {"type": "string"}, "description": described}
    options["openapi_extra"]["requestBody"] = {"required": True, "content": {FORM: {"schema": schema}}}
    return options


def twiml(described: str) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that answers with TwiML."""
    return {200: {"description": described, "content": {XML: {"schema": {"type": "string"}}}}}


async def brought_form(provider: str, request: Request, query: str = "") -> BroughtForm:
    """What is brought, not checked yet; ``query`` is that of the address as the provider has it, with its ``?``."""
    text = (await request.body()).decode("utf-8", "replace")
    bounded = text.count("&") < _MOST_FIELDS
    fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)) if bounded else {}
    url = f"{parts_of(request).runtime.settings.public_url}{request.url.path}{query}"
    return BroughtForm(provider, url, request.headers.get("X-Twilio-Signature", ""), fields)


def not_signed() -> Problem:
    """The problem of what its provider has not signed."""
    return UNAUTHENTICATED.problem(
        "Le fournisseur signe ce qu'il apporte, avec le secret de son compte.",
        "The provider signs what it brings, with its account's token.",
        headers={"WWW-Authenticate": "X-Twilio-Signature"},
    )
