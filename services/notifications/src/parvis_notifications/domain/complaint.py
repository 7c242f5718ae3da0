# SPDX-License-Identifier: EUPL-1.2
"""What a mailbox provider tells of a mail that its reader called spam (abuse reporting format, RFC 5965)."""

from dataclasses import dataclass
from typing import Final

ENDS: Final = frozenset({"abuse", "opt-out"})
"""Kinds of complaints by which their reader wants no more such mails; "opt-out" is that of RFC 5965's first drafts."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """Its kind, and what of the mail names it to us: envelope senders, and links of ``List-Unsubscribe`` (RFC 2369).

    Both are signed by us: nothing else of it is believed.
    """

    kind: str
    senders: tuple[str, ...]
    links: tuple[str, ...]
