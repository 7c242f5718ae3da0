# SPDX-License-Identifier: EUPL-1.2
"""The page and the JSON of the calls, below ``/simulators/voice``: whoever looks may answer them."""

from html import escape
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from parvis_local.sink_pages import ALIVE, SHOWN, Words, explained, listed, page, words_for
from parvis_local.voicesink.bringing import Bringer
from parvis_local.voicesink.faults import Fault
from parvis_local.voicesink.store import Call, CallStore

_BASE: Final = "/simulators/voice"
_WORDS: Final = {
    "fr": {
        "title": "Appels passés",
        "note": "Simulateur\u00a0: aucun téléphone n’a sonné. Répondez ici à la place de la personne appelée.",
        "empty": "Aucun appel pour l’instant. Les alertes qui passent par ce canal appellent qui les a acceptées,"
        " les messages qui l’a choisi.",
        "faults": "Numéros avec lesquels l’appel suit son propre cours, par leur fin",
        "answer": "Décrocher",
        "busy": "Occupé",
        "machine": "Répondeur",
        "hang-up": "Raccrocher",
        "again": "Répéter le statut",
        "key": "Touche",
        "keys": "touches",
        Fault.BUSY: "occupé",
        Fault.UNANSWERED: "accepté, la réponse se perd",
        Fault.AWAY: "service indisponible",
        Fault.MACHINE: "un répondeur décroche",
        Fault.NO_NUMBER: "numéro inexistant",
        Fault.SLOW: "accepté, la réponse vient après une minute",
        Fault.SAFE: "quelqu’un décroche et appuie sur 1",
        Fault.HELP: "quelqu’un décroche et appuie sur 2",
        Fault.LISTENS: "quelqu’un décroche et n’appuie sur rien",
    },
    "en": {
        "title": "Calls made",
        "note": "Simulator: no telephone rang. Answer here in the place of who is called.",
        "empty": "No call yet. Alerts that go by this channel call who agreed to them, and messages who chose it.",
        "faults": "Numbers with which a call goes its own way, by their end",
        "answer": "Answer",
        "busy": "Busy",
        "machine": "Answering machine",
        "hang-up": "Hang up",
        "again": "Tell the status again",
        "key": "Press",
        "keys": "keys",
        Fault.BUSY: "busy",
        Fault.UNANSWERED: "taken, the answer is lost",
        Fault.AWAY: "service not available",
        Fault.MACHINE: "an answering machine answers",
        Fault.NO_NUMBER: "no such number",
        Fault.SLOW: "taken, the answer comes after a minute",
        Fault.SAFE: "somebody answers and presses 1",
        Fault.HELP: "somebody answers and presses 2",
        Fault.LISTENS: "somebody answers and presses nothing",
    },
}


def page_routes(store: CallStore, bringer: Bringer) -> list[Route]:
    """What a person, or a test, looks at and does."""

    async def index(request: Request) -> Response:
        words, lang = words_for(request, _WORDS)
        rows = (_row(call, words) for call in store.newest(request.query_params.get("to"), SHOWN))
        return page(words, lang, listed(rows, words) + explained(Fault, words, before="…"))

    async def calls(request: Request) -> Response:
        found = store.newest(request.query_params.get("to"), SHOWN)
        return JSONResponse(
            {"items": [call.shown() | {"said": [text for _, text in call.said], "keys": call.keys} for call in found]}
        )

    async def act(request: Request) -> Response:
        call = store.get(request.path_params["sid"])
        if call is None:
            return PlainTextResponse("no such call", 404)
        form = parse_qs((await request.body()).decode())
        await _done(call, form.get("act", [""])[0], bringer)
        return RedirectResponse(_BASE, 303)

    return [
        ALIVE,
        Route(_BASE, index),
        Route(f"{_BASE}/calls", calls),
        Route(f"{_BASE}/calls/{{sid}}", act, methods=["POST"]),
    ]


async def _done(call: Call, act: str, bringer: Bringer) -> None:
    """What somebody does with a telephone; ``again`` is what a provider does that tells twice."""
    waits = call.answered_at is None and not call.over
    if waits and act == "answer":
        call.answer("human")
    elif waits and act == "machine":
        call.answer("machine_end_beep")
        call.end("completed")
    elif waits and act == "busy":
        call.end("busy")
    elif act in set("0123456789*#"):
        await bringer.key(call, act)
    elif act == "hang-up" and not call.over:
        call.end("completed" if call.answered_at else "no-answer")
    if call.over:
        await bringer.ended(call)


def _row(call: Call, words: Words) -> str:
    if call.over:
        acts = ["again"]
    elif call.answered_at is None:
        acts = ["answer", "busy", "machine"]
    else:
        acts = ["1", "2", "5", "hang-up"]
    buttons = " ".join(
        f'<form class="act" method="post" action="{_BASE}/calls/{call.sid}"><button name="act" value="{act}">'
        f"{escape(words.get(act) or words['key'] + ' ' + act)}</button></form>"
        for act in acts
    )
    said = "".join(f'<p lang="{escape(lang)}">« {escape(text)} »</p>' for lang, text in call.said)
    keys = f", {words['keys']} {escape(call.keys)}" if call.keys else ""
    by = f", {escape(call.answered_by)}" if call.answered_by else ""
    head = f"<strong>{escape(call.to)}</strong> <small>({escape(call.sender)}, {call.status}{by}{keys})</small>"
    return f"<li>{head}{said}<p>{buttons}</p></li>"
