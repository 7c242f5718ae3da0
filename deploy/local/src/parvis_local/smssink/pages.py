# SPDX-License-Identifier: EUPL-1.2
"""The page and the JSON of the text messages, below ``/simulators/sms``."""

from html import escape
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from parvis_local.franceconnect.pages import HEAD, STYLE, language
from parvis_local.smssink.faults import Fault
from parvis_local.smssink.store import TextStore, segments

_BASE: Final = "/simulators/sms"
_LIMIT: Final = 100
_CSP: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
_WORDS: Final = {
    "fr": {
        "title": "SMS envoyés",
        "note": "Simulateur\u00a0: ces messages ne sont partis nulle part.",
        "empty": "Aucun SMS pour l’instant. Ils partent vers les numéros vérifiés de qui a choisi ce canal.",
        "faults": "Numéros avec lesquels quelque chose se passe mal, par leur fin",
        Fault.LOST: "accepté, jamais remis",
        Fault.UNANSWERED: "accepté, la réponse se perd",
        Fault.AWAY: "service indisponible",
        Fault.STOPPED: "le destinataire a répondu STOP",
        Fault.NO_NUMBER: "numéro inexistant",
        Fault.SLOW: "accepté, la réponse vient après une minute",
    },
    "en": {
        "title": "Text messages sent",
        "note": "Simulator: these messages went nowhere.",
        "empty": "No text message yet. They go to the verified numbers of who chose this channel.",
        "faults": "Numbers with which something goes wrong, by their end",
        Fault.LOST: "taken, never delivered",
        Fault.UNANSWERED: "taken, the answer is lost",
        Fault.AWAY: "service not available",
        Fault.STOPPED: "the recipient answered STOP",
        Fault.NO_NUMBER: "no such number",
        Fault.SLOW: "taken, the answer comes after a minute",
    },
}


def page_routes(store: TextStore) -> list[Route]:
    """What a person, or a test, looks at."""

    async def index(request: Request) -> Response:
        lang = language(request.headers.get("accept-language"))
        words = _WORDS[lang]
        rows = "".join(
            f"<li><strong>{escape(text.to)}</strong> <small>({escape(text.sender)}, {segments(text.body)} SMS,"
            f" {text.status})</small><pre style='white-space:pre-wrap'>{escape(text.body)}</pre></li>"
            for text in store.newest(request.query_params.get("to"), _LIMIT)
        )
        faults = "".join(f"<li><code>…{fault}</code> – {escape(words[fault])}</li>" for fault in Fault)
        shown = f"<ul>{rows}</ul>" if rows else f"<p>{escape(words['empty'])}</p>"
        title = escape(words["title"])
        return HTMLResponse(
            f'<!doctype html><html lang="{lang}"><head>{HEAD}<title>{title}</title>'
            f"<style>{STYLE}li{{margin:.6rem 0}}</style></head><body><header><h1>{title}</h1></header>"
            f"<main><p class='note'>{words['note']}</p>{shown}<h2>{words['faults']}</h2><ul>{faults}</ul></main>"
            "</body></html>",
            headers={"Content-Security-Policy": _CSP, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"},
        )

    async def messages(request: Request) -> Response:
        found = store.newest(request.query_params.get("to"), _LIMIT)
        return JSONResponse({"items": [text.shown() for text in found]})

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("alive")

    return [Route("/healthz", alive), Route(_BASE, index), Route(f"{_BASE}/messages", messages)]
