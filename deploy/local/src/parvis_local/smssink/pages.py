# SPDX-License-Identifier: EUPL-1.2
"""The page and the JSON of the text messages, below ``/simulators/sms``."""

from collections.abc import Mapping
from html import escape
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from parvis_local.sink_pages import ALIVE, SHOWN, Words, explained, listed, page, words_for
from parvis_local.smssink.faults import Fault
from parvis_local.smssink.incoming import Incoming
from parvis_local.smssink.ovh import OvhService
from parvis_local.smssink.store import TextStore, segments

_BASE: Final = "/simulators/sms"
_WORDS: Final = {
    "fr": {
        "title": "SMS envoyés",
        "note": "Simulateur\u00a0: ces messages ne sont partis nulle part.",
        "empty": "Aucun SMS pour l’instant. Ils partent vers les numéros vérifiés de qui a choisi ce canal.",
        "write": "Écrire à la ville",
        "from": "De",
        "body": "Message (STOP arrête les actualités)",
        "brought": "Remis à la ville, qui a répondu",
        "answer": "Répondre au numéro court (OVHcloud)",
        "kept": "Gardé au numéro court : la ville le relève dans la minute.",
        "faults": "Numéros avec lesquels quelque chose se passe mal, par leur fin",
        Fault.LOST: "accepté, jamais remis",
        Fault.UNANSWERED: "accepté, la réponse se perd",
        Fault.AWAY: "service indisponible",
        Fault.STOPPED: "le destinataire a répondu STOP",
        Fault.NO_NUMBER: "numéro inexistant",
        Fault.SLOW: "accepté, la réponse vient après une minute",
        Fault.ONLY_OVH: "accepté par le dernier fournisseur seul (OVHcloud)",
    },
    "en": {
        "title": "Text messages sent",
        "note": "Simulator: these messages went nowhere.",
        "empty": "No text message yet. They go to the verified numbers of who chose this channel.",
        "write": "Write to the town",
        "from": "From",
        "body": "Message (STOP ends the news)",
        "brought": "Brought to the town, which answered",
        "answer": "Answer to the short number (OVHcloud)",
        "kept": "Kept at the short number: the town fetches it within a minute.",
        "faults": "Numbers with which something goes wrong, by their end",
        Fault.LOST: "taken, never delivered",
        Fault.UNANSWERED: "taken, the answer is lost",
        Fault.AWAY: "service not available",
        Fault.STOPPED: "the recipient answered STOP",
        Fault.NO_NUMBER: "no such number",
        Fault.SLOW: "taken, the answer comes after a minute",
        Fault.ONLY_OVH: "taken by the last provider alone (OVHcloud)",
    },
}


def page_routes(store: TextStore, incoming: Incoming | None = None, ovh: OvhService | None = None) -> list[Route]:
    """What a person, or a test, looks at, and where they write to the town."""

    async def index(request: Request) -> Response:
        words, lang = words_for(request, _WORDS)
        rows = (
            f"<li><strong>{escape(text.to)}</strong> <small>({escape(text.sender)}, {escape(text.account)},"
            f" {segments(text.body)} SMS, {text.status})</small><pre>{escape(text.body)}</pre></li>"
            for text in store.newest(request.query_params.get("to"), SHOWN)
        )
        written = _form(words, incoming, request.query_params, short=ovh is not None)
        return page(words, lang, written + listed(rows, words) + explained(Fault, words, before="…"))

    async def messages(request: Request) -> Response:
        found = store.newest(request.query_params.get("to"), SHOWN)
        return JSONResponse({"items": [text.shown() for text in found]})

    async def write(request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        if incoming is None or not form.get("from") or not form.get("body"):
            return PlainTextResponse("nothing to bring", 422)
        if ovh is not None and form.get("way") == "short":
            ovh.write(form["from"], form["body"])
            return RedirectResponse(f"{_BASE}?brought=short", 303)
        return RedirectResponse(f"{_BASE}?brought={await incoming.write(form['from'], form['body'])}", 303)

    return [
        ALIVE,
        Route(_BASE, index),
        Route(f"{_BASE}/messages", messages),
        Route(f"{_BASE}/incoming", write, methods=["POST"]),
    ]


def _form(words: Words, incoming: Incoming | None, query: Mapping[str, str], *, short: bool) -> str:
    if incoming is None:
        return ""
    status = query.get("brought", "")
    told = f"<p role='status'>{words['brought']} {int(status)}</p>" if status.isascii() and status.isdigit() else ""
    told = f"<p role='status'>{words['kept']}</p>" if status == "short" else told
    answer = f" <button name='way' value='short'>{words['answer']}</button>" if short else ""
    return (
        f"<h2>{words['write']} ({escape(incoming.number)})</h2>{told}<form method='post' action='{_BASE}/incoming'>"
        f"<p><label>{words['from']} <input name='from' type='tel' value='+33612345678' required></label></p>"
        f"<p><label>{words['body']}<br><textarea name='body' rows='3' maxlength='1600' required></textarea></label></p>"
        f"<button>{words['write']}</button>{answer}</form>"
    )
