# SPDX-License-Identifier: EUPL-1.2
"""Which addresses are called on somebody else's word: the public internet, and networks that the operators name.

An address that somebody writes down must not make us knock at the doors of our own network, which trusts callers from
inside (OWASP: server-side request forgery).
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
_NAT64: Final = IPv6Network("64:ff9b::/96")  # RFC 6052
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")  # RFC 4291 section 2.4: all that IANA has given out so far
_LOW_32_BITS: Final = 0xFFFF_FFFF


class UrlRefusedError(Exception):
    """Nothing is sent to such an address; ``reason`` is a stable kebab-case code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def networks(text: str) -> tuple[Network, ...]:
    """The networks of a comma-separated list such as ``127.0.0.0/8, fd00::/8``; raises ValueError."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def is_open(address: str, allowed: Sequence[Network]) -> bool:
    """True for an address of the public internet, or of a network that the operators allow."""
    ip = _innermost(ip_address(address.partition("%")[0]))
    public = ip.is_global and not ip.is_multicast and (isinstance(ip, IPv4Address) or ip in _GLOBAL_UNICAST)
    return is_allowed(address, allowed) or public


def is_allowed(address: str, allowed: Sequence[Network]) -> bool:
    """True for an address of a network that the operators allow by name."""
    ip = _innermost(ip_address(address.partition("%")[0]))
    return any(ip in network for network in allowed)


def may_be_called(address: str, allowed: Sequence[Network], *, encrypted: bool) -> bool:
    """True for a public address over TLS, and for whatever is in an allowed network."""
    return (is_open if encrypted else is_allowed)(address, allowed)


def _innermost(ip: Address) -> Address:
    # An IPv6 address that only carries an IPv4 one leads to that one.
    if isinstance(ip, IPv4Address):
        return ip
    inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
    return inner or (IPv4Address(int(ip) & _LOW_32_BITS) if ip in _NAT64 else ip)


def check_url(url: str, allowed: Sequence[Network]) -> None:
    """Refuse a URL that could never be called; what its name resolves to is judged at each call.

    Raises:
        UrlRefusedError: not an absolute URL, not https (http only towards allowed networks), with a user name, a
            fragment, or a literal address that may not be called.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError as error:
        raise UrlRefusedError("not-a-url") from error
    if not host or not url.isascii() or any(char <= " " or char == "\\" for char in url):
        raise UrlRefusedError("not-a-url")
    if parts.scheme != "https" and not (parts.scheme == "http" and allowed):
        raise UrlRefusedError("https-required")
    if parts.username is not None or parts.fragment:
        raise UrlRefusedError("user-or-fragment")
    try:
        literal = str(ip_address(host))
    except ValueError:
        return
    if not may_be_called(literal, allowed, encrypted=parts.scheme == "https"):
        raise UrlRefusedError("address-refused")
