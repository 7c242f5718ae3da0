# SPDX-License-Identifier: EUPL-1.2
"""Where a client of the demo town sends a browser that is to sign in."""

import base64
import hashlib
import secrets
from urllib.parse import urlencode

from running_stack import RunningStack

SCOPES = "openid profile email requests.requests.read requests.requests.write"


def sign_in_address(stack: RunningStack, client: str = "demo-portal", scopes: str = SCOPES) -> str:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(secrets.token_bytes(32)).digest()).decode().rstrip("=")
    asked = {
        "response_type": "code",
        "client_id": client,
        "redirect_uri": f"{address(stack)}/developers/callback",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "state": secrets.token_urlsafe(16),
        "scope": scopes,
    }
    return f"{address(stack)}/oauth2/authorize?{urlencode(asked)}"


def address(stack: RunningStack) -> str:
    return f"http://localhost:{stack.port}"
