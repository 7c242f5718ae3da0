# SPDX-License-Identifier: EUPL-1.2
"""The words of the page by which somebody answers to an alert."""

from typing import Final

from parvis_kit.locale import Language, Text
from parvis_notifications.api.choice_page import Form, Page
from parvis_notifications.domain.alert import AlertKind, Reply
from parvis_notifications.domain.broadcast import EXERCISE
from parvis_notifications.service.answer_alert import Received

_GONE_TITLE: Final = Text(fr="Ce lien n’est plus valable", en="This link is no longer valid")
_GONE: Final = Text(fr="En danger, appelez le 112, ou le 114 par SMS.", en="In danger, call 112, or text 114.")
_ASKED: Final = Text(fr="Dites comment vous allez.", en="Say how you are.")
_NOTED: Final = {
    Reply.SAFE: Text(fr="C’est noté : vous êtes en sécurité.", en="Noted: you are safe."),
    Reply.HELP: Text(
        fr="C’est noté : vous avez besoin d’aide. Les agents le voient. En danger immédiat, appelez le 112.",
        en="Noted: you need help. The agents see it. In immediate danger, call 112.",
    ),
}
_OVER: Final = Text(fr="Cette alerte est terminée.", en="This alert is over.")
_BUTTONS: Final = {
    Reply.SAFE: Text(fr="Je suis en sécurité", en="I am safe"),
    Reply.HELP: Text(fr="J’ai besoin d’aide", en="I need help"),
}


def alert_page(found: Received, town: str, action: str, language: Language) -> Page:
    """What the alert says, what was answered to it, and the buttons."""
    words = found.broadcast.texts.get(language) or found.broadcast.texts["fr"]
    mark = EXERCISE[language] if found.broadcast.exercise else ""
    over = found.alert.ended_at is not None or found.alert.kind == AlertKind.ALL_CLEAR
    answer = Reply(found.recipient.answer) if found.recipient.answer else None
    lead = _NOTED[answer] if answer else _OVER if over else _ASKED
    paragraphs = [found.broadcast.area_label or "", *words["body"].split("\n\n"), words.get("instruction", "")]
    return Page(
        title=f"{mark}{words['subject']}",
        lead=lead.in_language(language),
        town=town,
        paragraphs=[each for each in paragraphs if each],
        forms=[Form(text.in_language(language), {"answer": reply.value}) for reply, text in _BUTTONS.items()],
        action=action,
    )


def gone_page(language: Language) -> Page:
    """There is no such alert."""
    return Page(_GONE_TITLE.in_language(language), _GONE.in_language(language), status=404)
