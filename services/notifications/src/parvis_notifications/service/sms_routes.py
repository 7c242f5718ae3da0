# SPDX-License-Identifier: EUPL-1.2
"""The providers of text messages, as the settings have them."""

from parvis_notifications.db.paces import Paces
from parvis_notifications.outgoing.ovh import Ovh
from parvis_notifications.outgoing.smpp import Hear, ReceiptBook, Smpp
from parvis_notifications.outgoing.sms import SmsProvider
from parvis_notifications.outgoing.twilio import Twilio
from parvis_notifications.service.provider_routes import ProviderRoute, ProviderRoutes
from parvis_notifications.service.turns import Turns
from parvis_notifications.settings import Settings
from parvis_notifications.sms_settings import SmsProviderSettings

Route = ProviderRoute[SmsProvider]
Routes = ProviderRoutes[SmsProvider]


def sms_routes(settings: Settings, receipts: ReceiptBook, paces: Paces, hear: Hear | None = None) -> Routes:
    """In their order; they hold connections from now on, by which ``hear`` has what people write."""
    made = [
        Route(
            _provider(each, settings, receipts, hear),
            each.segment_millicents,
            Turns(paces, f"sms/{each.name}", each.per_second),
        )
        for each in settings.sms_providers
    ]
    return Routes(made)


def _provider(each: SmsProviderSettings, settings: Settings, receipts: ReceiptBook, hear: Hear | None) -> SmsProvider:
    if each.kind == "smpp":
        # To connect, to bind, to have a turn and to be answered are four waits.
        return Smpp(each, receipts, timeout=settings.sms_timeout_seconds / 4, hear=hear)
    if each.kind == "ovh":
        # The clock is read before what is signed by it, and a message is looked up in two lists.
        return Ovh(each, timeout=settings.sms_timeout_seconds / 2)
    return Twilio(each, timeout=settings.sms_timeout_seconds)
