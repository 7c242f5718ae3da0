# SPDX-License-Identifier: EUPL-1.2
"""Proofs of possession (RFC 9449): a token that is bound to a key is of no use to whoever has the token alone."""

import time
from base64 import urlsafe_b64encode
from collections import OrderedDict
from hashlib import sha256
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.jws import extract_compact

ALGORITHM: Final = "ES256"
# How far a client's clock may be from ours, with the time that a proof is on its way.
SECONDS: Final = 60
_REMEMBERED: Final = 100_000
_taken: Final[OrderedDict[tuple[str, str, str | None], float]] = OrderedDict()


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


def take_once(proof: Proof) -> None:
    """Raises ProofError the second time in this process; among several replicas, each takes a proof once."""
    now = time.monotonic()
    while _taken and (len(_taken) > _REMEMBERED or next(iter(_taken.values())) < now):
        _taken.popitem(last=False)
    if proof in _taken:
        raise ProofError
    _taken[proof] = now + 2 * SECONDS
