# SPDX-License-Identifier: EUPL-1.2
"""What the look-alikes sign: id_token and userinfo, ES256."""

import hashlib
import json
import time
from base64 import urlsafe_b64encode
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from parvis_local.franceconnect.profiles import Profile
from parvis_local.franceconnect.state import Granted

TOKEN_SECONDS: Final = 60


class Signer:
    """The keys of one provider, new at each start, as after a rotation."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer
        self._key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)

    def jwks(self) -> dict[str, Any]:
        """The public keys."""
        return dict(KeySet([self._key]).as_dict(private=False))

    def id_token(self, granted: Granted, subject: str, access_token: str) -> str:
        """Who signed in, without a claim about them."""
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        now = int(time.time())
        return self._sign(
            {
                "sub": subject,
                "acr": granted.asked.acr,
                "auth_time": granted.at,
                "nonce": granted.asked.nonce,
                "aud": granted.asked.client_id,
                "exp": now + TOKEN_SECONDS,
                "iat": now,
                "iss": self._issuer,
                "at_hash": urlsafe_b64encode(half).rstrip(b"=").decode(),
            }
        )

    def userinfo(self, granted: Granted, subject: str, profile: Profile) -> str:
        """What the scopes give of the person."""
        names = {name for scope in granted.asked.scope for name in profile.claims.get(scope, ())}
        known = profile.people[granted.person]
        now = int(time.time())
        bound = {"sub": subject, "iss": self._issuer, "aud": granted.asked.client_id, "iat": now}
        return self._sign({name: known[name] for name in names if name in known} | bound | {"exp": now + TOKEN_SECONDS})

    def reads(self, token: str) -> dict[str, Any] | None:
        """The claims of a token of our own, even one that has ended; None for any other."""
        try:
            return dict(jwt.decode(token, self._key, algorithms=["ES256"]).claims)
        except (JoseError, ValueError):
            return None

    def _sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "ES256", "kid": self._key.kid}, claims, self._key)


def pairwise(entity: str, person: str, known: Any) -> str:
    """64 hexadecimal digits and ``v1``: of the entity and the identity, the same for all clients of one entity."""
    identity = json.dumps(known, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(f"{entity}/{person}/{identity}".encode()).hexdigest() + "v1"
