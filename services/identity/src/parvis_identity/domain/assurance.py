# SPDX-License-Identifier: EUPL-1.2
"""What our own accounts vouch for: names of levels (``acr``) and of methods (``amr``, RFC 8176).

An account of ours has no level of the eIDAS regulation (implementing regulation (EU) 2015/1502): nobody has seen an
identity document. So it never bears a name that begins with ``eidas``.
"""

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


def acr_of(amr: tuple[str, ...]) -> str:
    """The level of a sign-in by these methods."""
    return LOCAL_MFA_ACR if MULTI_FACTOR in amr else LOCAL_ACR
