# SPDX-License-Identifier: EUPL-1.2
"""What Twilio, or who speaks as it does, brings back is signed with the token of the account.

https://www.twilio.com/docs/usage/security#validating-requests
"""

from base64 import b64encode
from collections.abc import Mapping
from hmac import compare_digest, digest

from pydantic import SecretStr


class TwilioSigning:
    """Who knows an account's token checks what the provider brings."""

    def __init__(self, secret: SecretStr) -> None:
        self._key = secret.get_secret_value().encode()

    def signed(self, url: str, fields: Mapping[str, str], signature: str) -> bool:
        """Whether it signed these fields for that address."""
        what = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
        wanted = b64encode(digest(self._key, what.encode("utf-8", "replace"), "sha1"))
        return compare_digest(wanted, signature.encode("latin-1", "replace"))
