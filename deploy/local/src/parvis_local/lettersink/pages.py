# SPDX-License-Identifier: EUPL-1.2
"""The page and the JSON of the letters, below ``/simulators/letters``, and a button: the post brings one back."""

import time
from html import escape
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from parvis_local.lettersink.faults import Fault
from parvis_local.lettersink.store import Letter, LetterStore
from parvis_local.sink_pages import ALIVE, SHOWN, Words, explained, listed, page, words_for

_BASE: Final = "/simulators/letters"
_WORDS: Final = {
    "fr": {
        "title": "Lettres postées",
        "note": "Simulateur\u00a0: ces lettres n’ont été ni imprimées ni postées.",
        "empty": "Aucune lettre pour l’instant.",
        "faults": "Mots d’une adresse avec lesquels quelque chose se passe mal",
        "open": "Ouvrir le PDF",
        "bring-back": "La Poste la rapporte",
        "back": "revenue",
        "pages": "pages",
        "DRAFT": "préparée, non soumise",
        "PENDING": "soumise",
        "ACCEPTED": "acceptée",
        "REJECTED": "refusée",
        "PROCESSED": "mise sous pli et postée",
        Fault.RETURNED: "postée, puis rapportée par La Poste",
        Fault.REJECTED: "acceptée, puis refusée",
        Fault.UNANSWERED: "acceptée, la réponse se perd",
        Fault.LOST: "la demande se perd",
        Fault.AWAY: "service indisponible",
        Fault.BAD_ADDRESS: "adresse refusée",
        Fault.TOO_LARGE: "refusée, trop lourde",
        Fault.SLOW: "acceptée, la réponse vient après une minute",
    },
    "en": {
        "title": "Letters posted",
        "note": "Simulator: these letters were neither printed nor posted.",
        "empty": "No letter yet.",
        "faults": "Words of an address with which something goes wrong",
        "open": "Open the PDF",
        "bring-back": "The post brings it back",
        "back": "brought back",
        "pages": "pages",
        "DRAFT": "prepared, not submitted",
        "PENDING": "submitted",
        "ACCEPTED": "accepted",
        "REJECTED": "refused",
        "PROCESSED": "in its envelope and posted",
        Fault.RETURNED: "posted, then brought back by the post",
        Fault.REJECTED: "taken, then refused",
        Fault.UNANSWERED: "taken, the answer is lost",
        Fault.LOST: "the request is lost",
        Fault.AWAY: "service not available",
        Fault.BAD_ADDRESS: "address refused",
        Fault.TOO_LARGE: "refused as too large",
        Fault.SLOW: "taken, the answer comes after a minute",
    },
}


def page_routes(store: LetterStore) -> list[Route]:
    """What a person, or a test, looks at."""

    async def index(request: Request) -> Response:
        words, lang = words_for(request, _WORDS)
        rows = (_row(letter, words) for letter in store.newest(SHOWN))
        return page(words, lang, listed(rows, words) + explained(Fault, words))

    async def letters(_request: Request) -> Response:
        return JSONResponse({"items": [_item(letter) for letter in store.newest(SHOWN)]})

    async def pdf(request: Request) -> Response:
        letter = store.get(request.path_params["id"])
        if letter is None or not letter.documents:
            return PlainTextResponse("not found", 404)
        headers = {"Cache-Control": "no-store", "Content-Disposition": 'inline; filename="lettre.pdf"'}
        return Response(letter.documents[0].content, media_type="application/pdf", headers=headers)

    async def bring_back(request: Request) -> Response:
        letter = store.get(request.path_params["id"])
        if letter is not None and letter.submitted_at is not None:
            letter.returned_at = letter.returned_at or time.time()
        return RedirectResponse(_BASE, 303)

    return [
        ALIVE,
        Route(_BASE, index),
        Route(f"{_BASE}/letters", letters),
        Route(_BASE + "/{id}/pdf", pdf),
        Route(_BASE + "/{id}/return", bring_back, methods=["POST"]),
    ]


def _row(letter: Letter, words: Words) -> str:
    status = words["back"] if letter.returned else words[letter.status]
    lines, path = "\n".join(letter.lines), f"{_BASE}/{letter.id}"
    button = f"<form method='post' action='{path}/return'><button>{escape(words['bring-back'])}</button></form>"
    return (
        f"<li><strong>{escape(status)}</strong> <small>({letter.pages} {words['pages']})</small>"
        f"<pre>{escape(lines)}</pre><a href='{path}/pdf'>{escape(words['open'])}</a>"
        f"{button if letter.status == 'PROCESSED' and not letter.returned else ''}</li>"
    )


def _item(letter: Letter) -> dict[str, Any]:
    return {**letter.shown(), "lines": letter.lines, "returned": letter.returned}
