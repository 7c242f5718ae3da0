# SPDX-License-Identifier: EUPL-1.2
"""The pages that this service shows by itself: one look, no script, readable on a small screen."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse, Response

from parvis_kit.locale import Language

HTML: Final = {"text/html": {"schema": {"type": "string"}}}
PAGES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "A page", "content": HTML},
    404: {"description": "A page that says what went wrong", "content": HTML},
}
# The style sheet of the sign-in pages, which the gateway serves at the same address.
_STYLE: Final = "/login/style.css"
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none';"
    " form-action 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language",
}
_TEMPLATES: Final = Environment(
    loader=PackageLoader("parvis_requests", "templates"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(
    language: Language,
    status: int,
    *,
    title: str,
    lead: str,
    town: str = "",
    button: tuple[str, str] | None = None,
    links: Sequence[tuple[str, str]] = (),
    template: str = "page.html.jinja",
    more: Mapping[str, object] | None = None,
) -> Response:
    """A page; ``button`` posts to an address, ``links`` lead to others, ``more`` is what its own template shows."""
    content = _TEMPLATES.get_template(template).render(
        language=language, style=_STYLE, title=title, lead=lead, town=town, button=button, links=links, **(more or {})
    )
    return HTMLResponse(content, status, _HEADERS | {"Content-Language": language})
