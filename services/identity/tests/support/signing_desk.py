# SPDX-License-Identifier: EUPL-1.2
"""A client that has to do all that we offer: it signs, pushes its requests, and binds its tokens to a key."""

from typing import Any

from joserfc.jwk import ECKey

KEY = ECKey.generate_key("P-256", {"kid": "own"})
DESK: dict[str, Any] = {
    "client_id": "signing-desk",
    "collectivity": "paris",
    "name": {"fr": "Guichet d'essai", "en": "Test desk"},
    "audience": "citizen",
    "type": "confidential",
    "jwks": {"keys": [KEY.as_dict(private=False)]},
    "grant_types": ["authorization_code", "refresh_token"],
    "redirect_uris": ["http://127.0.0.1/callback"],
    "post_logout_redirect_uris": ["http://127.0.0.1/signed-out"],
    "scopes": ["openid", "profile", "identity.profile.read"],
    "pushes_requests": True,
    "binds_tokens": True,
}
