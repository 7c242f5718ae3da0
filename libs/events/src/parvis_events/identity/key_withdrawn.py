# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""KeyWithdrawn, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyWithdrawn:
    """A signing key is trusted no more, for somebody else may have it.

    Whatever it signs is refused from now on.

    Attributes:
        kid: The `kid` of the tokens that are refused: the key's RFC 7638 thumbprint.
        collectivity: Always `*`: keys serve the whole deployment.
    """

    TYPE: ClassVar[str] = "fr.parvis.identity.key-withdrawn.v1"
    TOPIC: ClassVar[str] = "parvis.identity.session.v1"

    kid: str
    collectivity: str
    occurred_at: datetime
    sequence: int
