# SPDX-License-Identifier: EUPL-1.2
"""The frame of the portal's pages, and its words in French and English."""

import json
from html import escape
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse

_STYLE: Final = """
:root{color-scheme:light}body{font:1.02rem/1.55 system-ui,sans-serif;max-width:58rem;margin:0 auto;padding:1rem;
color:#1b1b2f;background:#fff}header{border-bottom:.25rem solid #1f5c4d;margin-bottom:1rem}
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2rem}h3{font-size:1.05rem;overflow-wrap:anywhere}
a{color:#0b5345}code,pre{font-family:ui-monospace,monospace;font-size:.92em;overflow-wrap:anywhere}
pre{background:#f3f6f5;border:1px solid #c9d6d2;padding:.6rem;overflow-x:auto}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .5rem;
border-bottom:1px solid #c9d6d2}.tag{background:#e3efeb;border-radius:.3rem;padding:0 .35rem}
section{border-top:1px solid #c9d6d2}
"""
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Language",
    "Cache-Control": "public, max-age=300",
}
_WORDS: Final = {
    "developers": {"fr": "Parvis pour les développeurs", "en": "Parvis for developers"},
    "intro": {
        "fr": "Les contrats des interfaces et des événements, tels que la passerelle et les services les suivent.",
        "en": "The contracts of the APIs and events, as the gateway and the services follow them.",
    },
    "apis": {"fr": "Interfaces HTTP (OpenAPI)", "en": "HTTP APIs (OpenAPI)"},
    "events": {"fr": "Événements (AsyncAPI, CloudEvents)", "en": "Events (AsyncAPI, CloudEvents)"},
    "problems": {"fr": "Les erreurs et que faire", "en": "Errors and what to do"},
    "raw": {"fr": "le fichier", "en": "the file"},
    "scopes": {"fr": "Droits nécessaires", "en": "Scopes needed"},
    "parameters": {"fr": "Paramètres", "en": "Parameters"},
    "answers": {"fr": "Réponses", "en": "Answers"},
    "example": {"fr": "Exemple", "en": "Example"},
    "schema": {"fr": "Schéma", "en": "Schema"},
    "required": {"fr": "obligatoire", "en": "required"},
    "token": {"fr": "avec un jeton d'accès", "en": "with an access token"},
    "service": {"fr": "vérifié par le service", "en": "checked by the service"},
    "public": {"fr": "ouvert à tous", "en": "open to all"},
    "missing": {"fr": "Cette page n'existe pas.", "en": "There is no such page."},
    "back": {"fr": "Retour", "en": "Back"},
    "callback": {
        "fr": "Connexion réussie. Recopiez ce code dans la commande suivante ; il sert une fois, pendant une minute.",
        "en": "Signed in. Copy this code into the next command; it works once, for a minute.",
    },
}


def language(request: Request) -> str:
    """``en`` where the reader prefers it, else ``fr``."""
    return "en" if request.headers.get("accept-language", "").strip().lower().startswith("en") else "fr"


def word(name: str, lang: str) -> str:
    """A word of the portal."""
    return _WORDS[name][lang]


def code_block(value: Any) -> str:
    """JSON, shown."""
    return f"<pre tabindex='0'>{escape(json.dumps(value, ensure_ascii=False, indent=2))}</pre>"


def page(title: str, body: str, lang: str, status: int = 200, *, keep: bool = True) -> HTMLResponse:
    """A page; ``keep`` lets it be cached."""
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    links = (f'<a href="/{name}">{word(name, lang)}</a>' for name in ("developers", "problems"))
    home = f"<p>{' · '.join(links)}</p>"
    return HTMLResponse(
        f'<!doctype html><html lang="{lang}"><head>{head}<style>{_STYLE}</style></head>'
        f"<body><header>{home}<h1>{escape(title)}</h1></header><main>{body}</main></body></html>",
        status,
        {**_HEADERS, "Content-Language": lang} | ({} if keep else {"Cache-Control": "no-store"}),
    )
