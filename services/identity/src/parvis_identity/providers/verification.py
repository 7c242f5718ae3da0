# SPDX-License-Identifier: EUPL-1.2
"""Verification of what a provider signs: one pinned algorithm, its own keys, and every claim that binds it to us."""

import time
from base64 import urlsafe_b64encode
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jws import extract_compact

from parvis_identity.domain.errors import Refusal, RefusedError
from parvis_identity.providers.discovery import Metadata
from parvis_kit.logs import logger
from parvis_kit.problems import Problem

_LEEWAY_SECONDS: Final = 10
_MAX_LENGTH: Final = 65_536
_log = logger(__name__)


async def id_token_claims(
    token: str, metadata: Metadata, *, algorithm: str, client_id: str, nonce: str | None, access_token: str
) -> dict[str, Any]:
    """The claims of an id_token (OpenID Connect Core section 3.1.3.7); raises RefusedError unless all is right.

    ``algorithm`` is the one that is agreed with the provider, whatever the token or its key says of that
    (RFC 8725 section 3.1). ``nonce`` is None for one that came for a refresh token, which need not repeat it (section
    12.2).
    """
    claims = await _claims(token, metadata, algorithm, client_id)
    given = claims.get("nonce")
    if nonce and not (isinstance(given, str) and compare_digest(given.encode(), nonce.encode())):
        raise _untrusted("nonce")
    if claims.get("azp", client_id) != client_id:
        raise _untrusted("azp")
    if "at_hash" in claims and claims["at_hash"] != _half_hash(access_token):
        raise _untrusted("at_hash")
    return claims


async def userinfo_claims(
    token: str, metadata: Metadata, *, algorithm: str, client_id: str, subject: str
) -> dict[str, Any]:
    """The claims of a signed userinfo answer, which must be about the subject of the id_token."""
    claims = await _claims(token, metadata, algorithm, client_id)
    if claims["sub"] != subject:
        raise _untrusted("userinfo_sub")
    return claims


async def _claims(token: str, metadata: Metadata, algorithm: str, client_id: str) -> dict[str, Any]:
    if len(token) > _MAX_LENGTH:
        raise _untrusted("too_long")
    try:
        kid = extract_compact(token.encode()).headers().get("kid")
        decoded = jwt.decode(token, await metadata.keys.holding(kid), algorithms=[algorithm])
    except Problem as error:
        raise RefusedError(Refusal.PROVIDER_UNREACHABLE) from error
    except (JoseError, ValueError) as error:
        raise _untrusted(type(error).__name__) from error
    claims = decoded.claims
    audience = claims.get("aud")
    now = time.time()
    if claims.get("iss") != metadata.issuer:
        raise _untrusted("iss")
    if audience not in (client_id, [client_id]):
        raise _untrusted("aud")
    if not _is_number(claims.get("exp")) or claims["exp"] < now - _LEEWAY_SECONDS:
        raise _untrusted("exp")
    if not _is_number(claims.get("iat")) or claims["iat"] > now + _LEEWAY_SECONDS:
        raise _untrusted("iat")
    if not isinstance(claims.get("sub"), str) or not 0 < len(claims["sub"]) <= 255:  # noqa: PLR2004 - OIDC Core, 2
        raise _untrusted("sub")
    return claims


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _half_hash(token: str) -> str:
    return urlsafe_b64encode(sha256(token.encode()).digest()[:16]).rstrip(b"=").decode()


def _untrusted(reason: str) -> RefusedError:
    _log.error("provider_answer_refused", reason=reason)
    return RefusedError(Refusal.PROVIDER_UNTRUSTED)
