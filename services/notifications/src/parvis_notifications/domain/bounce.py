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
    def fault(self) -> Fault:
        """Of one that does not arrive: a relay gives up by a status of class 4 (RFC 3463 section 2)."""
        return Fault.TEMPORARY if self.status.startswith("4") else Fault.PERMANENT


def report(action: str, status: str) -> Report:
    """From the two fields as they came: comments and what is no status are left out."""
    found = _STATUS.match(status.strip())
    return Report(action.strip().split(" ")[0].lower(), found.group() if found else "")
