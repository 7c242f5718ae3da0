# SPDX-License-Identifier: EUPL-1.2
"""The homeservers of the messenger, as the settings have them."""

from parvis_notifications.chat_settings import ChatProviderSettings
from parvis_notifications.db.paces import Paces
from parvis_notifications.domain.topic import Channel
from parvis_notifications.outgoing.chat import ChatProvider
from parvis_notifications.outgoing.matrix import Matrix
from parvis_notifications.service.provider_routes import ProviderRoute, ProviderRoutes
from parvis_notifications.service.turns import Turns
from parvis_notifications.settings import Settings

ChatRoute = ProviderRoute[ChatProvider]
ChatRoutes = ProviderRoutes[ChatProvider]


def chat_routes(settings: Settings, paces: Paces) -> ChatRoutes:
    """In their order; they hold connections from now on."""
    made = [
        ChatRoute(
            Matrix(each, timeout=settings.chat_timeout_seconds),
            each.message_millicents,
            Turns(paces, f"chat/{each.name}", each.per_second),
        )
        for each in settings.chat_providers
    ]
    return ChatRoutes(made)


def channels_of(settings: Settings, collectivity: str) -> tuple[Channel, ...]:
    """The channels that this deployment has for that one: a homeserver may write for some alone."""
    chats = chats_offered(settings, collectivity)
    return tuple(each for each in settings.channels if each is not Channel.CHAT or chats)


def chats_offered(settings: Settings, collectivity: str) -> bool:
    """Whether people of that one are written to in a messenger."""
    return _first(settings, collectivity) is not None


def chat_price(settings: Settings, collectivity: str) -> int:
    """What a message there costs with the homeserver that is used first, in thousandths of a eurocent."""
    first = _first(settings, collectivity)
    return first.message_millicents if first else 0


def _first(settings: Settings, collectivity: str) -> ChatProviderSettings | None:
    serving = (each.collectivities is None or collectivity in each.collectivities for each in settings.chat_providers)
    return next((each for each, serves in zip(settings.chat_providers, serving, strict=True) if serves), None)
