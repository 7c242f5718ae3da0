# SPDX-License-Identifier: EUPL-1.2
"""Redirect URIs of clients: which may be registered, and when a given one is the registered one."""

from typing import Final
from urllib.parse import SplitResult, urlsplit

MAX_LENGTH: Final = 1_000
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})


def registration_error(uri: str) -> str | None:
    """Why this redirect URI cannot be registered, or None.

    Absolute, without fragment, wildcard or user information; ``https``, ``http`` on the machine itself, or a
    private-use scheme with a dot in its name (RFC 6749 section 3.1.2, RFC 8252 sections 7.1 and 7.3).
    """
    if len(uri) > MAX_LENGTH or not uri.isascii() or not uri.isprintable() or any(char in uri for char in ' \\*"<>'):
        return "must be printable ASCII without spaces, quotes, backslashes or wildcards"
    parts = _split(uri)
    if parts is None or not parts.scheme:
        return "must be an absolute URI"
    if "#" in uri:
        return "must have no fragment"
    if parts.scheme in {"http", "https"}:
        return _web_error(parts)
    return None if "." in parts.scheme else "must use https or a private-use scheme with a dot (RFC 8252)"


def _web_error(parts: SplitResult) -> str | None:
    if not parts.hostname or "@" in parts.netloc:
        return "must name a host and no user"
    if parts.scheme == "http" and parts.hostname not in {*_LOOPBACK, "localhost"}:
        return "must use https outside of the machine itself"
    return None


def matches(registered: str, given: str) -> bool:
    """True when they are the same string, or differ only by the port of a loopback address (RFC 8252 section 7.3)."""
    if registered == given:
        return True
    known, other = _split(registered), _split(given)
    if known is None or other is None or not is_loopback(registered) or "@" in other.netloc:
        return False
    return other.port is not None and given == _with_port(known, other.port)


def is_loopback(uri: str) -> bool:
    """True for ``http`` on a loopback IP address: an application on the person's own machine."""
    parts = _split(uri)
    return parts is not None and parts.scheme == "http" and parts.hostname in _LOOPBACK


def is_native(uri: str) -> bool:
    """True where the URI cannot prove which application answers it (RFC 8252 section 8.6)."""
    parts = _split(uri)
    return is_loopback(uri) or (parts is not None and parts.scheme not in {"http", "https"})


def _with_port(parts: SplitResult, port: int | None) -> str:
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return parts._replace(netloc=f"{host}:{port}").geturl()


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError:
        return None
    return parts
