# SPDX-License-Identifier: EUPL-1.2
"""The words of the page behind the link of a subscription."""

from collections.abc import Iterable, Mapping
from typing import Final

from parvis_kit.locale import Language, Text
from parvis_notifications.api.choice_page import Form, Page
from parvis_notifications.domain.subscribing import SubscriberState
from parvis_notifications.service.end_subscription import Act
from parvis_notifications.service.subscribe import Told

TITLE: Final = Text(fr="Vos abonnements", en="Your subscriptions")
_PENDING: Final = Text(
    fr="Confirmez que vous voulez recevoir ces informations à cette adresse.",
    en="Confirm that you want to receive this at this address.",
)
_ACTIVE: Final = Text(fr="Vous recevez ces informations.", en="You receive this.")
_NOTHING: Final = Text(fr="Vous n’êtes abonné à aucun sujet.", en="You have subscribed to no topic.")
_ENDED: Final = Text(
    fr="Vos abonnements et ce qui était enregistré de vous sont effacés.",
    en="Your subscriptions, and what was kept of you, are erased.",
)
_GONE_TITLE: Final = Text(fr="Ce lien n’est plus valable", en="This link is no longer valid")
_GONE: Final = Text(
    fr="L’abonnement n’existe plus, ou n’a pas été confirmé à temps. Abonnez-vous de nouveau.",
    en="The subscription is gone, or was not confirmed in time. Subscribe again.",
)
_EMERGENCY: Final = Text(fr="Alertes en cas de danger", en="Alerts in case of danger")
_BUTTONS: Final = {
    Act.CONFIRM: Text(fr="Confirmer", en="Confirm"),
    Act.STOP_TOPIC: Text(fr="Ne plus recevoir", en="Stop"),
    Act.STOP_NEWS: Text(fr="Ne plus recevoir d’actualités", en="Stop all news"),
    Act.STOP_EMERGENCY: Text(fr="Ne plus être alerté", en="Stop alerts"),
    Act.STOP_ALL: Text(fr="Tout arrêter et tout effacer", en="Stop everything and erase it"),
}


def words_of(act: Act, topic: str | None, language: Language) -> str:
    """What somebody answered to by a button."""
    words = f"{TITLE.in_language(language)} — {_BUTTONS[act].in_language(language)}"
    return f"{words} ({topic})" if topic else words


def told_page(told: Told, labels: Mapping[str, Mapping[str, str]], town: str, action: str, language: Language) -> Page:
    """How things stand, with what can be done about it; ``labels`` are those of the topics."""
    if told.row is None:
        return Page(TITLE.in_language(language), _ENDED.in_language(language), town)
    if told.row.state == SubscriberState.PENDING:
        lead, forms = _PENDING, [_form(Act.CONFIRM, language), _form(Act.STOP_ALL, language)]
        names = [_name(each.topic, labels, language) for each in told.topics]
        return Page(TITLE.in_language(language), lead.in_language(language), town, names, forms, action)
    lead = _ACTIVE if told.topics or told.row.emergency_at else _NOTHING
    return Page(
        TITLE.in_language(language),
        lead.in_language(language),
        town,
        forms=[*_forms(told, labels, language)],
        action=action,
    )


def gone_page(language: Language) -> Page:
    """There is no such subscription."""
    return Page(_GONE_TITLE.in_language(language), _GONE.in_language(language), status=404)


def _forms(told: Told, labels: Mapping[str, Mapping[str, str]], language: Language) -> Iterable[Form]:
    for each in told.topics:
        name = _name(each.topic, labels, language)
        yield _form(Act.STOP_TOPIC, language, name, topic=each.topic)
    if told.row is not None and told.row.news_at is not None:
        yield _form(Act.STOP_NEWS, language)
    if told.row is not None and told.row.emergency_at is not None:
        yield _form(Act.STOP_EMERGENCY, language, _EMERGENCY.in_language(language))
    yield _form(Act.STOP_ALL, language)


def _form(act: Act, language: Language, label: str = "", **fields: str) -> Form:
    return Form(_BUTTONS[act].in_language(language), {"act": act.value, **fields}, label)


def _name(topic: str, labels: Mapping[str, Mapping[str, str]], language: Language) -> str:
    return labels.get(topic, {}).get(language, topic)
