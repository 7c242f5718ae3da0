# SPDX-License-Identifier: EUPL-1.2
"""Under which name people speak in public: one that tells nobody who they are, the same throughout one collectivity."""

from base64 import b32encode
from hmac import digest as hmac_digest
from typing import Final
from uuid import UUID

from parvis_kit.crypto.keys import MasterKey

_BYTES: Final = 6


class Pseudonyms:
    """Names that only this service can make out of accounts: those of two collectivities cannot be joined."""

    def __init__(self, master: MasterKey) -> None:
        self._key = master.derive("pseudonyms")

    def of(self, collectivity: str, person: UUID) -> str:
        """Ten letters and digits (RFC 4648 section 6); two people of a city have the same by no likelihood."""
        name = hmac_digest(self._key, collectivity.encode() + b"\x00" + person.bytes, "sha256")[:_BYTES]
        return b32encode(name).decode().rstrip("=").lower()
