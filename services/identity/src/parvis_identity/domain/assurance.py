# SPDX-License-Identifier: EUPL-1.2
"""What our own accounts vouch for: names of levels (``acr``) and of methods (``amr``, RFC 8176).

An account of ours has no level of the eIDAS regulation (implementing regulation (EU) 2015/1502): nobody has seen an
identity document. So it never bears a name that begins with ``eidas``.
"""

from collections.abc import Collection
from typing import Final

LOCAL: Final = "local"
"""What stands for our own accounts where a session names its provider."""

LOCAL_ACR: Final = "urn:parvis:acr:local"
PASSWORD: Final = "pwd"  # noqa: S105 - the name of a method

LOCAL_MFA_ACR: Final = "urn:parvis:acr:local-mfa"
ONE_TIME_CODE: Final = "otp"
MULTI_FACTOR: Final = "mfa"
DEVICE_KEY: Final = "hwk"
"""A key that never leaves its device."""
SYNCED_KEY: Final = "swk"
"""A key that software copies between devices of its owner: less than what no copy is made of."""
PRESENCE: Final = "user"
BY_KEY: Final = frozenset({DEVICE_KEY, SYNCED_KEY})


_CHECKED: Final = "https://proconnect.gouv.fr/assurance/consistency-checked"
LADDERS: Final = (
    # Substantial and high want two factors anyway (implementing regulation (EU) 2015/1502, annex, 2.2.1).
    ("eidas1", "eidas1-mfa", "eidas2", "eidas3"),
    (_CHECKED, f"{_CHECKED}-2fa"),
    (LOCAL_ACR, LOCAL_MFA_ACR),
)
"""Levels from low to high: who has reached one has reached those below it, and nothing of the other ladder."""

LEVELS: Final = tuple(level for ladder in LADDERS for level in ladder)


def reaches(acr: str | None, wanted: Collection[str]) -> bool:
    """True where one of the wanted levels is reached, or none is wanted (RFC 9470 section 4)."""
    reached = {level for ladder in LADDERS if acr in ladder for level in ladder[: ladder.index(acr) + 1]}
    return not wanted or acr in wanted or not reached.isdisjoint(wanted)


def acr_of(amr: tuple[str, ...]) -> str:
    """The level of a sign-in by these methods."""
    return LOCAL_MFA_ACR if MULTI_FACTOR in amr else LOCAL_ACR
