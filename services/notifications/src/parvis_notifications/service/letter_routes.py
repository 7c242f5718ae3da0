# SPDX-License-Identifier: EUPL-1.2
"""Who prints and posts letters, as the settings have it."""

from parvis_notifications.domain.breaker import Throttle
from parvis_notifications.outgoing.letters import LetterProvider
from parvis_notifications.outgoing.maileva import Maileva
from parvis_notifications.service.provider_routes import ProviderRoute, ProviderRoutes
from parvis_notifications.settings import Settings

LetterRoute = ProviderRoute[LetterProvider]
LetterRoutes = ProviderRoutes[LetterProvider]


def letter_routes(settings: Settings) -> LetterRoutes:
    """In their order; they hold connections from now on. A unit of theirs is a page."""
    made: list[LetterRoute] = [
        ProviderRoute(
            Maileva(each, timeout=settings.letter_timeout_seconds), each.page_millicents, Throttle(each.per_second)
        )
        for each in settings.letter_providers
    ]
    return ProviderRoutes(made)
