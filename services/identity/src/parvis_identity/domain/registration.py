# SPDX-License-Identifier: EUPL-1.2
"""The metadata of a client that registers itself (RFC 7591 section 2, OpenID Connect Registration 1.0)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from parvis_identity.domain import scopes
from parvis_identity.domain.client import GrantType
from parvis_identity.domain.errors import OAuthError
from parvis_identity.domain.redirect_uri import registration_error
from parvis_identity.domain.signing import SigningAlgorithm

_MAX_URIS: Final = 20
_MAX_NAME: Final = 100
_METHODS: Final = {"none", "client_secret_basic", "client_secret_post", "private_key_jwt"}
_TEXTS: Final = ("client_name", "client_name#fr", "client_name#en", "scope", "backchannel_logout_uri")
_FLAGS: Final = ("require_pushed_authorization_requests", "dpop_bound_access_tokens")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What was asked for, read and judged; members that we do not know were ignored, as the RFC wants."""

    method: str
    members: dict[str, Any]

    @property
    def confidential(self) -> bool:
        """True for a client that proves who it is."""
        return self.method != "none"


def read(body: Mapping[str, Any], allowed: frozenset[str]) -> Metadata:
    """The metadata; raises OAuthError ``invalid_redirect_uri`` or ``invalid_client_metadata``.

    Args:
        body: what the client sent.
        allowed: the scopes that it may register for; all of them where it names none.
    """
    texts = {name: _text(body, name) for name in _TEXTS}
    flags = {name: _flag(body, name) for name in _FLAGS}
    method = body.get("token_endpoint_auth_method", "client_secret_basic")
    if method not in _METHODS:
        raise _invalid(f"token_endpoint_auth_method is one of {', '.join(sorted(_METHODS))}")
    if (method == "private_key_jwt") != isinstance(body.get("jwks"), dict):
        raise _invalid("jwks goes with private_key_jwt")
    if body.get("response_types", ["code"]) != ["code"]:
        raise _invalid("response_types is [code]")
    algorithm = body.get("id_token_signed_response_alg", SigningAlgorithm.RS256.value)
    if algorithm not in list(SigningAlgorithm):
        raise _invalid(f"id_token_signed_response_alg is one of {', '.join(SigningAlgorithm)}")
    name = texts["client_name"] or texts["client_name#fr"] or texts["client_name#en"]
    if not name:
        raise _invalid("client_name is missing: people read it before they consent")
    wanted = scopes.parse(texts["scope"]) if texts["scope"] else allowed
    if not wanted or not wanted <= allowed:
        raise _invalid(f"scope must be among those allowed: {' '.join(sorted(allowed))}")
    members = {
        "name": {"fr": texts["client_name#fr"] or name, "en": texts["client_name#en"] or name},
        "grant_types": _grants(body),
        "redirect_uris": _uris(body, "redirect_uris", required=True),
        "post_logout_redirect_uris": _uris(body, "post_logout_redirect_uris"),
        "scopes": sorted(wanted),
        "jwks": body.get("jwks"),
        "pushes_requests": flags["require_pushed_authorization_requests"],
        "id_token_algorithm": algorithm,
        "binds_tokens": flags["dpop_bound_access_tokens"],
        "backchannel_logout_uri": texts["backchannel_logout_uri"],
        "audience": "citizen",
        "consent": "ask",
    }
    return Metadata(method=method, members=members)


def _grants(body: Mapping[str, Any]) -> list[str]:
    asked = body.get("grant_types", [GrantType.AUTHORIZATION_CODE.value])
    known = [GrantType.AUTHORIZATION_CODE.value, GrantType.REFRESH_TOKEN.value]
    if not isinstance(asked, list) or known[0] not in asked or not all(grant in known for grant in asked):
        raise _invalid("grant_types is authorization_code, with refresh_token where it is wanted")
    return [grant for grant in known if grant in asked]


def _uris(body: Mapping[str, Any], member: str, *, required: bool = False) -> list[str]:
    uris = body.get(member, [])
    if not isinstance(uris, list) or len(uris) > _MAX_URIS or (required and not uris):
        raise OAuthError("invalid_redirect_uri", f"{member} is a list of 1 to {_MAX_URIS} addresses")
    for uri in uris:
        problem = registration_error(uri) if isinstance(uri, str) else "must be a string"
        if problem:
            raise OAuthError("invalid_redirect_uri", f"{member}: each {problem}")
    return uris


def _text(body: Mapping[str, Any], member: str) -> str | None:
    value = body.get(member)
    if value is None:
        return None
    bound = _MAX_NAME if member.startswith("client_name") else 2_000
    if not isinstance(value, str) or not value.strip() or len(value) > bound or not value.isprintable():
        raise _invalid(f"{member} is a text of 1 to {bound} characters")
    return value.strip()


def _flag(body: Mapping[str, Any], member: str) -> bool:
    value = body.get(member, False)
    if not isinstance(value, bool):
        raise _invalid(f"{member} is true or false")
    return value


def _invalid(description: str) -> OAuthError:
    return OAuthError("invalid_client_metadata", description)
