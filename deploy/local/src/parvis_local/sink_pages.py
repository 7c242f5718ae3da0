# SPDX-License-Identifier: EUPL-1.2
"""What the pages of the sinks share: one looks at what a provider was given, and has something go wrong there."""

from collections.abc import Iterable, Mapping, MutableSequence
from enum import StrEnum
from html import escape
from typing import Final, TypeVar

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from parvis_local.franceconnect.pages import HEAD, STYLE, language

# So many of the newest are shown.
SHOWN: Final = 100
Words = Mapping[str, str]
Kind = TypeVar("Kind", bound=StrEnum)
_STYLE: Final = f"{STYLE}li{{margin:.6rem 0}}form.act{{display:inline}}pre{{white-space:pre-wrap}}"
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-src 'self';"
    " frame-ancestors 'self'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}


def words_for(request: Request, words: Mapping[str, Words]) -> tuple[Words, str]:
    """Those of who asks, and their language."""
    lang = language(request.headers.get("accept-language"))
    return words[lang], lang


def page(words: Words, lang: str, main: str, *, title: str | None = None, status: int = 200) -> HTMLResponse:
    """A page with that ``main`` part, HTML; ``words`` have a ``note``, and the ``title`` if no other is given."""
    named = escape(title or words["title"])
    return HTMLResponse(
        f'<!doctype html><html lang="{lang}"><head>{HEAD}<title>{named}</title><style>{_STYLE}</style></head>'
        f"<body><header><h1>{named}</h1></header><main><p class='note'>{words['note']}</p>{main}</main></body></html>",
        status,
        _HEADERS,
    )


def listed(rows: Iterable[str], words: Words) -> str:
    """These items of a list, HTML each, or the words for an ``empty`` one."""
    found = "".join(rows)
    return f"<ul>{found}</ul>" if found else f"<p>{escape(words['empty'])}</p>"


def explained(faults: type[StrEnum], words: Mapping[str, str], before: str = "") -> str:
    """What goes wrong with which address: ``words`` have ``faults`` for the heading, and each of them."""
    rows = "".join(f"<li><code>{before}{fault}</code> – {escape(words[fault])}</li>" for fault in faults)
    return f"<h2>{words['faults']}</h2><ul>{rows}</ul>"


def named(faults: type[StrEnum], words: Words) -> str:
    """``how`` one has something go wrong, and what can."""
    return f"<p>{escape(words['how'])}{', '.join(f'<code>{fault}</code>' for fault in faults)}</p>"


def faults_route(base: str, kinds: type[Kind], faults: MutableSequence[Kind]) -> Route:
    """Where it is told what happens to the next one: ``{"fault": …}``."""

    async def fault(request: Request) -> Response:
        try:
            faults.append(kinds((await request.json())["fault"]))
        except (ValueError, KeyError, TypeError):
            return JSONResponse({"message": "a fault"}, 400)
        return Response(status_code=204)

    return Route(f"{base}/faults", fault, methods=["POST"])


async def _alive(_request: Request) -> Response:
    return PlainTextResponse("alive")


ALIVE: Final = Route("/healthz", _alive)
