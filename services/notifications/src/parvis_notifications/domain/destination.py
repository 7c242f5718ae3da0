# SPDX-License-Identifier: EUPL-1.2
"""Where webhooks may go: never to this network's own machines, which trust callers from inside."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from parvis_notifications.domain.errors import UrlRefusedError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
_NAT64: Final = IPv6Network("64:ff9b::/96")  # RFC 6052
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")  # RFC 4291 section 2.4: all that IANA has given out so far
_LOW_32_BITS: Final = 0xFFFF_FFFF


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


def _innermost(ip: Address) -> Address:
    # An IPv6 address that only carries an IPv4 one leads to that one.
    if isinstance(ip, IPv4Address):
        return ip
    inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
    return inner or (IPv4Address(int(ip) & _LOW_32_BITS) if ip in _NAT64 else ip)


def check_url(url: str, allowed: Sequence[Network]) -> None:
    """Refuse a URL that could never be sent to; what its name resolves to is checked at each connection.

    Raises:
        UrlRefusedError: not an absolute URL, not https (http only towards allowed networks), with a user name, a
            fragment, or a literal address that is not open.
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
    if not (is_allowed if parts.scheme == "http" else is_open)(literal, allowed):
        raise UrlRefusedError("address-refused")
