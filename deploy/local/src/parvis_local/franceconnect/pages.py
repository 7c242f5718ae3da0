# SPDX-License-Identifier: EUPL-1.2
"""The pages of the simulators: sober, without JavaScript, readable at 320 pixels, in French and English."""

from html import escape
from typing import Final

from starlette.responses import HTMLResponse

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}
HEAD: Final = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
STYLE: Final = """
body{font:1.05rem/1.5 system-ui,sans-serif;max-width:44rem;margin:0 auto;padding:1rem;
overflow-wrap:anywhere;color:#1b1b2f;background:#fff}
header{border-bottom:.25rem solid #4a4a8a;margin-bottom:1rem}h1{font-size:1.4rem;line-height:1.25}
.note{background:#fff4d6;border:1px solid #8a6d00;padding:.5rem .75rem}ul{list-style:none;padding:0}
button{font:inherit;display:block;width:100%;text-align:left;padding:.6rem .8rem;margin:.4rem 0;cursor:pointer;
border:2px solid #4a4a8a;border-radius:.4rem;background:#f4f4fb;color:inherit}
button:hover,button:focus-visible{background:#dedef5;outline:3px solid #1b1b2f;outline-offset:2px}
button.quiet{border-color:#6b6b7b;background:#fff}small{color:#43435a}a{color:#2f2f8f}
"""
_WORDS: Final = {
    "fr": {
        "note": "Simulateur\u00a0: aucune donnée réelle, personnes inventées.",
        "pick": "Choisissez une personne pour vous identifier",
        "cancel": "Annuler et revenir au service",
        "error": "La demande est refusée",
        "code": "Code d’erreur",
        "born": "né(e) en",
        "nomail": "sans adresse e-mail",
    },
    "en": {
        "note": "Simulator: no real data, invented people.",
        "pick": "Choose a person to sign in",
        "cancel": "Cancel and go back to the service",
        "error": "The request is refused",
        "code": "Error code",
        "born": "born in",
        "nomail": "no e-mail address",
    },
}


def language(accept: str | None) -> str:
    """``en`` where English comes first, else ``fr``."""
    return "en" if (accept or "").strip().lower().startswith("en") else "fr"


def picking(title: str, transaction: str, action: str, people: dict[str, str], lang: str) -> HTMLResponse:
    """The page on which one picks a test person."""
    words = _WORDS[lang]
    rows = "".join(
        f'<li><button name="person" value="{escape(key)}">{label}</button></li>' for key, label in people.items()
    )
    body = (
        f'<p class="note">{words["note"]}</p><form method="post" action="{escape(action)}">'
        f'<input type="hidden" name="transaction" value="{escape(transaction)}">'
        f"<h2>{words['pick']}</h2><ul>{rows}</ul>"
        f'<button class="quiet" name="cancel" value="1">{words["cancel"]}</button></form>'
    )
    return _page(title, body, lang, 200)


def label(known: dict[str, str], lang: str) -> str:
    """A person as the page shows them."""
    words = _WORDS[lang]
    name = f"{known['given_name']} {known.get('family_name') or known.get('usual_name')}"
    birth = f"{words['born']} {known['birthdate'][:4]}, " if "birthdate" in known else ""
    return f"{escape(name)}<br><small>{birth}{escape(known.get('email') or words['nomail'])}</small>"


def refusal(title: str, code: str, lang: str, status: int = 400) -> HTMLResponse:
    """An error that is shown here: the browser is not sent to an address that nobody vouches for."""
    words = _WORDS[lang]
    body = f'<p class="note">{words["note"]}</p><h2>{words["error"]}</h2><p>{words["code"]} – <code>{code}</code></p>'
    return _page(title, body, lang, status)


def _page(title: str, body: str, lang: str, status: int) -> HTMLResponse:
    head = f"{HEAD}<title>{escape(title)}</title>"
    return HTMLResponse(
        f'<!doctype html><html lang="{lang}"><head>{head}<style>{STYLE}</style></head>'
        f"<body><header><h1>{escape(title)}</h1></header><main>{body}</main></body></html>",
        status,
        _HEADERS,
    )
