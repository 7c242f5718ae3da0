# SPDX-License-Identifier: EUPL-1.2
"""The pages and the JSON of the mail sink, below ``/simulators/mail``."""

from html import escape
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from parvis_local.mailsink.store import Mail, MailStore
from parvis_local.sink_pages import ALIVE, SHOWN, listed, page, words_for

_BASE: Final = "/simulators/mail"
_WORDS: Final = {
    "fr": {
        "title": "Courriels envoyés",
        "note": "Simulateur\u00a0: ces courriels ne sont partis nulle part.",
        "empty": "Aucun courriel pour l’instant. Déposez une demande\u00a0: l’accusé arrive ici en quelques secondes.",
        "back": "Tous les courriels",
        "raw": "Source du message",
        "text": "Texte",
        "html": "Version HTML",
        "to": "À",
    },
    "en": {
        "title": "Mails sent",
        "note": "Simulator: these mails went nowhere.",
        "empty": "No mail yet. Submit a request: its receipt comes here within seconds.",
        "back": "All mails",
        "raw": "Message source",
        "text": "Text",
        "html": "HTML version",
        "to": "To",
    },
}


def application(store: MailStore) -> Starlette:
    """The web side of the sink."""

    async def index(request: Request) -> Response:
        words, lang = words_for(request, _WORDS)
        mails = store.newest(request.query_params.get("to"), SHOWN)
        rows = (
            f'<li><a href="{_BASE}/{mail.id}">{_subject(mail)}</a><br>'
            f"<small>{words['to']} {escape(str(mail.parsed['to']))} — {escape(str(mail.parsed['date']))}</small></li>"
            for mail in mails
        )
        return page(words, lang, listed(rows, words))

    async def one(request: Request) -> Response:
        words, lang = words_for(request, _WORDS)
        mail = store.get(request.path_params["id"])
        if mail is None:
            return page(words, lang, listed((), words), title="404", status=404)
        heads = "".join(f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in mail.parsed.items())
        frame = (
            f'<iframe sandbox tabindex="0" title="{words["html"]}" src="{_BASE}/{mail.id}/html"'
            ' width="100%" height="480"></iframe>'
        )
        body = (
            f'<p><a href="{_BASE}">{words["back"]}</a> · <a href="{_BASE}/{mail.id}/raw">{words["raw"]}</a></p>'
            f"<h2>{words['text']}</h2><pre>{escape(mail.part('plain'))}</pre>"
            f"<h2>{words['html']}</h2>{frame if mail.part('html') else ''}<dl>{heads}</dl>"
        )
        return page(words, lang, body, title=str(mail.parsed["subject"]))

    async def html(request: Request) -> Response:
        mail = store.get(request.path_params["id"])
        headers = {"Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'"}
        return HTMLResponse(mail.part("html") if mail else "", 200 if mail else 404, headers)

    async def raw(request: Request) -> Response:
        mail = store.get(request.path_params["id"])
        return PlainTextResponse(mail.raw if mail else b"", 200 if mail else 404)

    async def messages(request: Request) -> Response:
        mails = store.newest(request.query_params.get("to"), SHOWN)
        return JSONResponse({"items": [_summary(mail) for mail in mails]})

    async def message(request: Request) -> Response:
        mail = store.get(request.path_params["id"])
        if mail is None:
            return JSONResponse({}, 404)
        return JSONResponse(_summary(mail) | {"text": mail.part("plain"), "html": mail.part("html")})

    return Starlette(
        routes=[
            ALIVE,
            Route(_BASE, index),
            Route(f"{_BASE}/messages", messages),
            Route(f"{_BASE}/messages/{{id}}", message),
            Route(f"{_BASE}/{{id}}", one),
            Route(f"{_BASE}/{{id}}/html", html),
            Route(f"{_BASE}/{{id}}/raw", raw),
        ]
    )


def _subject(mail: Mail) -> str:
    # A mail speaks its reader's language, which need not be that of the page that lists it (WCAG 3.1.2).
    # One that speaks several begins with the first.
    spoken, _, _ = str(mail.parsed["content-language"] or "").partition(",")
    subject = escape(str(mail.parsed["subject"]))
    return f'<span lang="{escape(spoken)}">{subject}</span>' if spoken else subject


def _summary(mail: Mail) -> dict[str, Any]:
    headers = {name.lower(): str(value) for name, value in mail.parsed.items()}
    return {"id": mail.id, "to": headers.get("to"), "subject": headers.get("subject"), "headers": headers}
