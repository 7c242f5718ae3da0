# SPDX-License-Identifier: EUPL-1.2
"""The page and the JSON of the browsers and of what they were told, below ``/simulators/push``."""

from html import escape
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from parvis_local.franceconnect.pages import HEAD, STYLE, language
from parvis_local.pushsink.browser import Browser
from parvis_local.pushsink.faults import Fault
from parvis_local.pushsink.store import PushStore, Told

_BASE: Final = "/simulators/push"
_LIMIT: Final = 100
_CSP: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
_WORDS: Final = {
    "fr": {
        "title": "Notifications reçues par les navigateurs",
        "note": "Simulateur\u00a0: ces navigateurs n’existent pas\u00a0; ils déchiffrent ce qu’ils reçoivent.",
        "empty": "Rien pour l’instant. Abonnez un navigateur, puis choisissez ce canal.",
        "how": 'POST /simulators/push/browsers {"server_key": …, "fault": …}\u00a0: un navigateur. Pannes\u00a0: ',
    },
    "en": {
        "title": "Notifications that browsers got",
        "note": "Simulator: these browsers do not exist; they decrypt what they are sent.",
        "empty": "Nothing yet. Subscribe a browser, then choose this channel.",
        "how": 'POST /simulators/push/browsers {"server_key": …, "fault": …}: a browser. Faults: ',
    },
}


def page_routes(store: PushStore, base_url: str) -> list[Route]:
    """What a person, or a test, looks at; and where a browser comes from."""

    async def index(request: Request) -> Response:
        lang = language(request.headers.get("accept-language"))
        words = _WORDS[lang]
        rows = "".join(_row(told) for told in store.newest(request.query_params.get("browser"), _LIMIT))
        shown = f"<ul>{rows}</ul>" if rows else f"<p>{escape(words['empty'])}</p>"
        title, how = escape(words["title"]), escape(words["how"])
        faults = ", ".join(f"<code>{fault}</code>" for fault in Fault)
        return HTMLResponse(
            f'<!doctype html><html lang="{lang}"><head>{HEAD}<title>{title}</title>'
            f"<style>{STYLE}li{{margin:.6rem 0}}</style></head><body><header><h1>{title}</h1></header>"
            f"<main><p class='note'>{words['note']}</p>{shown}<p>{how}{faults}</p></main></body></html>",
            headers={"Content-Security-Policy": _CSP, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"},
        )

    async def messages(request: Request) -> Response:
        found = store.newest(request.query_params.get("browser"), _LIMIT)
        return JSONResponse({"items": [told.shown() for told in found]})

    async def subscribe(request: Request) -> Response:
        try:
            wanted = await request.json()
            fault = Fault(wanted["fault"]) if wanted.get("fault") else None
            browser = Browser(str(wanted["server_key"]), fault)
        except (ValueError, KeyError, TypeError, AttributeError):
            return JSONResponse({"message": "server_key, and a fault or none"}, 400)
        store.add(browser)
        return JSONResponse({"id": browser.token, **browser.subscription(base_url)}, 201)

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("alive")

    return [
        Route("/healthz", alive),
        Route(_BASE, index),
        Route(f"{_BASE}/messages", messages),
        Route(f"{_BASE}/browsers", subscribe, methods=["POST"]),
    ]


def _row(told: Told) -> str:
    kept = f"{told.seconds} s, {told.urgency}"
    return (
        f"<li><strong>{escape(told.token[:8])}…</strong> <small>({escape(kept)})</small>"
        f"<pre style='white-space:pre-wrap'>{escape(told.text)}</pre></li>"
    )
