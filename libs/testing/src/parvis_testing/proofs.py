# SPDX-License-Identifier: EUPL-1.2
"""Clients that hold a key of their own and prove it (RFC 9449)."""

import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import ECKey


@dataclass
class KeyHolder:
    """A client's key; every claim and header of a proof can be overridden, and left out with None."""

    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256"))

    @property
    def thumbprint(self) -> str:
        """The ``jkt`` of the tokens that are bound to the key."""
        return self.key.thumbprint()

    def proof(
        self, method: str, url: str, *, token: str | None = None, header: dict[str, Any] | None = None, **changed: Any
    ) -> str:
        """A proof for that request, and for the token that comes with it."""
        claims = {"htm": method, "htu": url, "iat": int(time.time()), "jti": str(uuid4())}
        if token is not None:
            claims["ath"] = urlsafe_b64encode(sha256(token.encode()).digest()).rstrip(b"=").decode()
        given = {name: value for name, value in (claims | changed).items() if value is not None}
        head = {"alg": "ES256", "typ": "dpop+jwt", "jwk": self.key.as_dict(private=False), **(header or {})}
        return jwt.encode({name: value for name, value in head.items() if value is not None}, given, self.key)
