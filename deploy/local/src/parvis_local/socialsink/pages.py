# SPDX-License-Identifier: EUPL-1.2
"""The page and the JSON of what stands on the account, below ``/simulators/social``."""

from html import escape
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from parvis_local.sink_pages import ALIVE, SHOWN, faults_route, listed, named, page, words_for
from parvis_local.socialsink.store import Fault, Status, StatusStore

_BASE: Final = "/simulators/social"
_WORDS: Final = {
    "fr": {
        "title": "Compte social de la ville",
        "note": "Simulateur\u00a0: ce serveur n’existe pas\u00a0; personne d’autre ne lit ces messages.",
        "empty": "Rien pour l’instant. Publiez une actualité ou une alerte sur les comptes sociaux.",
        "reply": "en réponse à",
        "how": 'POST /simulators/social/faults {"fault": …}\u00a0: ce qui arrive au message suivant. Pannes\u00a0: ',
    },
    "en": {
        "title": "Social account of the town",
        "note": "Simulator: this server does not exist; nobody else reads these posts.",
        "empty": "Nothing yet. Publish news or an alert on the social accounts.",
        "reply": "in reply to",
        "how": 'POST /simulators/social/faults {"fault": …}: what happens to the next post. Faults: ',
    },
}


def page_routes(store: StatusStore) -> list[Route]:
    """What a person, or a test, looks at; and where something is made to go wrong."""

    async def index(request: Request) -> Response:
        words, lang = words_for(request, _WORDS)
        rows = (_row(status, words["reply"]) for status in store.newest(SHOWN))
        return page(words, lang, listed(rows, words) + named(Fault, words))

    async def posts(_request: Request) -> Response:
        return JSONResponse({"items": [_json(status) for status in store.newest(SHOWN)]})

    return [
        ALIVE,
        Route(_BASE, index),
        Route(f"{_BASE}/posts", posts),
        faults_route(_BASE, Fault, store.faults),
    ]


def _json(status: Status) -> dict[str, str | None]:
    return {
        "id": status.id,
        "text": status.text,
        "language": status.language,
        "reply_to": status.reply_to,
        "at": status.at.isoformat(),
    }


def _row(status: Status, reply: str) -> str:
    under = f" <small>({escape(reply)} {escape(status.reply_to)})</small>" if status.reply_to else ""
    return f"<li><strong>{escape(status.id)}</strong>{under}<pre>{escape(status.text)}</pre></li>"
