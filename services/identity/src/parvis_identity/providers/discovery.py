# SPDX-License-Identifier: EUPL-1.2
"""A provider's own description (OpenID Connect Discovery 1.0), and its keys."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from parvis_identity.domain.errors import Refusal, RefusedError
from parvis_identity.providers.transport import Transport
from parvis_kit.logs import logger
from parvis_kit.security.tokens import Keys

_KEEP_SECONDS: Final = 3_600
_log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The addresses that we use, and the keys behind one of them."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None
    sends_iss: bool
    keys: Keys


class Discovery:
    """The metadata of one issuer, kept for an hour, and beyond it while the provider does not answer."""

    def __init__(self, issuer: str, url: str, transport: Transport, timeout: float) -> None:
        self._issuer = issuer
        self._url = url
        self._transport = transport
        self._timeout = timeout
        self._metadata: Metadata | None = None
        self._until = float("-inf")
        self._lock = asyncio.Lock()

    async def metadata(self) -> Metadata:
        """The provider's metadata; raises RefusedError where there are none to be had."""
        if self._metadata is None or time.monotonic() > self._until:
            async with self._lock:
                if self._metadata is None or time.monotonic() > self._until:
                    await self._read()
        if self._metadata is None:
            raise RefusedError(Refusal.PROVIDER_UNREACHABLE)
        return self._metadata

    async def _read(self) -> None:
        try:
            self._metadata = await self._fetched()
        except RefusedError:
            if self._metadata is None:
                raise
        self._until = time.monotonic() + _KEEP_SECONDS

    async def _fetched(self) -> Metadata:
        reply = await self._transport.get(self._url)
        if not reply.ok:
            _log.warning("provider_discovery_failed", issuer=self._issuer, status=reply.status)
            raise RefusedError(Refusal.PROVIDER_UNREACHABLE)
        return self._checked(reply.json())

    def _checked(self, document: dict[str, Any]) -> Metadata:
        # An issuer that names another one is somebody else (OpenID Connect Discovery section 4.3).
        if document.get("issuer") != self._issuer:
            _log.error("provider_issuer_differs", issuer=self._issuer)
            raise RefusedError(Refusal.PROVIDER_UNTRUSTED)
        names = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
        found = {name: document.get(name) for name in names}
        end_session = document.get("end_session_endpoint")
        for name, address in {**found, "end_session_endpoint": end_session or found["jwks_uri"]}.items():
            if not self._acceptable(address):
                _log.error("provider_endpoint_refused", issuer=self._issuer, endpoint=name)
                raise RefusedError(Refusal.PROVIDER_UNTRUSTED)
        jwks_uri = str(found["jwks_uri"])
        known = self._metadata.keys if self._metadata and self._metadata.jwks_uri == jwks_uri else None
        return Metadata(
            issuer=self._issuer,
            authorization_endpoint=str(found["authorization_endpoint"]),
            token_endpoint=str(found["token_endpoint"]),
            userinfo_endpoint=str(found["userinfo_endpoint"]),
            jwks_uri=jwks_uri,
            end_session_endpoint=end_session or None,
            sends_iss=document.get("authorization_response_iss_parameter_supported") is True,
            keys=known or Keys(jwks_uri, timeout=self._timeout),
        )

    def _acceptable(self, address: object) -> bool:
        # Never a step down from https; a query or fragment of theirs would swallow our parameters.
        if not isinstance(address, str):
            return False
        parts = urlsplit(address)
        secure = parts.scheme == "https" or urlsplit(self._issuer).scheme == parts.scheme
        return secure and bool(parts.hostname) and not parts.query and not parts.fragment
