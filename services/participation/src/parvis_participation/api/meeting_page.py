# SPDX-License-Identifier: EUPL-1.2
"""The page behind the link of who registered without an account: what it says, and how it looks. No script."""

from html import escape
from typing import Final

from starlette.responses import Response

from parvis_kit.clocks import clock_of
from parvis_kit.locale import Language, Text
from parvis_participation.api.html_pages import html_page
from parvis_participation.api.spoken_times import spoken_period
from parvis_participation.domain.meeting import MeetingState
from parvis_participation.service.meeting_files import MeetingFile
from parvis_participation.service.meeting_guests import Standing

PATH: Final = "/meeting-registration"
_ASKED: Final = Text(
    fr="Quelqu’un a donné cette adresse pour s’inscrire à cette réunion. Si c’est vous, confirmez\u00a0; sinon, fermez"
    " cette page\u00a0: l’inscription sera supprimée.",
    en="Somebody gave this address to register for this meeting. If it was you, confirm; if not, close this page: the"
    " registration will be deleted.",
)
_PLACE: Final = Text(fr="Vous avez une place.", en="You have a place.")
_WAITING: Final = Text(
    fr="Vous êtes sur la liste d’attente ({before} avant vous)\u00a0; nous vous écrirons si une place se libère.",
    en="You are on the waiting list ({before} before you); we will write to you when a place is free.",
)
_CANCELLED: Final = Text(fr="Cette réunion est annulée.", en="This meeting is cancelled.")
_CONFIRM: Final = Text(fr="Confirmer mon inscription", en="Confirm my registration")
_WITHDRAW: Final = Text(fr="Me désinscrire", en="Withdraw")
_CALENDAR: Final = Text(fr="Mettre dans mon agenda", en="Put it into my calendar")
_WITHDRAWN_TITLE: Final = Text(fr="Vous êtes désinscrit", en="You have withdrawn")
_WITHDRAWN: Final = Text(
    fr="{title}\u00a0: votre inscription est supprimée, et votre place à qui attend.",
    en="{title}: your registration is deleted, and your place is there for others.",
)
_LATE_TITLE: Final = Text(fr="La réunion a commencé", en="The meeting has begun")
_LATE: Final = Text(fr="On ne peut plus se désinscrire.", en="Nobody can withdraw any more.")
_GONE_TITLE: Final = Text(fr="Ce lien n’est plus valable", en="This link is no longer valid")
_GONE: Final = Text(
    fr="Son délai est passé, vous vous êtes désinscrit, ou il n’a été copié qu’en partie.",
    en="Its time is over, you have withdrawn, or only a part of it was copied.",
)


def standing_page(found: Standing, secret: str, language: Language) -> Response:
    """How things stand, with the buttons that change that."""
    row = found.meeting
    buttons = [("withdraw", _WITHDRAW)] if found.confirmed else [("confirm", _CONFIRM), ("withdraw", _WITHDRAW)]
    lead = _WAITING if found.waiting else _PLACE
    if row.state == MeetingState.CANCELLED:
        lead, buttons = _CANCELLED, []
    elif not found.confirmed:
        lead = _ASKED
    more = "".join(
        f'<form method="post" action="{PATH}?token={escape(secret)}&amp;action={action}"><p class="actions">'
        f'<button class="button" type="submit" aria-describedby="lead">{escape(label.in_language(language))}</button>'
        "</p></form>"
        for action, label in buttons
    )
    calendar = f"/v1/collectivities/{row.collectivity}/meetings/{row.id}/files/{MeetingFile.CALENDAR}"
    # The mail may say a former day: what is confirmed is what stands here.
    when, where = spoken_period(row.begins_at, row.ends_at, language, clock_of(row.collectivity)), row.place[language]
    more = f"<p>{escape(when)}<br>{escape(where)}</p>{more}"
    more += f'<p class="actions"><a href="{calendar}">{escape(_CALENDAR.in_language(language))}</a></p>'
    told = lead.in_language(language).format(before=found.waiting_before)
    return _page(language, 200, row.title[language], told, more)


def withdrawn_page(title: str, language: Language) -> Response:
    """The place is given back."""
    return _page(
        language, 200, _WITHDRAWN_TITLE.in_language(language), _WITHDRAWN.in_language(language).format(title=title)
    )


def late_page(language: Language) -> Response:
    """Nobody withdraws from what has begun."""
    return _page(language, 200, _LATE_TITLE.in_language(language), _LATE.in_language(language))


def gone_page(language: Language) -> Response:
    """There is no registration by that link."""
    return _page(language, 404, _GONE_TITLE.in_language(language), _GONE.in_language(language))


def _page(language: Language, status: int, title: str, lead: str, more: str = "") -> Response:
    told = f'<p class="lead" id="lead" role="status">{escape(lead)}</p>'
    return html_page(language, status, title, told + more, own=True)
