# SPDX-License-Identifier: EUPL-1.2
"""The two formats of an answer: XML, and the JSON that leaves out XML's outer wrapper (the "Spark" convention)."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.errors import as_problem
from parvis_requests.api.context import language_of
from parvis_requests.api.problems import CATALOGUE
from parvis_requests.domain.open311 import FORBIDDEN, INVALID, UNKNOWN, Open311Error

JSON: Final = "application/json; charset=utf-8"
XML: Final = "text/xml; charset=utf-8"
# What XML 1.0 (section 2.2) cannot hold, even as a reference.
NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# How each list is wrapped in XML: list, then item.
_ITEMS: Final = {
    "services": "service",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "errors": "error",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "notes": "note",
    "photos": "photo",
}
_STATUSES: Final = {401: FORBIDDEN, 403: FORBIDDEN, 404: UNKNOWN}
_SERVER_ERROR: Final = 500
_HEADERS: Final = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


async def answered(
    request: Request, format_: str, root: str, work: Callable[[], Awaitable[Any]], status: int = 200
) -> Response:
    """What the work gives under that root, or its error in Open311's own form, in the format asked for."""
    if format_ not in {"json", "xml"}:
        return rendered("xml", "errors", [_error(UNKNOWN, "the formats are .xml and .json")], UNKNOWN)
    try:
        return rendered(format_, root, await work(), status)
    except Open311Error as error:
        return rendered(format_, "errors", [_error(error.code, error.description)], error.code)
    except UnicodeDecodeError:
        return rendered(format_, "errors", [_error(INVALID, "the body is not UTF-8")], INVALID)
    except Exception as error:  # noqa: BLE001 - told in Open311's form, by the same rules as everywhere
        problem = as_problem(error, CATALOGUE)
        known = problem.status_code if problem.status_code >= _SERVER_ERROR else INVALID
        code = _STATUSES.get(problem.status_code, known)
        words = (problem.text or problem.kind.title).in_language(language_of(request))
        named = [_error(code, f"{fault.pointer.lstrip('#/')}: {fault.detail.en}") for fault in problem.errors]
        response = rendered(format_, "errors", named or [_error(code, words)], code)
        response.headers.update(problem.headers or {})
        return response


def rendered(format_: str, root: str, content: Any, status: int = 200) -> Response:
    """The content in one of the formats."""
    if format_ == "json":
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        return Response(body, status, _HEADERS, JSON)
    element = Element(root)
    _fill(element, content)
    return Response(tostring(element, "utf-8", xml_declaration=True), status, _HEADERS, XML)


def _fill(element: Element, content: Any) -> None:
    if isinstance(content, Mapping):
        for name, value in content.items():
            _fill(SubElement(element, name), value)
    elif isinstance(content, Sequence) and not isinstance(content, str):
        for item in content:
            _fill(SubElement(element, _ITEMS[element.tag]), item)
    elif content is not None:
        text = str(content).lower() if isinstance(content, bool) else str(content)
        element.text = NOT_XML.sub("", text)


def _error(code: int, description: str) -> dict[str, Any]:
    return {"code": code, "description": description}
