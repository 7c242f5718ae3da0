# SPDX-License-Identifier: EUPL-1.2
"""The address to which somebody answers: ours to make and to read, and good for one conversation with one person."""

from typing import Final
from uuid import UUID

from parvis_kit.crypto.keys import MasterKey
from parvis_notifications.domain.delivery_token import AddressTokens
from parvis_notifications.domain.message import Template
from parvis_notifications.settings import Settings

ANSWERABLE: Final = frozenset(
    {
        Template.REQUEST_SUBMITTED,
        Template.REQUEST_TAKEN,
        Template.REQUEST_REPLIED,
        Template.REQUEST_MOVED,
        Template.REQUEST_RESOLVED,
    }
)
"""What the person who filed a request is told of it, and answers to by answering the mail."""


class ReplyAddresses:
    """Where no reply address is set there are none."""

    def __init__(self, master: MasterKey, settings: Settings) -> None:
        self._tokens = AddressTokens(master.derive("reply-address"))
        self._local, _, self._domain = settings.reply_address.lower().rpartition("@")

    def of(self, name: UUID | None) -> str | None:
        """The address by the name that it has; None for none."""
        if name is None or not self._domain:
            return None
        return f"{self._local}+{self._tokens.of(name)}@{self._domain}"

    def read(self, address: str) -> UUID | None:
        """The name of an address, which its conversation is found by; None for what we did not make."""
        local, _, domain = address.rpartition("@")
        name, _, token = local.rpartition("+")
        fits = self._domain and (name.lower(), domain.lower()) == (self._local, self._domain)
        return self._tokens.read(token) if fits else None
