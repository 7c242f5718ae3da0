# SPDX-License-Identifier: EUPL-1.2
"""The providers of calls, as the settings have them."""

from parvis_notifications.db.paces import Paces
from parvis_notifications.outgoing.twilio_voice import TwilioVoice
from parvis_notifications.outgoing.voice import VoiceProvider
from parvis_notifications.service.provider_routes import ProviderRoute, ProviderRoutes
from parvis_notifications.service.turns import Turns
from parvis_notifications.settings import Settings

VoiceRoute = ProviderRoute[VoiceProvider]
VoiceRoutes = ProviderRoutes[VoiceProvider]


def voice_routes(settings: Settings, paces: Paces) -> VoiceRoutes:
    """In their order; they hold connections from now on."""
    timeout, ring = settings.voice_timeout_seconds, settings.voice_ring_seconds
    made = [
        VoiceRoute(
            TwilioVoice(each, timeout=timeout, ring_seconds=ring),
            each.minute_millicents,
            Turns(paces, f"voice/{each.name}", each.per_second),
        )
        for each in settings.voice_providers
    ]
    return VoiceRoutes(made)
