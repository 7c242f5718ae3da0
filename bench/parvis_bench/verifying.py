# SPDX-License-Identifier: EUPL-1.2
"""What the check of an access token takes a service, and what the check of its signature alone would."""

import time
from collections.abc import Callable
from typing import Final
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.util import urlsafe_b64decode

from parvis_kit.security.tokens import TokenVerifier
from parvis_testing import TokenIssuer
from parvis_testing.tokens import ISSUER

_AUDIENCE: Final = "parvis-requests"
_TOKENS: Final = 500
_WARM_CALLS: Final = 20_000


class Checks:
    """Microseconds of processor time for one token; each way takes its own tokens, all of one issuer."""

    def __init__(self, issuer: TokenIssuer) -> None:
        self._issuer = issuer
        until = int(time.time()) + 3_600
        self._tokens = [
            issuer.token(audience=_AUDIENCE, scope="requests.requests.read", sub=str(uuid4()), exp=until)
            for _ in range(_TOKENS)
        ]

    async def cold(self) -> float:
        """By a verifier that sees each for the first time."""
        verifier = self._verifier()
        started = time.process_time()
        for token in self._tokens:
            await verifier.verify(token)
        return 1e6 * (time.process_time() - started) / _TOKENS

    async def warm(self) -> float:
        """By a verifier that has seen it within the minute."""
        verifier, token = self._verifier(), self._tokens[0]
        await verifier.verify(token)
        started = time.process_time()
        for _ in range(_WARM_CALLS):
            await verifier.verify(token)
        return 1e6 * (time.process_time() - started) / _WARM_CALLS

    def signature(self) -> float:
        """By the cryptographic library alone: ES256 over the bytes that were signed."""
        public: ec.EllipticCurvePublicKey = self._issuer.key.get_op_key("verify")
        checks = [_signed(public, token) for token in self._tokens]
        started = time.process_time()
        for check in checks:
            check()
        return 1e6 * (time.process_time() - started) / _TOKENS

    def _verifier(self) -> TokenVerifier:
        return TokenVerifier(issuer=ISSUER, audience=_AUDIENCE, keys=self._issuer.keys())


def _signed(public: ec.EllipticCurvePublicKey, token: str) -> Callable[[], None]:
    signed, _, signature = token.rpartition(".")
    raw = urlsafe_b64decode(signature.encode())
    r, s = (int.from_bytes(half, "big") for half in (raw[:32], raw[32:]))
    der, algorithm = encode_dss_signature(r, s), ec.ECDSA(SHA256())
    return lambda: public.verify(der, signed.encode(), algorithm)
