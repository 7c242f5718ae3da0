# SPDX-License-Identifier: EUPL-1.2
"""A push service as an application server meets it: RFC 8030, with the sender shown by RFC 8292."""

import json
import time
from typing import Final
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from parvis_local.pushsink.browser import Browser, UndecipherableError, decoded
from parvis_local.pushsink.faults import RETRY_SECONDS, Fault
from parvis_local.pushsink.store import PushStore, Told

_MOST_BYTES: Final = 4_096
_LONGEST_TOKEN: Final = 24 * 3_600
_URGENCIES: Final = frozenset({"very-low", "low", "normal", "high"})
_TOPIC: Final = 32
_FAULTS: Final = {Fault.THROTTLED: 429, Fault.AWAY: 503, Fault.REFUSED: 400}


class _LostError(Exception):
    """The connection breaks here."""


def service_routes(store: PushStore, base_url: str) -> list[Route]:
    """What application servers call; browsers' addresses begin with ``base_url``."""

    async def push(request: Request) -> Response:
        browser = store.browsers.get(request.path_params["token"])
        if browser is None or browser.fault is Fault.GONE:
            return _error(410 if browser else 404, "no such subscription")
        refused = _refused(request, browser, base_url)
        if refused is not None:
            return refused
        body = await request.body()
        if len(body) > _MOST_BYTES:
            return _error(413, "too long")
        try:
            text = browser.read(body).decode()
        except (UndecipherableError, UnicodeDecodeError) as error:
            # A true service could not know: here it is the one thing to be seen.
            return _error(400, f"the browser cannot read it: {error}")
        headers = request.headers
        seconds = int(headers["ttl"])
        store.tell(Told(browser.token, text, seconds, headers.get("urgency", "normal"), headers.get("topic")))
        if browser.fault is Fault.UNANSWERED:
            raise _LostError
        location = f"{base_url}/messages/{browser.token}/{store.taken}"
        return Response(status_code=201, headers={"Location": location, "TTL": str(seconds)})

    return [Route("/push/{token}", push, methods=["POST"])]


def _refused(request: Request, browser: Browser, base_url: str) -> Response | None:
    """Why a message is not taken, if there is a reason."""
    headers = request.headers
    if browser.fault in _FAULTS:
        return _error(_FAULTS[browser.fault], browser.fault, {"Retry-After": str(RETRY_SECONDS)})
    if not headers.get("ttl", "").isdecimal():
        return _error(400, "TTL is missing (RFC 8030 section 5.2)")
    if headers.get("urgency", "normal") not in _URGENCIES or len(headers.get("topic", "")) > _TOPIC:
        return _error(400, "urgency or topic")
    if headers.get("content-encoding") != "aes128gcm":
        return _error(415, "aes128gcm (RFC 8291)")
    return _stranger(headers.get("authorization", ""), browser, base_url)


def _stranger(authorization: str, browser: Browser, base_url: str) -> Response | None:
    """401 without a good token, 403 with that of another sender than the browser subscribed for (RFC 8292)."""
    scheme, _, rest = authorization.partition(" ")
    told = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    try:
        header, claims, signature = told["t"].split(".")
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(told["k"]))
        mark = decoded(signature)
        pair = encode_dss_signature(int.from_bytes(mark[:32], "big"), int.from_bytes(mark[32:], "big"))
        key.verify(pair, f"{header}.{claims}".encode(), ec.ECDSA(SHA256()))
        said = json.loads(decoded(claims))
        good = json.loads(decoded(header))["alg"] == "ES256" and said["aud"] == _origin(base_url)
        good = good and 0 < said["exp"] - time.time() <= _LONGEST_TOKEN and scheme.lower() == "vapid"
    except (KeyError, ValueError, TypeError, InvalidSignature):
        good = False
    if not good:
        return _error(401, "vapid (RFC 8292)", {"WWW-Authenticate": "vapid"})
    return None if told["k"] == browser.server_key else _error(403, "another key")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _error(status: int, why: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"code": status, "message": why}, status, headers=headers)
