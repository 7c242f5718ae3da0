# SPDX-License-Identifier: EUPL-1.2
"""Clients: the applications that people and systems use, and what each may ask for."""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Final

from parvis_identity.domain import redirect_uri
from parvis_identity.domain.signing import SigningAlgorithm

EVERYWHERE: Final = "*"
"""What stands for the collectivity in a token of Parvis's own services, which work for all of them.

It cannot be a collectivity's slug, so a query scoped by it finds nothing.
"""
MIN_SECRET_LENGTH: Final = 32


class UnknownClientError(Exception):
    """The collectivity has no such client."""


class StaleClientError(Exception):
    """Somebody changed the client since it was read."""


class ClientTransitionError(Exception):
    """The client is that already."""


class NoSecretError(Exception):
    """The client has no secret that could be replaced."""


class TooManyClientsError(Exception):
    """The collectivity has as many clients as it can have."""


class Audience(StrEnum):
    """Whom a client serves; it becomes the ``kind`` of the principals in its tokens."""

    CITIZEN = "citizen"
    AGENT = "agent"
    SYSTEM = "system"


class GrantType(StrEnum):
    """The ways to tokens that there are (RFC 6749, RFC 8628, RFC 8693)."""

    AUTHORIZATION_CODE = "authorization_code"
    REFRESH_TOKEN = "refresh_token"  # noqa: S105 - the name of a grant type
    CLIENT_CREDENTIALS = "client_credentials"
    DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
    TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105 - the name of a grant type


class Consent(StrEnum):
    """Whether people are asked. Staff are not: they act for the collectivity, under its rules."""

    ASK = "ask"
    IMPLIED = "implied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One registered application.

    It proves who it is by a secret (``secret_hash``; ``previous_secret_hash`` is that of the secret before, while both
    are taken), by signing with one of its keys (``jwks``, public parts only, or the same at an address of its own,
    ``jwks_uri``), or not at all where it can keep neither. ``pushes_requests`` and ``binds_tokens`` hold it to pushed
    requests (RFC 9126) and to tokens bound to a key (RFC 9449). ``exchanges`` are the resources that it may call in a
    person's name. ``franceconnect_scopes`` are asked of FranceConnect at its sign-ins. ``place_fr`` and ``place_en``
    say where a device stands. ``id_token_algorithm`` signs its id_tokens and logout tokens.
    """

    client_id: str
    collectivity: str | None
    name_fr: str
    name_en: str
    audience: Audience
    secret_hash: bytes | None
    grant_types: frozenset[str]
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    scopes: frozenset[str]
    sector: str
    consent: Consent
    jwks: dict[str, Any] | None = None
    pushes_requests: bool = False
    binds_tokens: bool = False
    backchannel_logout_uri: str | None = None
    exchanges: frozenset[str] = frozenset()
    jwks_uri: str | None = None
    place_fr: str | None = None
    place_en: str | None = None
    previous_secret_hash: bytes | None = None
    franceconnect_scopes: frozenset[str] = frozenset()
    id_token_algorithm: SigningAlgorithm = SigningAlgorithm.RS256

    @property
    def is_public(self) -> bool:
        """True for a client that can keep no secret (RFC 6749 section 2.1)."""
        return self.secret_hash is None and self.jwks is None and self.jwks_uri is None

    @property
    def collectivity_claim(self) -> str:
        """What its tokens say in ``collectivity``."""
        return self.collectivity or EVERYWHERE

    def registered_redirect(self, given: str) -> bool:
        """True when an answer may be sent there."""
        return any(redirect_uri.matches(uri, given) for uri in self.redirect_uris)

    def registered_post_logout_redirect(self, given: str) -> bool:
        """True when a browser may be sent there after signing out."""
        return any(redirect_uri.matches(uri, given) for uri in self.post_logout_redirect_uris)

    def may_use(self, grant_type: GrantType) -> bool:
        """True when it was registered for this grant type."""
        return grant_type in self.grant_types

    def authenticates_with(self, secret: str) -> bool:
        """True for the client's secret; takes the same time whatever was given."""
        given = secret_hash(secret)
        taken = [known for known in (self.secret_hash, self.previous_secret_hash) if known is not None]
        # Each is compared, in whatever order they are: sum() does not stop at the first that fits.
        return sum(compare_digest(known, given) for known in taken) > 0

    def remembers_consent(self, uri: str) -> bool:
        """False where anybody's application can stand behind the redirect URI (RFC 8252 section 8.6)."""
        return not (self.is_public and redirect_uri.is_native(uri))


def secret_hash(secret: str) -> bytes:
    """SHA-256: secrets are random and long, so a slow hash would add nothing."""
    return sha256(secret.encode()).digest()
