# SPDX-License-Identifier: EUPL-1.2
"""The page behind the link of the mail that confirms an address: what it says, and how it looks."""

from typing import Final

from starlette.responses import Response

from parvis_kit.locale import Language, Text
from parvis_requests.api.pages import page
from parvis_requests.service.confirm_address import Standing

CONFIRM_PATH: Final = "/confirm-address"
_TITLE: Final = Text(fr="Confirmer votre adresse", en="Confirm your address")
_ASKED: Final = Text(
    fr="Quelqu’un a laissé cette adresse en déposant une demande. Si c’est vous, confirmez-la\u00a0; sinon, fermez"
    " cette page.",
    en="Somebody left this address with a request. If it was you, confirm it; if not, close this page.",
)
_FOLLOW_ASKED: Final = Text(
    fr="Quelqu’un a donné cette adresse pour suivre le signalement {reference}. Si c’est vous, confirmez-la\u00a0;"
    " sinon, fermez cette page.",
    en="Somebody gave this address to follow report {reference}. If it was you, confirm it; if not, close this page.",
)
_BUTTON: Final = Text(fr="Confirmer mon adresse", en="Confirm my address")
_DONE_TITLE: Final = Text(fr="Votre adresse est confirmée", en="Your address is confirmed")
_FILED: Final = Text(
    fr="Votre demande {reference} est déposée. Nous vous écrirons à cette adresse.",
    en="Your request {reference} is filed. We will write to you at this address.",
)
_DONE: Final = Text(fr="Nous vous écrirons à cette adresse.", en="We will write to you at this address.")
_FOLLOWS: Final = Text(
    fr="Vous suivez le signalement {reference}\u00a0: nous vous écrirons à chaque étape.",
    en="You follow report {reference}: we will write to you at each step.",
)
_GONE_TITLE: Final = Text(fr="Ce lien n’est plus valable", en="This link is no longer valid")
_GONE: Final = Text(
    fr="Son délai est passé, il a été copié en partie seulement, ou ce que vous vouliez suivre n’est plus public. Si"
    " votre demande n’a pas encore de référence, déposez-la de nouveau.",
    en="Its time is over, only a part of it was copied, or what you wanted to follow is no longer public. If your"
    " request has no reference yet, file it again.",
)


def standing_page(found: Standing, token: str, town: str, language: Language) -> Response:
    """How things stand, with the button where something is to be confirmed."""
    if not found.confirmed:
        asked = _FOLLOW_ASKED if found.follows else _ASKED
        title, lead = _TITLE.in_language(language), asked.in_language(language).format(reference=found.follows)
        button = (f"{CONFIRM_PATH}?token={token}", _BUTTON.in_language(language))
        return page(language, 200, title=title, lead=lead, town=town, button=button)
    done = _FILED if found.reference else _FOLLOWS if found.follows else _DONE
    lead = done.in_language(language).format(reference=found.reference or found.follows)
    return page(language, 200, title=_DONE_TITLE.in_language(language), lead=lead, town=town)


def gone_page(language: Language) -> Response:
    """There is nothing to confirm by that link."""
    return page(language, 404, title=_GONE_TITLE.in_language(language), lead=_GONE.in_language(language))
