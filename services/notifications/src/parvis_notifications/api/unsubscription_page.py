# SPDX-License-Identifier: EUPL-1.2
"""The page behind the link of a mail that may be left off: what it says, and how it looks."""

from typing import Final

from starlette.responses import Response

from parvis_kit.locale import Language, Text
from parvis_notifications.api.choice_page import Form, Page
from parvis_notifications.domain.topic import Topic
from parvis_notifications.service.delivery_tokens import UNSUBSCRIBE_PATH
from parvis_notifications.service.unsubscribe import Standing

_TOPICS: Final = {
    Topic.REQUESTS: Text(fr="le suivi de vos demandes", en="the progress of your requests"),
    Topic.PARTICIPATION: Text(
        fr="ce que vous écrivez, signez et suivez en public", en="what you write, sign and follow in public"
    ),
    Topic.WORK: Text(fr="les demandes que vous traitez", en="the requests that you handle"),
    Topic.APPOINTMENTS: Text(fr="vos rendez-vous", en="your appointments"),
}
_NEWS: Final = Text(fr="les actualités « {label} »", en="the news “{label}”")
TITLE: Final = Text(fr="Courriels sur {topic}", en="Mails about {topic}")
_SUBSCRIBED: Final = Text(
    fr="Vous recevez ces messages par courriel.",
    en="You receive these messages by mail.",
)
_UNSUBSCRIBED: Final = Text(
    fr="Vous ne recevez plus ces messages par courriel.",
    en="You no longer receive these messages by mail.",
)
_STAYS: Final = Text(
    fr="Ils restent dans votre boîte de messages. Ce que la loi oblige à envoyer, comme l’accusé de réception d’une"
    " demande, vous parvient toujours.",
    en="They stay in your inbox. What the law has sent, such as the acknowledgement of a request, still reaches you.",
)
_STOP: Final = Text(fr="Ne plus recevoir ces courriels", en="Stop these mails")
_RESUME: Final = Text(fr="Recevoir de nouveau ces courriels", en="Receive these mails again")
_GONE_TITLE: Final = Text(fr="Ce lien n’est plus valable", en="This link is no longer valid")
_GONE: Final = Text(
    fr="Le message auquel il appartient n’existe plus, ou l’adresse est incomplète. Choisissez dans votre compte"
    " comment être informé.",
    en="The message that it belongs to is gone, or the address is incomplete. Choose in your account how to be told.",
)


def asked(found: Standing, language: Language, *, wanted: bool) -> str:
    """The words of the button with what they are about: what is kept as that to which somebody answered."""
    about, button = TITLE.in_language(language), (_RESUME if wanted else _STOP).in_language(language)
    return f"{about.format(topic=_named(found, language))} — {button}"


def standing_page(found: Standing, token: str, town: str, language: Language) -> Response:
    """How things stand, with the button that changes it."""
    button = (_STOP if found.subscribed else _RESUME).in_language(language)
    return Page(
        title=TITLE.in_language(language).format(topic=_named(found, language)),
        lead=(_SUBSCRIBED if found.subscribed else _UNSUBSCRIBED).in_language(language),
        town=town,
        paragraphs=(_STAYS.in_language(language),),
        forms=(Form(button, {"choice": "stop" if found.subscribed else "resume"}),),
        action=f"{UNSUBSCRIBE_PATH}?token={token}",
    ).response(language)


def _named(found: Standing, language: Language) -> str:
    labels = (label.get(language, code) for code, label in found.news.items())
    news = [_NEWS.in_language(language).format(label=label) for label in labels]
    return ", ".join([*(_TOPICS[topic].in_language(language) for topic in found.topics), *news])


def gone_page(language: Language) -> Response:
    """There is no such mail."""
    return Page(_GONE_TITLE.in_language(language), _GONE.in_language(language), status=404).response(language)
