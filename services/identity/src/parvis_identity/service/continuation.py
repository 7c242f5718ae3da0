# SPDX-License-Identifier: EUPL-1.2
"""An authorization request carried through the pages, sealed and bound to one browser.

Nothing is stored for it: whoever asks the authorization endpoint a million times fills no table.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict
from datetime import datetime, timedelta
from hmac import compare_digest
from hmac import digest as hmac_digest
from typing import Any, Final

from parvis_identity.domain.authorization import AuthorizationRequest
from parvis_identity.domain.errors import Refusal, RefusedError
from parvis_kit.crypto.keys import MasterKey, SealingKey, UnreadableError

MAX_LENGTH: Final = 8_000
_SETS: Final = ("acr_values", "scopes", "prompt", "resources")


class Continuations:
    """Seals and opens authorization requests, and makes the tokens that tell our own forms from foreign ones."""

    def __init__(self, master: MasterKey, life: timedelta) -> None:
        self._key: SealingKey = master.sealing("continuation")
        self._csrf_key = master.derive("csrf")
        self._life = life

    def seal(self, request: AuthorizationRequest, browser: str) -> str:
        """The request as a parameter of our own pages, of use in this browser only."""
        return seal_json(self._key, packed(request), f"request/{browser}")

    def open(self, text: str | None, browser: str, now: datetime) -> AuthorizationRequest:
        """The request; raises RefusedError when it is too old, forged, or of another browser."""
        request = unpacked(open_json(self._key, text, f"request/{browser}"))
        if now - request.received_at > self._life:
            raise RefusedError(Refusal.EXPIRED)
        return request

    def csrf(self, form: str, secret: str) -> str:
        """What a form of ours carries: bound to the form and to a secret of the browser."""
        return hmac_digest(self._csrf_key, f"{form}\x00{secret}".encode(), "sha256").hex()

    def check_csrf(self, given: str | None, form: str, secret: str) -> None:
        """Raises RefusedError for a form that we did not give to this browser."""
        if not given or not compare_digest(given.encode(), self.csrf(form, secret).encode()):
            raise RefusedError(Refusal.EXPIRED)


def packed(request: AuthorizationRequest) -> dict[str, Any]:
    """The request as JSON can hold it."""
    sets = {name: sorted(getattr(request, name)) for name in _SETS}
    return asdict(request) | sets | {"received_at": request.received_at.isoformat()}


def unpacked(members: dict[str, Any]) -> AuthorizationRequest:
    """What :func:`packed` packed."""
    sets = {name: frozenset(members.get(name, ())) for name in _SETS}
    return AuthorizationRequest(**members | sets | {"received_at": datetime.fromisoformat(members["received_at"])})


def seal_json(key: SealingKey, members: dict[str, Any], context: str) -> str:
    """A JSON object, sealed, as text fit for a URL."""
    sealed = key.seal(json.dumps(members, separators=(",", ":")).encode(), context)
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()


def open_json(key: SealingKey, text: str | None, context: str) -> dict[str, Any]:
    """The object; raises RefusedError (expired) for whatever we did not seal for this context."""
    if text is None or len(text) > MAX_LENGTH or not text.isascii():
        raise RefusedError(Refusal.EXPIRED)
    try:
        sealed = urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
        members: dict[str, Any] = json.loads(key.open(sealed, context))
    except (ValueError, UnreadableError) as error:
        raise RefusedError(Refusal.EXPIRED) from error
    return members
