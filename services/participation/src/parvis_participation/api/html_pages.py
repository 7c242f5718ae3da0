# SPDX-License-Identifier: EUPL-1.2
"""The frame of the pages that people read where the town has no portal of its own. No script."""

from html import escape
from typing import Any, Final

from starlette.responses import HTMLResponse, Response

from parvis_kit.locale import Language

_HTML: Final = {"text/html": {"schema": {"type": "string"}}}
PAGES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "A page", "content": _HTML},
    404: {"description": "A page that says what went wrong", "content": _HTML},
}
# The style sheet of the sign-in pages, which the gateway serves at the same address.
_STYLE: Final = "/login/style.css"
_POLICY: Final = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action {}"
_HEADERS: Final = {"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "Vary": "Accept-Language"}
_PUBLIC: Final = {"Content-Security-Policy": _POLICY.format("'none'"), "Cache-Control": "public, no-cache"}
_OWN: Final = {"Content-Security-Policy": _POLICY.format("'self'"), "Cache-Control": "no-store"}


def html_page(language: Language, status: int, title: str, main: str, *, own: bool = False) -> Response:
    """A page with that heading and, below it, ``main``, which is HTML; ``own``: one person's, with forms."""
    content = f"""<!DOCTYPE html>
<html lang="{language}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="robots" content="noindex">
  <title>{escape(title)}</title>
  <link rel="stylesheet" href="{_STYLE}">
</head>
<body>
  <main>
    <h1>{escape(title)}</h1>
    {main}
  </main>
</body>
</html>
"""
    return HTMLResponse(content, status, _HEADERS | (_OWN if own else _PUBLIC) | {"Content-Language": language})


def paragraph(text: str, attributes: str = "") -> str:
    """Somebody's words as a paragraph, line by line as they wrote them."""
    return f"<p{attributes}>{'<br>'.join(escape(line) for line in text.splitlines())}</p>"
