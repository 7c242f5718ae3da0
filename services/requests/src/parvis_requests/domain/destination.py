# SPDX-License-Identifier: EUPL-1.2
"""Where another body's endpoint may be: never among this network's own machines, which trust callers from inside.

An address that an administrator writes down must not make us knock at the doors of our own network (OWASP: server-side
request forgery).
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from parvis_requests.domain.forwarding_errors import EndpointRefusedError

Network = IPv4Network | IPv6Network
_NAT64: Final = IPv6Network("64:ff9b::/96")  # RFC 6052
_UNICAST: Final = IPv6Network("2000::/3")  # RFC 4291 section 2.4: all that IANA has given out so far


def networks(text: str) -> tuple[Network, ...]:
    """The networks of a list such as ``10.2.0.0/16, fd00::/8``; raises ValueError."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def may_be_called(address: str, allowed: Sequence[Network], *, encrypted: bool) -> bool:
    """True for a public address over TLS, and for whatever is in an allowed network."""
    ip = _carried(ip_address(address.partition("%")[0]))
    if any(ip in network for network in allowed):
        return True
    reachable = isinstance(ip, IPv4Address) or ip in _UNICAST
    return encrypted and ip.is_global and not ip.is_multicast and reachable


def _carried(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    # Some IPv6 addresses stand for an IPv4 one, and lead there.
    if isinstance(ip, IPv4Address):
        return ip
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else ip)


def check_endpoint(url: str, allowed: Sequence[Network]) -> None:
    """Refuse what could never be called; what its name resolves to is judged at each call.

    Raises EndpointRefusedError: not an absolute URL, with a user, a query or a fragment, not https (http only towards
    allowed networks), or a literal address that may not be called.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise EndpointRefusedError("not-a-url") from error
    if not host or not url.isascii() or any(char <= " " or char == "\\" for char in url):
        raise EndpointRefusedError("not-a-url")
    if parts.username is not None or parts.fragment or parts.query:
        raise EndpointRefusedError("not-an-endpoint")
    if parts.scheme != "https" and not (parts.scheme == "http" and allowed):
        raise EndpointRefusedError("https-required")
    try:
        literal = str(ip_address(host))
    except ValueError:
        return
    if not may_be_called(literal, allowed, encrypted=parts.scheme == "https"):
        raise EndpointRefusedError("address-refused")
