# SPDX-License-Identifier: EUPL-1.2
"""Whom an application writes to, as the channel has it: an address or a number, or the lines of a postal address."""

from collections.abc import Sequence

from parvis_kit.locale import Text
from parvis_kit.problems import VALIDATION, FieldError, Problem
from parvis_notifications.domain.sending import KeyKind, Sender
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.postal_addresses import address_of, kept_address
from parvis_notifications.settings import Settings

_ONE_OF_THEM = Text(
    fr="Donnez les lignes d'une adresse postale pour une lettre, et sinon une adresse ou un numéro.",
    en="Give the lines of a postal address for a letter, and otherwise an address or a number.",
)
_NOT_OFFERED = {
    Channel.LETTER: Text(fr="Cette clé n'envoie pas de lettres.", en="This key sends no letters."),
    Channel.VOICE: Text(fr="Cette clé n'appelle personne.", en="This key calls nobody."),
}


def recipient_of(channel: Channel, to: str | None, address_lines: Sequence[str] | None) -> str:
    """The one that the channel takes; raises a problem, or PostalAddressError."""
    if channel is Channel.LETTER:
        if to is not None or address_lines is None:
            raise _refused("/address_lines", "recipient-of-another-channel", _ONE_OF_THEM)
        return kept_address(address_of(address_lines))
    if to is None or address_lines is not None:
        raise _refused("/to", "recipient-of-another-channel", _ONE_OF_THEM)
    return to


def channel_offered(settings: Settings, sender: Sender, channel: Channel) -> None:
    """Raises a problem where nobody posts letters or calls, or not for this key; what a test key sends needs nobody."""
    if channel not in _NOT_OFFERED or sender.kind is KeyKind.TEST:
        return
    there = settings.letters_offered if channel is Channel.LETTER else settings.voice_providers
    if not there or not sender.own_day(channel):
        raise _refused("/channel", "channel-not-offered", _NOT_OFFERED[channel])


def _refused(pointer: str, code: str, said: Text) -> Problem:
    return VALIDATION.problem(said.fr, said.en, errors=[FieldError(pointer, code, said)])
