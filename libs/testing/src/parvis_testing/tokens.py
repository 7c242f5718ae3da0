# SPDX-License-Identifier: EUPL-1.2
"""Access tokens as the identity service signs them."""

import time
from typing import Any, Final
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from parvis_kit.security.tokens import ALGORITHM, Keys

ISSUER: Final = "http://localhost:8080"


class TokenIssuer:
    """Signs access tokens as the identity service does."""

    def __init__(self, kid: str = "test") -> None:
        self.kid = kid
        self.key = ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": ALGORITHM})

    def token(self, *, audience: str, scope: str, **claims: Any) -> str:
        """A token for that audience; every claim can be overridden."""
        now = int(time.time())
        body = {
            "iss": ISSUER,
            "aud": [audience],
            "sub": str(uuid4()),
            "client_id": "demo-portal",
            "scope": scope,
            "iat": now,
            "exp": now + 300,
            "jti": str(uuid4()),
            "kind": "citizen",
            "collectivity": "paris",
            **claims,
        }
        return jwt.encode({"alg": ALGORITHM, "kid": self.kid, "typ": "at+jwt"}, body, self.key)

    def keys(self) -> Keys:
        """The verifying side, without a fetch."""
        return _KnownKeys(KeySet([self.key]))


class _KnownKeys(Keys):
    def __init__(self, known: KeySet) -> None:
        super().__init__("http://unused.invalid")
        self._known = known

    async def holding(self, kid: str | None) -> KeySet:  # noqa: ARG002 - the set is fixed
        return self._known
