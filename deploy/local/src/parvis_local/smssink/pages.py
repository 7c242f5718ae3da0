# SPDX-License-Identifier: EUPL-1.2
"""The page and the JSON of the text messages, below ``/simulators/sms``."""

from collections.abc import Mapping
from html import escape
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from parvis_local.franceconnect.pages import HEAD, STYLE, language
from parvis_local.smssink.faults import Fault
from parvis_local.smssink.incoming import Incoming
from parvis_local.smssink.store import TextStore, segments

_BASE: Final = "/simulators/sms"
_LIMIT: Final = 100
_CSP: Final = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'self'"
_WORDS: Final = {
    "fr": {
        "title": "SMS envoyés",
        "note": "Simulateur\u00a0: ces messages ne sont partis nulle part.",
        "empty": "Aucun SMS pour l’instant. Ils partent vers les numéros vérifiés de qui a choisi ce canal.",
        "write": "Écrire à la ville",
        "from": "De",
        "body": "Message (STOP arrête les actualités)",
        "brought": "Remis à la ville, qui a répondu",
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
        "write": "Write to the town",
        "from": "From",
        "body": "Message (STOP ends the news)",
        "brought": "Brought to the town, which answered",
        "faults": "Numbers with which something goes wrong, by their end",
        Fault.LOST: "taken, never delivered",
        Fault.UNANSWERED: "taken, the answer is lost",
        Fault.AWAY: "service not available",
        Fault.STOPPED: "the recipient answered STOP",
        Fault.NO_NUMBER: "no such number",
        Fault.SLOW: "taken, the answer comes after a minute",
    },
}


def page_routes(store: TextStore, incoming: Incoming | None = None) -> list[Route]:
    """What a person, or a test, looks at, and where they write to the town."""

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
        title, written = escape(words["title"]), _form(words, incoming, request.query_params)
        return HTMLResponse(
            f'<!doctype html><html lang="{lang}"><head>{HEAD}<title>{title}</title>'
            f"<style>{STYLE}li{{margin:.6rem 0}}</style></head><body><header><h1>{title}</h1></header>"
            f"<main><p class='note'>{words['note']}</p>{written}{shown}"
            f"<h2>{words['faults']}</h2><ul>{faults}</ul></main>"
            "</body></html>",
            headers={"Content-Security-Policy": _CSP, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"},
        )

    async def messages(request: Request) -> Response:
        found = store.newest(request.query_params.get("to"), _LIMIT)
        return JSONResponse({"items": [text.shown() for text in found]})

    async def write(request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        if incoming is None or not form.get("from") or not form.get("body"):
            return PlainTextResponse("nothing to bring", 422)
        return RedirectResponse(f"{_BASE}?brought={await incoming.write(form['from'], form['body'])}", 303)

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("alive")

    return [
        Route("/healthz", alive),
        Route(_BASE, index),
        Route(f"{_BASE}/messages", messages),
        Route(f"{_BASE}/incoming", write, methods=["POST"]),
    ]


def _form(words: dict[str, str], incoming: Incoming | None, query: Mapping[str, str]) -> str:
    if incoming is None:
        return ""
    status = query.get("brought", "")
    told = f"<p role='status'>{words['brought']} {int(status)}</p>" if status.isascii() and status.isdigit() else ""
    return (
        f"<h2>{words['write']} ({escape(incoming.number)})</h2>{told}<form method='post' action='{_BASE}/incoming'>"
        f"<p><label>{words['from']} <input name='from' type='tel' value='+33612345678' required></label></p>"
        f"<p><label>{words['body']}<br><textarea name='body' rows='3' maxlength='1600' required></textarea></label></p>"
        f"<button>{words['write']}</button></form>"
    )
