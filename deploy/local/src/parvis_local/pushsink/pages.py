# SPDX-License-Identifier: EUPL-1.2
"""The page and the JSON of the browsers and of what they were told, below ``/simulators/push``."""

from html import escape
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from parvis_local.pushsink.browser import Browser
from parvis_local.pushsink.faults import Fault
from parvis_local.pushsink.store import PushStore, Told
from parvis_local.sink_pages import ALIVE, SHOWN, listed, named, page, words_for

_BASE: Final = "/simulators/push"
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
        words, lang = words_for(request, _WORDS)
        rows = (_row(told) for told in store.newest(request.query_params.get("browser"), SHOWN))
        return page(words, lang, listed(rows, words) + named(Fault, words))

    async def messages(request: Request) -> Response:
        found = store.newest(request.query_params.get("browser"), SHOWN)
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

    return [
        ALIVE,
        Route(_BASE, index),
        Route(f"{_BASE}/messages", messages),
        Route(f"{_BASE}/browsers", subscribe, methods=["POST"]),
    ]


def _row(told: Told) -> str:
    kept = f"{told.seconds} s, {told.urgency}"
    return (
        f"<li><strong>{escape(told.token[:8])}…</strong> <small>({escape(kept)})</small>"
        f"<pre>{escape(told.text)}</pre></li>"
    )
