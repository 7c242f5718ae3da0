# SPDX-License-Identifier: EUPL-1.2
"""The cookies of the pages: one that tells a browser from another, and one session for each kind of person."""

from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import parts_of
from parvis_identity.domain.opaque import new_opaque
from parvis_identity.service.log_out import KINDS

_MAX_LENGTH = 64
_DEVICE_SECONDS = 180 * 86_400


def browser_of(request: Request) -> str:
    """The secret of this browser; a new one where it has none, to be set with :func:`keep_browser`."""
    known = _read(request, "browser")
    if known is None:
        known = getattr(request.state, "browser", None) or new_opaque()
        request.state.browser = known
    return known


def keep_browser(request: Request, response: Response) -> None:
    """Set the browser's cookie where :func:`browser_of` made a new secret."""
    made = getattr(request.state, "browser", None)
    if made:
        _write(request, response, "browser", made)


def session_of(request: Request, kind: str) -> str | None:
    """The secret of this browser's session as a citizen or as an agent."""
    return _read(request, kind)


def sessions_of(request: Request) -> dict[str, str]:
    """The secrets of all sessions of this browser, by kind."""
    return {kind: secret for kind in KINDS if (secret := _read(request, kind))}


def set_session(request: Request, response: Response, kind: str, secret: str) -> None:
    """A new session; it ends with the browser, and on the server by its own time-outs."""
    _write(request, response, kind, secret)


def clear_session(request: Request, response: Response, kind: str) -> None:
    """The session of that kind is over."""
    secure = parts_of(request).settings.secure_cookies
    response.delete_cookie(_name(request, kind), path="/", secure=secure, httponly=True, samesite="lax")


def device_of(request: Request) -> str | None:
    """The secret by which accounts of ours know this browser, if it has signed in to one."""
    return _read(request, "device")


def keep_device(request: Request, response: Response, secret: str) -> None:
    """Be known to the account from now on: who guesses its password elsewhere does not make this browser wait."""
    _write(request, response, "device", secret, _DEVICE_SECONDS)


def _name(request: Request, what: str) -> str:
    # __Host- binds a cookie to this host and to https; over http on one's own machine, clients would drop it.
    return f"__Host-parvis-{what}" if parts_of(request).settings.secure_cookies else f"parvis-{what}"


def _read(request: Request, what: str) -> str | None:
    secret = request.cookies.get(_name(request, what))
    return secret if secret and len(secret) <= _MAX_LENGTH and secret.isascii() else None


def _write(request: Request, response: Response, what: str, secret: str, seconds: int | None = None) -> None:
    # Lax, not Strict: the browser comes back from the provider by a link of another site.
    secure = parts_of(request).settings.secure_cookies
    name = _name(request, what)
    response.set_cookie(name, secret, seconds, path="/", secure=secure, httponly=True, samesite="lax")
