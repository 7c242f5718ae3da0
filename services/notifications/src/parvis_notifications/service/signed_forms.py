# SPDX-License-Identifier: EUPL-1.2
"""Forms that providers bring of calls and text messages: whether one is signed by its provider for its address."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from parvis_notifications.outgoing.twilio_signing import TwilioSigning
from parvis_notifications.sms_settings import SmsProviderSettings
from parvis_notifications.voice_settings import VoiceProviderSettings


class NotSignedError(Exception):
    """It is not signed by that provider for that address."""


@dataclass(frozen=True, slots=True)
class BroughtForm:
    """What came: ``provider`` as its address names it, ``url`` is the address as we gave it."""

    provider: str
    url: str
    signature: str
    fields: Mapping[str, str]


def checked(
    brought: BroughtForm, providers: Iterable[SmsProviderSettings] | Iterable[VoiceProviderSettings]
) -> BroughtForm:
    """The form, without characters that no database takes; raises NotSignedError."""
    secret = next((each.signing for each in providers if each.name == brought.provider), None)
    if secret is None or not TwilioSigning(secret).signed(brought.url, brought.fields, brought.signature):
        raise NotSignedError
    return replace(brought, fields={name: each.replace("\0", "") for name, each in brought.fields.items()})
