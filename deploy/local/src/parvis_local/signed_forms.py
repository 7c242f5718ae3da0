# SPDX-License-Identifier: EUPL-1.2
"""Forms as a provider of text messages or of calls brings them to who ordered that: signed, once."""

import base64
import hmac
import logging
from collections.abc import Mapping
from typing import Final

import httpx

SECONDS: Final = 15.0
_log = logging.getLogger(__name__)


def signature(secret: str, url: str, fields: Mapping[str, str]) -> str:
    """https://www.twilio.com/docs/usage/security#validating-requests."""
    what = url + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.digest(secret.encode(), what.encode(), "sha1")).decode()


async def bring(
    secret: str, url: str, fields: Mapping[str, str], transport: httpx.AsyncBaseTransport | None = None
) -> httpx.Response | None:
    """What is answered; None where nobody answers."""
    headers = {"X-Twilio-Signature": signature(secret, url, fields)}
    try:
        async with httpx.AsyncClient(transport=transport, timeout=SECONDS) as client:
            return await client.post(url, data=dict(fields), headers=headers)
    except httpx.HTTPError as error:
        _log.warning("not brought: %s", type(error).__name__)
        return None
