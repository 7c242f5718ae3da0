# SPDX-License-Identifier: EUPL-1.2
"""Which addresses we call on a client's word: the public internet, and networks that the operators name.

An address that a client registers must not make us knock at the doors of our own network (OWASP: server-side request
forgery).
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

Network = IPv4Network | IPv6Network
_UNICAST: Final = IPv6Network("2000::/3")  # all that IANA has given out of IPv6 (RFC 4291 section 2.4)
_NAT64: Final = IPv6Network("64:ff9b::/96")  # RFC 6052


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
