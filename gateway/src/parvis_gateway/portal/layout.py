# SPDX-License-Identifier: EUPL-1.2
"""The frame of the portal's pages, and its words in French and English."""

import json
from html import escape
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse

_STYLE: Final = """
:root{color-scheme:light dark;--ink:#1b1b2f;--paper:#fff;--accent:#0b5345;--line:#c9d6d2;--pale:#f1f5f4}
@media(prefers-color-scheme:dark){:root{--ink:#eef1f0;--paper:#171c1b;--accent:#8ed6c4;--line:#42504c;--pale:#212927}}
*{box-sizing:border-box}body{font:1.0625rem/1.55 system-ui,sans-serif;max-width:58rem;margin:0 auto;padding:1rem;
color:var(--ink);background:var(--paper);overflow-wrap:anywhere}
header{border-bottom:.25rem solid var(--accent);margin-bottom:1rem}nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;
list-style:none;padding:0;margin:0}nav a{display:inline-block;padding:.35rem 0}
h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.25rem;margin:2rem 0 .5rem}h3{font-size:1.0625rem}
a{color:var(--accent)}:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
code,pre{font-family:ui-monospace,monospace;font-size:.92em}ul{padding-left:1.25rem}li{margin:.35rem 0}
pre{background:var(--pale);border:1px solid var(--line);padding:.6rem;overflow-x:auto;overflow-wrap:normal}
pre.whole{white-space:pre-wrap;overflow-wrap:anywhere}dl{margin:0}dt{margin-top:.6rem;font-weight:600}
dd{margin:.15rem 0 .6rem;min-width:0}.tag{background:var(--pale);border:1px solid var(--line);border-radius:.3rem;
padding:0 .35rem;font-weight:400;white-space:nowrap}section{border-top:1px solid var(--line);margin-top:1.5rem}
"""
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Language",
    "Cache-Control": "public, max-age=300",
}
_WORDS: Final = {
    "home": {"fr": "Parvis", "en": "Parvis"},
    "welcome": {
        "fr": "Ici répondent les services numériques de la collectivité\u00a0: identification, demandes et "
        "signalements, messages, consultations. Les sites et applications qui s’adressent à vous s’en servent.",
        "en": "The digital services of the local authority answer here: signing in, requests and reports, messages, "
        "consultations. The websites and applications that you use build on them.",
    },
    "developers": {"fr": "Pour les développeurs", "en": "For developers"},
    "intro": {
        "fr": "Les contrats des interfaces et des événements, tels que la passerelle et les services les suivent.",
        "en": "The contracts of the APIs and events, as the gateway and the services follow them.",
    },
    "apis": {"fr": "Interfaces HTTP (OpenAPI)", "en": "HTTP APIs (OpenAPI)"},
    "events": {"fr": "Événements (AsyncAPI, CloudEvents)", "en": "Events (AsyncAPI, CloudEvents)"},
    "files": {"fr": "Les fichiers", "en": "The files"},
    "operations": {"fr": "Opérations", "en": "Operations"},
    "problems": {"fr": "Les erreurs et que faire", "en": "Errors and what to do"},
    "sign_in": {
        "fr": "Connexion exigée, de l’un de ces niveaux ou plus (RFC 9470)",
        "en": "Sign-in demanded, of one of these levels or more (RFC 9470)",
    },
    "scopes": {"fr": "Droits nécessaires", "en": "Scopes needed"},
    "parameters": {"fr": "Paramètres", "en": "Parameters"},
    "body": {"fr": "Corps de la requête", "en": "Request body"},
    "answers": {"fr": "Réponses", "en": "Answers"},
    "example": {"fr": "Exemple", "en": "Example"},
    "schema": {"fr": "Schéma", "en": "Schema"},
    "required": {"fr": "obligatoire", "en": "required"},
    "token": {"fr": "avec un jeton d’accès", "en": "with an access token"},
    "service": {"fr": "vérifié par le service", "en": "checked by the service"},
    "public": {"fr": "ouvert à tous", "en": "open to all"},
    "missing-title": {"fr": "Page introuvable", "en": "Page not found"},
    "missing": {
        "fr": "Rien ne se trouve à cette adresse. Vérifiez-la, ou repartez de l’une des pages ci-dessus.",
        "en": "There is nothing at this address. Check it, or start again from one of the pages above.",
    },
    "callback-title": {"fr": "Connexion réussie", "en": "Signed in"},
    "callback": {
        "fr": "Recopiez ce code dans la commande suivante\u202f; il sert une fois, pendant une minute.",
        "en": "Copy this code into the next command; it works once, for a minute.",
    },
    "refused-title": {"fr": "Connexion interrompue", "en": "Not signed in"},
    "refused": {
        "fr": "Aucun code n’a été remis. Recommencez depuis l’application\u202f; voici la raison donnée.",
        "en": "No code was given. Start again from the application; this is the reason.",
    },
}


def language(request: Request) -> str:
    """``en`` where the reader prefers it, else ``fr``."""
    return "en" if request.headers.get("accept-language", "").strip().lower().startswith("en") else "fr"


def word(name: str, lang: str) -> str:
    """A word of the portal."""
    return _WORDS[name][lang]


def code_block(value: Any) -> str:
    """JSON, shown; a long line is scrolled to, with the keyboard too."""
    return f"<pre tabindex='0'>{escape(json.dumps(value, ensure_ascii=False, indent=2))}</pre>"


def page(title: str, body: str, lang: str, status: int = 200, *, keep: bool = True) -> HTMLResponse:
    """A page; ``keep`` lets it be cached."""
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} – Parvis</title>"
    )
    targets = {"/": "home", "/developers": "developers", "/problems": "problems"}
    links = "".join(f'<li><a href="{path}">{word(name, lang)}</a></li>' for path, name in targets.items())
    return HTMLResponse(
        f'<!doctype html><html lang="{lang}"><head>{head}<style>{_STYLE}</style></head>'
        f'<body><header><nav aria-label="Parvis"><ul>{links}</ul></nav><h1>{escape(title)}</h1></header>'
        f"<main>{body}</main></body></html>",
        status,
        {**_HEADERS, "Content-Language": lang} | ({} if keep else {"Cache-Control": "no-store"}),
    )
