# SPDX-License-Identifier: EUPL-1.2
"""What the service signs (Ed25519, RFC 8032): receipts, roots of the urn while it fills, the record of a count.

Signatures are deterministic: the same receipt signed again is the same bytes, and tells nothing of when it was asked.
"""

import json
from hmac import digest as hmac_digest
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from parvis_kit.crypto.keys import MasterKey


class Seals:
    """The service's signing key, and the key that hides accounts on the roll; both derived from the master key."""

    def __init__(self, master: MasterKey) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(master.derive("poll-signatures"))
        self._roll_key = master.derive("poll-roll")
        self._agent_key = master.derive("poll-agents")
        self._body_key = master.derive("idempotent-bodies")

    @property
    def public_key(self) -> bytes:
        """The 32 bytes with which anybody checks the signatures."""
        return self._key.public_key().public_bytes_raw()

    def account_key(self, scrutiny: UUID, account: UUID) -> bytes:
        """Which account somebody votes by; those of two polls or budgets cannot be joined without the service's key."""
        return hmac_digest(self._roll_key, scrutiny.bytes + account.bytes, "sha256")

    def agent_key(self, poll: UUID, agent: UUID) -> bytes:
        """Which agent acted on a poll, or another object; joined with nobody's key on its roll."""
        return hmac_digest(self._agent_key, poll.bytes + agent.bytes, "sha256")

    def agent_name(self, of: str, agent: UUID) -> str:
        """How an agent is called in the acts on that object: another name on each, so that nobody's work is told."""
        return hmac_digest(self._agent_key, f"town/{of}/{agent}".encode(), "sha256").hex()[:12]

    def told_apart(self, body: bytes) -> bytes:
        """What tells a call's body from another one, and is not found by trying bodies.

        An idempotency record keeps a digest of it beside who called.
        """
        return hmac_digest(self._body_key, body, "sha256")

    def document_key(self, poll: UUID, document: str, number: str) -> bytes:
        """Which document somebody votes by at a desk: the same however their civil status is typed."""
        return hmac_digest(self._roll_key, poll.bytes + f"document/{document}/{number}".encode(), "sha256")

    def receipt(self, poll: UUID, commitment: bytes) -> bytes:
        """The urn of that poll holds a ballot with this commitment."""
        return self._key.sign(receipt_text(poll, commitment))

    def root(self, poll: UUID, size: int, root: bytes) -> bytes:
        """The first ``size`` commitments of that poll have this root."""
        return self._key.sign(root_text(poll, size, root))

    def acts(self, collectivity: str, number: int, digest: bytes) -> bytes:
        """The newest act of that town is the one with this number and digest."""
        return self._key.sign(acts_text(collectivity, number, digest))

    def record(self, record: dict[str, Any]) -> bytes:
        """The record of a count."""
        return self._key.sign(canonical(record))


def receipt_text(poll: UUID, commitment: bytes) -> bytes:
    """What a receipt signs."""
    return f"parvis-receipt-v1\n{poll}\n{commitment.hex()}\n".encode()


def root_text(poll: UUID, size: int, root: bytes) -> bytes:
    """What a signed root says."""
    return f"parvis-root-v1\n{poll}\n{size}\n{root.hex()}\n".encode()


def acts_text(collectivity: str, number: int, digest: bytes) -> bytes:
    """What the signed head of a town's acts says."""
    return f"parvis-acts-v1\n{collectivity}\n{number}\n{digest.hex()}\n".encode()


def canonical(record: dict[str, Any]) -> bytes:
    """JSON with sorted keys and no spaces, in UTF-8: the same bytes for whoever writes it."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
