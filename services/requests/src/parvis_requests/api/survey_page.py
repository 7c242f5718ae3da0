# SPDX-License-Identifier: EUPL-1.2
"""What the pages of the satisfaction survey say, and how they look."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from starlette.responses import Response

from parvis_kit.locale import Language, Text
from parvis_requests.api.legal_views import spoken_day
from parvis_requests.api.pages import page
from parvis_requests.domain.calendar import day_of
from parvis_requests.service.answer_survey import Asked

_INSTANT: Final = timedelta(microseconds=1)
SURVEY_PATH: Final = "/survey"
_TEMPLATE: Final = "survey.html.jinja"
_TITLE: Final = Text(fr="Votre avis", en="Your opinion")
_LEAD: Final = Text(
    fr="Votre demande {reference} ({type}) est close. Vous pouvez répondre une fois, jusqu’au {day} inclus. Ce que vous"
    " écrivez n’est pas publié.",
    en="Your request {reference} ({type}) has ended. You may answer once, until {day} included. What you write is not"
    " published.",
)
_QUESTION: Final = Text(fr="Comment avez-vous été servi\u00a0?", en="How were you served?")
_SCORES: Final = (
    Text(fr="1 – pas du tout satisfait", en="1 – not at all satisfied"),
    Text(fr="2 – peu satisfait", en="2 – not very satisfied"),
    Text(fr="3 – moyennement satisfait", en="3 – somewhat satisfied"),
    Text(fr="4 – satisfait", en="4 – satisfied"),
    Text(fr="5 – très satisfait", en="5 – very satisfied"),
)
_COMMENT: Final = Text(fr="Quelques mots, si vous voulez", en="A few words, if you like")
_SEND: Final = Text(fr="Envoyer mon avis", en="Send my opinion")
_CHOOSE: Final = Text(fr="Choisissez une note.", en="Choose a score.")
_SHORTER: Final = Text(fr="Écrivez 4 000 signes au plus.", en="Write 4,000 characters at most.")
_STOP: Final = Text(fr="Ne plus me demander mon avis", en="Ask for my opinion no more")
_AGAIN: Final = Text(fr="Me demander de nouveau mon avis", en="Ask for my opinion again")
_STOPPED: Final = Text(
    fr="Nous ne vous demanderons plus votre avis sur vos demandes.",
    en="We will not ask for your opinion on your requests any more.",
)
_THANKS_TITLE: Final = Text(fr="Merci de votre avis", en="Thank you for your opinion")
_THANKS: Final = Text(
    fr="Votre avis sur la demande {reference} est enregistré.", en="Your opinion on request {reference} is kept."
)
_GONE_TITLE: Final = Text(fr="Ce questionnaire est fermé", en="This survey is closed")
_GONE: Final = Text(
    fr="Son délai est passé, votre demande a repris, ou l’adresse a été copiée en partie seulement.",
    en="Its time is over, your request goes on, or only a part of the address was copied.",
)


@dataclass(frozen=True, slots=True)
class Sent:
    """What somebody sent: which button, which score (None without one of the five), and what they wrote."""

    act: str
    score: int | None
    comment: str | None
    long: bool = False

    @property
    def fault(self) -> Text | None:
        """What is to be corrected."""
        return _CHOOSE if self.score is None else _SHORTER if self.long else None


def asked_page(found: Asked, token: str, town: str, language: Language, sent: Sent | None) -> Response:
    """The questions; with what was sent, and what is wrong with it."""
    kind, day = found.form.name[language], spoken_day(day_of(found.closes_at - _INSTANT), language)
    lead = _LEAD.in_language(language).format(reference=found.reference, type=kind, day=day)
    fault = sent.fault if sent else None
    asked = {
        "question": _QUESTION.in_language(language),
        "scores": [(str(number), label.in_language(language)) for number, label in enumerate(_SCORES, 1)],
        "chosen": str(sent.score or "") if sent else "",
        "comment_label": _COMMENT.in_language(language),
        "comment": (sent.comment or "") if sent else "",
        "fault": fault.in_language(language) if fault else "",
        "unscored": bool(sent and sent.score is None),
        "send": _SEND.in_language(language),
    }
    title = _TITLE.in_language(language)
    more = asked | _frame(found, token, language)
    return page(language, 200, title=title, lead=lead, town=town, template=_TEMPLATE, more=more)


def done_page(found: Asked, token: str, town: str, language: Language) -> Response:
    """That it was answered, and the way to be asked no more."""
    lead, title = _THANKS.in_language(language).format(reference=found.reference), _THANKS_TITLE.in_language(language)
    more = {"question": ""} | _frame(found, token, language)
    return page(language, 200, title=title, lead=lead, town=town, template=_TEMPLATE, more=more)


def gone_page(language: Language) -> Response:
    """Nothing is asked by that link."""
    return page(language, 404, title=_GONE_TITLE.in_language(language), lead=_GONE.in_language(language))


def _frame(found: Asked, token: str, language: Language) -> dict[str, object]:
    stop = ("", "stop", _STOP.in_language(language))
    again = (_STOPPED.in_language(language), "ask", _AGAIN.in_language(language))
    stopped, act, change = again if found.stopped else stop
    return {"action": f"{SURVEY_PATH}?token={token}", "stopped": stopped, "act": act, "change": change}
