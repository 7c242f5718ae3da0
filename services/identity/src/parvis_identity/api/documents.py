# SPDX-License-Identifier: EUPL-1.2
"""How the protocol's own parameters and forms are described in the contract.

They are read by hand, because the protocols want their own errors: FastAPI cannot derive them.
"""

from collections.abc import Sequence
from typing import Any, Final

from pydantic import BaseModel, Field

from parvis_kit.web.operation import public

_HTML: Final = {"text/html": {"schema": {"type": "string"}}}
_BODY_LIMIT: Final = 32_768


def parameter(name: str, description: str, *, required: bool = False, **schema: Any) -> dict[str, Any]:
    """A query parameter, a string unless the schema says otherwise."""
    return {
        "in": "query",
        "name": name,
        "required": required,
        "description": description,
        "schema": {"type": "string", **schema},
    }


def form_field(description: str, **schema: Any) -> dict[str, Any]:
    """A field of a form."""
    return {"type": "string", "description": description, **schema}


def resources(described: str) -> dict[str, Any]:
    """The field that names what tokens are for, and may come several times (RFC 8707)."""
    names = "`urn:parvis:<service>`, or the `resource` of its metadata (RFC 9728)"
    return {"type": "array", "items": {"type": "string", "format": "uri"}, "description": f"{described}: {names}."}


def page_route(
    *parameters: dict[str, Any], form: dict[str, Any] | None = None, timeout: float | None = None
) -> dict[str, Any]:
    """Options of a route for browsers: cookies, so no cross-origin reading."""
    return _with_form(
        public(cors=False, headers=parameters, body_limit=_BODY_LIMIT if form else None, timeout=timeout), form, ()
    )


def protocol_route(
    form: dict[str, Any], required: tuple[str, ...], headers: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    """Options of a route for clients of the protocol, which prove who they are in the form or by Basic."""
    return _with_form(public(headers=headers, body_limit=_BODY_LIMIT), form, required)


def pages(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route for browsers."""
    described = {200: "A page", 303: "Goes on elsewhere"}
    return {
        status: {"description": described.get(status, "A page that says what went wrong")}
        | ({"content": _HTML} if status != 303 else {})  # noqa: PLR2004 - a redirect has no content
        for status in sorted({*statuses, 500, 503})
    }


class OAuthErrorView(BaseModel):
    """An error of the protocol (RFC 6749 section 5.2)."""

    error: str = Field(description="Code registered for OAuth errors.")
    error_description: str = Field(description="What to do about it, for the developer, in English.")


def oauth_errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a protocol route that are errors of RFC 6749 section 5.2."""
    return {status: {"description": "Error (RFC 6749 section 5.2)", "model": OAuthErrorView} for status in statuses}


def _with_form(options: dict[str, Any], form: dict[str, Any] | None, required: tuple[str, ...]) -> dict[str, Any]:
    if form:
        schema: dict[str, Any] = {"type": "object", "properties": form}
        if required:
            schema["required"] = list(required)
        options["openapi_extra"]["requestBody"] = {
            "required": True,
            "content": {"application/x-www-form-urlencoded": {"schema": schema}},
        }
    return options
