# SPDX-License-Identifier: EUPL-1.2
"""A client's proof that it holds a key, on its way to tokens that are bound to it (RFC 9449 section 5)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from parvis_identity.db import spent_identifiers
from parvis_identity.domain.errors import OAuthError
from parvis_identity.domain.nonces import Nonces
from parvis_identity.domain.opaque import fingerprint
from parvis_kit.crypto.keys import MasterKey
from parvis_kit.db.database import Database
from parvis_kit.security.dpop import SECONDS, ProofError, read_proof


class CheckProof:
    """The use case, with what it needs."""

    def __init__(self, database: Database, master: MasterKey, public_url: str) -> None:
        self._database = database
        self._nonces = Nonces(master.derive("dpop-nonce"))
        self._public_url = public_url

    def nonce(self, now: datetime) -> str:
        """What the next proof must contain."""
        return self._nonces.current(now.timestamp())

    async def key(self, proofs: Sequence[str], path: str, now: datetime) -> str | None:
        """The thumbprint of the key that a POST proves to hold; None without a proof, OAuthError for a wrong one."""
        if not proofs:
            return None
        try:
            (text,) = proofs
            proof = read_proof(text, method="POST", url=f"{self._public_url}{path}")
        except (ProofError, ValueError) as error:
            raise OAuthError("invalid_dpop_proof", "the proof is not for this request, or was not made now") from error
        if not self._nonces.takes(proof.nonce, now.timestamp()):
            raise OAuthError("use_dpop_nonce", "put the nonce of the DPoP-Nonce header into the proof")
        once = fingerprint(f"dpop\x00{proof.thumbprint}\x00{proof.jti}")
        async with self._database.unit_of_work() as uow:
            unused = await spent_identifiers.spend(uow.session, once, now + timedelta(seconds=2 * SECONDS))
            await uow.commit()
        if not unused:
            raise OAuthError("invalid_dpop_proof", "the proof was used before")
        return proof.thumbprint
