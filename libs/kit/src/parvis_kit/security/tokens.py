# SPDX-License-Identifier: EUPL-1.2
"""Offline verification of access tokens (RFC 9068, ES256, rules of RFC 8725)."""

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Container
from hashlib import sha256
from typing import Any, Final

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact, validate_compact

from parvis_kit.logs import logger
from parvis_kit.problems import INVALID_TOKEN, Problem, unavailable
from parvis_kit.security.principal import Principal

ALGORITHM: Final = "ES256"
MAX_TOKEN_LENGTH: Final = 8_192
_LEEWAY_SECONDS: Final = 5
_CACHE_SIZE: Final = 4_096
_CACHE_SECONDS: Final = 60
_REFRESH_SECONDS: Final = 300
_COOL_DOWN_SECONDS: Final = 10
_log = logger(__name__)


class Keys:
    """The issuer's public keys: fetched, kept, and fetched again when a token names an unknown one.

    The last good set stays in use while the issuer is down.
    """

    def __init__(self, url: str, *, timeout: float = 3.0) -> None:
        self._url = url
        self._timeout = timeout
        self._set: KeySet | None = None
        self._fetched = float("-inf")
        self._tried = float("-inf")
        self._lock = asyncio.Lock()

    async def holding(self, kid: str | None) -> KeySet:
        """The key set, refreshed when it is old or lacks ``kid``; 503 when there has never been one."""
        if self._set is None or self._stale(kid):
            async with self._lock:
                if self._set is None or self._stale(kid):
                    await self._fetch()
        if self._set is None:
            raise unavailable()
        return self._set

    def _stale(self, kid: str | None) -> bool:
        now = time.monotonic()
        if now - self._tried < _COOL_DOWN_SECONDS:
            return False
        known = self._set is not None and any(key.kid == kid for key in self._set.keys)
        return not known or now - self._fetched > _REFRESH_SECONDS

    async def _fetch(self) -> None:
        try:
            async with httpx.AsyncClient(timeout=self._timeout) as client:
                answer = await client.get(self._url)
                answer.raise_for_status()
                self._set = KeySet.import_key_set(answer.json())
                self._fetched = self._tried = time.monotonic()
        except (httpx.HTTPError, JoseError, ValueError) as error:
            if self._set is not None:
                self._tried = time.monotonic()
            _log.warning("jwks_fetch_failed", url=self._url, error=type(error).__name__)


class TokenVerifier:
    """Turns a bearer token into a principal.

    Verified tokens are remembered by their SHA-256 for at most a minute and never past their end, so that a client
    that calls often costs one signature check a minute. Those of ``ended`` sessions and of withdrawn keys, which are
    among them by ``kid``, are refused at each call.
    """

    def __init__(self, *, issuer: str, audience: str, keys: Keys, ended: Container[str | None] = ()) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys = keys
        self._ended = ended
        self._cache: OrderedDict[bytes, tuple[float, Principal, str]] = OrderedDict()

    async def verify(self, token: str) -> Principal:
        """The caller; raises the ``invalid-token`` problem, or 503 while no key has ever been fetched."""
        principal, kid = await self._principal(token)
        if any(id_ in self._ended for id_ in (kid, principal.session, principal.grant, *principal.rests_on)):
            raise refused("session_ended")
        return principal

    async def _principal(self, token: str) -> tuple[Principal, str]:
        digest = sha256(token.encode()).digest()
        cached = self._cache.get(digest)
        if cached and cached[0] > time.time():
            return cached[1:]
        claims, kid = await self._claims(token)
        try:
            principal = Principal.from_claims(claims)
        except (KeyError, ValueError) as error:
            raise refused("invalid_claims") from error
        self._cache[digest] = (min(claims["exp"], time.time() + _CACHE_SECONDS), principal, kid)
        if len(self._cache) > _CACHE_SIZE:
            self._cache.popitem(last=False)
        return principal, kid

    async def _claims(self, token: str) -> tuple[dict[str, Any], str]:
        if len(token) > MAX_TOKEN_LENGTH:
            raise refused("too_long")
        try:
            # The kid only selects among the issuer's own keys (RFC 8725 section 3.10); no more of the header is used.
            signed = extract_compact(token.encode())
            kid = str(signed.headers()["kid"])
            if not validate_compact(signed, await self._keys.holding(kid), algorithms=[ALGORITHM]):
                raise refused("bad_signature")
            claims = json.loads(signed.payload)
        except (JoseError, ValueError, KeyError) as error:
            raise refused(type(error).__name__) from error
        typ = str(signed.headers().get("typ", "")).lower().removeprefix("application/")
        if typ != "at+jwt" or not isinstance(claims, dict):
            raise refused("wrong_typ")
        now = time.time()
        audiences = [claims["aud"]] if isinstance(claims.get("aud"), str) else claims.get("aud") or []
        if claims.get("iss") != self._issuer or self._audience not in audiences:
            raise refused("wrong_issuer_or_audience")
        if not isinstance(claims.get("exp"), int) or claims["exp"] < now - _LEEWAY_SECONDS:
            raise refused("expired")
        if not isinstance(claims.get("iat"), int) or claims["iat"] > now + _LEEWAY_SECONDS:
            raise refused("not_yet_valid")
        return claims, kid


def refused(reason: str, challenge: str = 'Bearer error="invalid_token"') -> Problem:
    """The ``invalid-token`` problem; the reason is for the log alone, the challenge for ``WWW-Authenticate``."""
    _log.info("token_refused", reason=reason)
    return INVALID_TOKEN.problem(
        "Demandez un nouveau jeton puis recommencez.",
        "Ask for a new token, then try again.",
        headers={"WWW-Authenticate": challenge},
    )
