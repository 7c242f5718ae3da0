# SPDX-License-Identifier: EUPL-1.2
"""The towns' social accounts as the settings have them, each with its breaker and its pace."""

from typing import Final

from parvis_notifications.db.paces import Paces
from parvis_notifications.outgoing.mastodon import Mastodon
from parvis_notifications.outgoing.social import SocialAccount
from parvis_notifications.service.provider_routes import ProviderRoute, ProviderRoutes
from parvis_notifications.service.turns import Turns
from parvis_notifications.settings import Settings
from parvis_notifications.social_settings import SocialAccountSettings

# Mastodon takes three hundred calls in five minutes: https://docs.joinmastodon.org/api/rate-limits/.
_PER_SECOND: Final = 1.0

SocialRoute = ProviderRoute[SocialAccount]
SocialRoutes = ProviderRoutes[SocialAccount]


def social_routes(settings: Settings, paces: Paces) -> SocialRoutes:
    """All of them; none stands in for another, and a post costs nothing."""
    made = [Mastodon(each, timeout=settings.social_timeout_seconds) for each in settings.social_accounts]
    return SocialRoutes([SocialRoute(each, 0, Turns(paces, f"social/{each.name}", _PER_SECOND)) for each in made])


def account_settings(settings: Settings, name: str) -> SocialAccountSettings | None:
    """Of one; None where it is no more."""
    return next((each for each in settings.social_accounts if each.name == name), None)
