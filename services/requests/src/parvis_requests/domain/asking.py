# SPDX-License-Identifier: EUPL-1.2
"""Who asks for something, and by which way it came to the town."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from parvis_requests.domain.errors import (
    AccountRequiredError,
    ChannelError,
    EmailRequiredError,
    LevelTooLowError,
    NotForCallerError,
    NotOnBehalfError,
)

LEVELS: Final = ("eidas1", "eidas2", "eidas3")


class Channel(StrEnum):
    """The ways to a town hall; on all but the first an agent files what somebody asks for."""

    ONLINE = "online"
    COUNTER = "counter"
    PHONE = "phone"
    LETTER = "letter"
    EMAIL = "email"
    SOCIAL = "social"


class AddressRule(StrEnum):
    """What somebody without an account leaves who files for themselves: any address, one, or one that they confirm."""

    OPTIONAL = "optional"
    REQUIRED = "required"
    CONFIRMED = "confirmed"


class ReceiptWay(StrEnum):
    """How somebody without an account gets the receipt that the law wants."""

    EMAIL = "email"
    LETTER = "letter"
    HAND = "hand"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may ask for something, and by which ways; ``level`` is the least assurance of a citizen (eIDAS).

    ``email`` holds for who has no account.
    """

    anonymous: bool
    citizen: bool
    agent: bool
    level: str | None
    channels: Collection[str]
    email: AddressRule = AddressRule.OPTIONAL


@dataclass(frozen=True, slots=True)
class Asker:
    """Whoever files a request: without an account, with one, or an agent for either of them.

    ``has_address`` where somebody without an account has left one.
    """

    has_account: bool
    by_agent: bool = False
    channel: Channel = Channel.ONLINE
    assurance: str | None = None
    has_address: bool = False

    def check(self, audience: Audience) -> None:
        """Raise unless they may ask for what is for that audience.

        Raises NotOnBehalfError where agents file it for nobody, ChannelError where it does not come by this way or
        where a person of the public claims another than online, AccountRequiredError, NotForCallerError where nobody
        of the public files it online, LevelTooLowError, or EmailRequiredError.
        """
        if self.by_agent:
            self._check_agent(audience)
        elif self.channel is not Channel.ONLINE:
            raise ChannelError
        elif not self.has_account and not audience.anonymous:
            raise AccountRequiredError
        elif Channel.ONLINE not in audience.channels or (self.has_account and not audience.citizen):
            raise NotForCallerError
        # Whom an agent has before them shows who they are to the agent; with an account, the account says it.
        if self.has_account or not self.by_agent:
            self._check_level(audience)
        alone = not self.has_account and not self.by_agent
        if alone and not self.has_address and audience.email is not AddressRule.OPTIONAL:
            raise EmailRequiredError

    def _check_agent(self, audience: Audience) -> None:
        if not audience.agent:
            raise NotOnBehalfError
        unattended = self.channel is Channel.ONLINE and not self.has_account
        if unattended or self.channel not in audience.channels:
            raise ChannelError

    def _check_level(self, audience: Audience) -> None:
        wanted = audience.level
        if wanted and (self.assurance not in LEVELS or LEVELS.index(self.assurance) < LEVELS.index(wanted)):
            raise LevelTooLowError


def receipt_way(channel: Channel, *, email: bool, postal: bool) -> ReceiptWay:
    """The best way that is left: by e-mail, by letter, or over the counter where the person stands there."""
    if email:
        return ReceiptWay.EMAIL
    if postal:
        return ReceiptWay.LETTER
    return ReceiptWay.HAND if channel is Channel.COUNTER else ReceiptWay.NONE
