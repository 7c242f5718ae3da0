# SPDX-License-Identifier: EUPL-1.2
"""What the page says to which the mails to somebody lead who follows a request without an account."""

from typing import Final

from starlette.responses import Response

from parvis_kit.locale import Language, Text
from parvis_requests.api.pages import page
from parvis_requests.api.views import status_label, type_label
from parvis_requests.service.follow_alone import Followed

FOLLOWED_PATH: Final = "/followed-request"
_TITLE: Final = Text(fr="Signalement {reference}", en="Report {reference}")
_LEAD: Final = Text(
    fr="{type}\u00a0: {status}. Nous vous écrivons à chaque étape.",
    en="{type}: {status}. We write to you at each step.",
)
_BUTTON: Final = Text(fr="Ne plus suivre ce signalement", en="Follow this report no more")
_DONE_TITLE: Final = Text(fr="Vous ne suivez plus ce signalement", en="You follow this report no more")
_DONE: Final = Text(
    fr="Votre adresse est effacée\u00a0: nous ne vous écrirons plus à son sujet.",
    en="Your address is deleted: we will not write to you about it any more.",
)
_GONE_TITLE: Final = Text(fr="Ce lien n’est plus valable", en="This link is no longer valid")
_GONE: Final = Text(
    fr="Vous ne suivez plus ce signalement, il n’est plus public, ou l’adresse a été copiée en partie seulement.",
    en="You follow this report no more, it is no longer public, or only a part of the address was copied.",
)


def followed_page(found: Followed, token: str, town: str, language: Language) -> Response:
    """Where it stands, with the button by which one follows it no more."""
    kind, status = type_label(found.form, language).label, status_label(found.form.workflow, found.status, language)
    title = _TITLE.in_language(language).format(reference=found.reference)
    lead = _LEAD.in_language(language).format(type=kind, status=status.label)
    button = (f"{FOLLOWED_PATH}?token={token}", _BUTTON.in_language(language))
    return page(language, 200, title=title, lead=lead, town=town, button=button)


def left_page(town: str, language: Language) -> Response:
    """That they follow it no more."""
    return page(language, 200, title=_DONE_TITLE.in_language(language), lead=_DONE.in_language(language), town=town)


def gone_page(language: Language) -> Response:
    """Nothing is followed by that link."""
    return page(language, 404, title=_GONE_TITLE.in_language(language), lead=_GONE.in_language(language))
