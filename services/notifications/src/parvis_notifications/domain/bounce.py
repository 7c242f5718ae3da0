# SPDX-License-Identifier: EUPL-1.2
"""What a delivery status notification means (RFC 3464) by its action and its status code (RFC 3463)."""

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from parvis_notifications.domain.delivery import Fault

_STATUS: Final = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})")
# No such mailbox, no such system, an address that cannot be one, moved without a new address, a null MX (RFC 7505),
# a mailbox that was closed. Not: full, too large, refused as spam or by a policy, which say nothing of the address.
_NO_ADDRESS: Final = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
# What says nothing of the address: the sender's is wrong (X.1.7, X.1.8), or what lies behind takes no more (X.1.9); the
# mailbox is full, which its owner may change, or this mail is too long for it.
_NOT_OF_ADDRESS: Final = frozenset({"5.1.7", "5.1.8", "5.1.9", "5.2.2", "5.2.3"})


class Fate(Enum):
    """What becomes of a mail that the relay had taken."""

    DELAYED = auto()
    """Nothing yet: the relay still tries."""
    LOST = auto()
    """It does not arrive; another mail to this address may."""
    NO_ADDRESS = auto()
    """It does not arrive, and no other will: there is no such address."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was reported of the one recipient of a mail; ``status`` has three numbers, or is empty."""

    action: str
    status: str

    @property
    def fate(self) -> Fate | None:
        """None for what is no trouble: delivered, relayed to where no reports come from, expanded (section 2.3.3)."""
        if self.action == "failed":
            return Fate.NO_ADDRESS if self.status in _NO_ADDRESS else Fate.LOST
        return Fate.DELAYED if self.action == "delayed" else None

    @property
    def of_address(self) -> bool:
        """Whether it failed for good by the address or its mailbox (X.1, X.2), not by a policy, a filter or the net.

        A report without a status says nothing of it either.
        """
        return (
            self.action == "failed" and self.status.startswith(("5.1.", "5.2.")) and self.status not in _NOT_OF_ADDRESS
        )

    @property
    def fault(self) -> Fault:
        """Of one that does not arrive: a relay gives up by a status of class 4 (RFC 3463 section 2)."""
        return Fault.TEMPORARY if self.status.startswith("4") else Fault.PERMANENT


def report(action: str, status: str) -> Report:
    """From the two fields as they came: comments and what is no status are left out."""
    found = _STATUS.match(status.strip())
    return Report(action.strip().split(" ")[0].lower(), found.group() if found else "")
