# SPDX-License-Identifier: EUPL-1.2
"""Proofs of possession (RFC 9449): a token that is bound to a key is of no use to whoever has the token alone."""

import json
import time
from base64 import urlsafe_b64encode
from collections import OrderedDict
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.jws import extract_compact

from parvis_kit.db.database import Connections

ALGORITHM: Final = "ES256"
# How far a client's clock may be from ours, with the time that a proof is on its way.
SECONDS: Final = 60
_REMEMBERED: Final = 100_000
TABLE: Final = Path(__file__).with_suffix(".sql").read_text("utf-8")
# Each new one takes two away that have had their time: the table stays as long as two minutes of calls are many.
_TAKE: Final = """
    WITH old AS (
        DELETE FROM dpop_proof WHERE proof IN (
            SELECT proof FROM dpop_proof WHERE expires_at < now() ORDER BY expires_at LIMIT 2 FOR UPDATE SKIP LOCKED
        )
    )
    INSERT INTO dpop_proof (proof, expires_at) VALUES ($1, now() + $2) ON CONFLICT DO NOTHING RETURNING true
"""


def create_proof_table(op: Any) -> None:
    """In a service's migration; ``op`` is alembic's. What a crash empties is two minutes of memory."""
    for statement in TABLE.split("\n\n"):
        op.execute(statement)


class ProofError(Exception):
    """The proof is missing, forged, stale, for another request, or was seen before."""


class Proof(NamedTuple):
    """A proof that holds for one request: the RFC 7638 thumbprint of its key, its identifier, the server's nonce."""

    thumbprint: str
    jti: str
    nonce: str | None


def read_proof(text: str, *, method: str, url: str, token: str | None = None) -> Proof:
    """The proof of a request (RFC 9449 section 4.3) to ``url`` without query, with that token; raises ProofError."""
    try:
        key = ECKey.import_key(extract_compact(text[:4_096].encode("ascii")).headers()["jwk"])
        decoded = jwt.decode(text, key, algorithms=[ALGORITHM])
        claims = decoded.claims
        address = urlsplit(claims["htu"])
        hashed = urlsafe_b64encode(sha256((token or "").encode("ascii")).digest()).rstrip(b"=").decode()
        if (
            decoded.header["typ"] == "dpop+jwt"
            and not key.is_private
            and claims["htm"] == method
            and f"{address.scheme}://{address.netloc.lower()}{address.path}" == url
            and abs(time.time() - claims["iat"]) <= SECONDS
            and (token is None or claims["ath"] == hashed)
        ):
            return Proof(key.thumbprint(), str(claims["jti"]), claims.get("nonce"))
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProofError from error
    raise ProofError


class Proofs:
    """Those that were seen by this process and, in its database, by every replica of the service."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._taken: OrderedDict[bytes, float] = OrderedDict()

    async def take_once(self, proof: Proof) -> None:
        """Raises ProofError the second time, whichever replica was the first; 503 while the database is down."""
        seen, now = sha256(json.dumps(proof).encode("ascii")).digest(), time.monotonic()
        while self._taken and (len(self._taken) > _REMEMBERED or next(iter(self._taken.values())) < now):
            self._taken.popitem(last=False)
        if seen in self._taken:
            raise ProofError
        self._taken[seen] = now + 2 * SECONDS
        async with self._connections.lend() as connection:
            if not await connection.fetchval(_TAKE, seen, timedelta(seconds=2 * SECONDS)):
                raise ProofError
