# SPDX-License-Identifier: EUPL-1.2
"""A client that signs with a key of its own."""

import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from identity_town import ISSUER
from joserfc import jwt
from joserfc.jwk import ECKey

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass
class SigningClient:
    client_id: str
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "own", "use": "sig"}))

    @property
    def jwks(self) -> dict[str, Any]:
        return {"keys": [self.key.as_dict(private=False)]}

    def claims(self, **changed: Any) -> dict[str, Any]:
        now = int(time.time())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": ISSUER,
            "iat": now,
            "exp": now + 60,
            "jti": str(uuid4()),
            **changed,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def assertion(self, **changed: Any) -> str:
        return jwt.encode({"alg": "ES256", "kid": "own"}, self.claims(**changed), self.key)

    def proof(self, assertion: str | None = None) -> dict[str, str]:
        return {"client_assertion_type": TYPE, "client_assertion": assertion or self.assertion()}
