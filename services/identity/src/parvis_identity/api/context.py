# SPDX-License-Identifier: EUPL-1.2
"""What routes take from the request and from the running process."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl
from uuid import UUID

from starlette.requests import Request

from parvis_identity.assembly import Parts
from parvis_identity.domain.authorization import Parameters
from parvis_identity.domain.errors import OAuthError
from parvis_identity.domain.resources import by_address
from parvis_kit.locale import Language

_FORM = "application/x-www-form-urlencoded"
_MAX_FIELDS = 60


def parts_of(request: Request) -> Parts:
    """The parts of the process that answers."""
    parts: Parts = request.app.state.parts
    return parts


def language_of(request: Request) -> Language:
    """The language to answer in."""
    language: Language = request.state.language
    return language


def spoken(language: str | None) -> Language:
    """The language of the pages of somebody whose language was noted earlier."""
    return "en" if language == "en" else "fr"


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def identifier(text: str | None) -> UUID:
    """The identifier in a field of a form; nobody's where it is none."""
    try:
        return UUID(text or "")
    except ValueError:
        return UUID(int=0)


def query(request: Request) -> Parameters:
    """The parameters of the query; raises ``invalid_request`` where it cannot be read."""
    return _parameters(request, request.scope["query_string"])


async def form(request: Request) -> Parameters:
    """The parameters of a form, of the one media type that OAuth and plain HTML forms use."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != _FORM:
        raise OAuthError("invalid_request", f"send the parameters as {_FORM}")
    return _parameters(request, await request.body())


def _parameters(request: Request, encoded: bytes) -> Parameters:
    try:
        pairs = parse_qsl(encoded.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except ValueError as error:
        raise OAuthError("invalid_request", "the parameters cannot be read") from error
    site = parts_of(request).settings.public_url
    return Parameters.of((name, by_address(value, site) if name == "resource" else value) for name, value in pairs)
