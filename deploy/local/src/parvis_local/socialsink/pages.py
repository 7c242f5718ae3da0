# SPDX-License-Identifier: EUPL-1.2
"""The page and the JSON of what stands on the account, below ``/simulators/social``."""

from html import escape
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from parvis_local.franceconnect.pages import HEAD, STYLE, language
from parvis_local.socialsink.store import Fault, Status, StatusStore

_BASE: Final = "/simulators/social"
_LIMIT: Final = 100
_CSP: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
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
        lang = language(request.headers.get("accept-language"))
        words = _WORDS[lang]
        rows = "".join(_row(status, words["reply"]) for status in store.newest(_LIMIT))
        shown = f"<ul>{rows}</ul>" if rows else f"<p>{escape(words['empty'])}</p>"
        title, how = escape(words["title"]), escape(words["how"])
        faults = ", ".join(f"<code>{fault}</code>" for fault in Fault)
        return HTMLResponse(
            f'<!doctype html><html lang="{lang}"><head>{HEAD}<title>{title}</title>'
            f"<style>{STYLE}li{{margin:.6rem 0}}</style></head><body><header><h1>{title}</h1></header>"
            f"<main><p class='note'>{words['note']}</p>{shown}<p>{how}{faults}</p></main></body></html>",
            headers={"Content-Security-Policy": _CSP, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"},
        )

    async def posts(_request: Request) -> Response:
        return JSONResponse({"items": [_json(status) for status in store.newest(_LIMIT)]})

    async def fault(request: Request) -> Response:
        try:
            store.faults.append(Fault((await request.json())["fault"]))
        except (ValueError, KeyError, TypeError):
            return JSONResponse({"message": "a fault"}, 400)
        return Response(status_code=204)

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("alive")

    return [
        Route("/healthz", alive),
        Route(_BASE, index),
        Route(f"{_BASE}/posts", posts),
        Route(f"{_BASE}/faults", fault, methods=["POST"]),
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
    return (
        f"<li><strong>{escape(status.id)}</strong>{under}"
        f"<pre style='white-space:pre-wrap'>{escape(status.text)}</pre></li>"
    )
