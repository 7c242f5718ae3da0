# SPDX-License-Identifier: EUPL-1.2
"""The page behind the link of the mail that confirms an address: what it says, and how it looks."""

from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse, Response

from parvis_kit.locale import Language, Text
from parvis_requests.service.confirm_address import Standing

CONFIRM_PATH: Final = "/confirm-address"
_TITLE: Final = Text(fr="Confirmer votre adresse", en="Confirm your address")
_ASKED: Final = Text(
    fr="Quelqu’un a laissé cette adresse en déposant une demande. Si c’est vous, confirmez-la\u00a0; sinon, fermez"
    " cette page.",
    en="Somebody left this address with a request. If it was you, confirm it; if not, close this page.",
)
_BUTTON: Final = Text(fr="Confirmer mon adresse", en="Confirm my address")
_DONE_TITLE: Final = Text(fr="Votre adresse est confirmée", en="Your address is confirmed")
_FILED: Final = Text(
    fr="Votre demande {reference} est déposée. Nous vous écrirons à cette adresse.",
    en="Your request {reference} is filed. We will write to you at this address.",
)
_DONE: Final = Text(fr="Nous vous écrirons à cette adresse.", en="We will write to you at this address.")
_GONE_TITLE: Final = Text(fr="Ce lien n’est plus valable", en="This link is no longer valid")
_GONE: Final = Text(
    fr="Son délai est passé, ou il a été copié en partie seulement. Si votre demande n’a pas encore de référence,"
    " déposez-la de nouveau.",
    en="Its time is over, or only a part of it was copied. If your request has no reference yet, file it again.",
)
# The style sheet of the sign-in pages, which the gateway serves at the same address.
_STYLE: Final = "/login/style.css"
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none';"
    " form-action 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language",
}
_TEMPLATES: Final = Environment(
    loader=PackageLoader("parvis_requests", "templates"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def standing_page(found: Standing, token: str, town: str, language: Language) -> Response:
    """How things stand, with the button where something is to be confirmed."""
    if not found.confirmed:
        words = {"title": _TITLE.in_language(language), "lead": _ASKED.in_language(language)}
        action = {"action": f"{CONFIRM_PATH}?token={token}", "button": _BUTTON.in_language(language)}
        return _page(language, 200, town=town, **words, **action)
    lead = (_FILED if found.reference else _DONE).in_language(language).format(reference=found.reference)
    return _page(language, 200, town=town, title=_DONE_TITLE.in_language(language), lead=lead, action="", button="")


def gone_page(language: Language) -> Response:
    """There is nothing to confirm by that link."""
    title, lead = _GONE_TITLE.in_language(language), _GONE.in_language(language)
    return _page(language, 404, title=title, lead=lead, town="", action="", button="")


def _page(language: Language, status: int, **words: str) -> Response:
    content = _TEMPLATES.get_template("confirmation.html.jinja").render(language=language, style=_STYLE, **words)
    return HTMLResponse(content, status, _HEADERS | {"Content-Language": language})
