# SPDX-License-Identifier: EUPL-1.2
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis_outside.destination import UrlRefusedError, check_url, is_allowed, is_open, may_be_called, networks

INSIDE = networks("10.2.0.0/16, fd00:2::/32")
# Each way in which an IPv6 address may carry an IPv4 one: mapped, NAT64, 6to4, Teredo (whose client is inverted).
CARRIERS = [
    lambda ip: IPv6Address(0xFFFF << 32 | int(ip)),
    lambda ip: IPv6Address(int(IPv6Address("64:ff9b::")) | int(ip)),
    lambda ip: IPv6Address(0x2002 << 112 | int(ip) << 80),
    lambda ip: IPv6Address(0x20010000 << 96 | int(ip) ^ 0xFFFFFFFF),
]


@pytest.mark.parametrize("address", ["1.1.1.1", "193.252.0.1", "2a01:cb00::1", "2606:4700:4700::1111"])
def test_the_public_internet_is_open(address: str) -> None:
    assert is_open(address, ())
    assert not is_allowed(address, ())


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",  # noqa: S104 - an address, not a socket
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "fd00::1",
        "ff02::1",
        "64:ff9b:1::1",
        "2001:db8::1",
    ],
)
def test_this_network_and_what_is_no_single_host_are_closed(address: str) -> None:
    assert not is_open(address, ())


@given(st.ip_addresses(v=4), st.sampled_from(CARRIERS))
def test_an_ipv4_address_in_an_ipv6_one_is_judged_as_itself(ip: IPv4Address, carrier: object) -> None:
    assert callable(carrier)
    assert is_open(str(carrier(ip)), ()) == is_open(str(ip), ())


def test_what_the_operators_name_is_open_however_it_is_written() -> None:
    assert all(is_open(address, INSIDE) for address in ("10.2.3.4", "::ffff:10.2.3.4", "fd00:2::1"))
    assert not any(is_open(address, INSIDE) for address in ("10.3.3.4", "::ffff:10.3.3.4", "fd00:3::1"))


def test_over_http_nothing_is_called_but_what_the_operators_name() -> None:
    assert may_be_called("1.1.1.1", (), encrypted=True)
    assert not may_be_called("1.1.1.1", INSIDE, encrypted=False)
    assert may_be_called("10.2.3.4", INSIDE, encrypted=False)


def test_a_list_of_networks_may_be_empty_but_not_wrong() -> None:
    assert networks("") == networks(" , ") == ()
    with pytest.raises(ValueError, match="host bits"):
        networks("10.2.0.1/16")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "not-a-url"),
        ("/events", "not-a-url"),
        ("https:///events", "not-a-url"),
        ("https://ville.example:99999/", "not-a-url"),
        ("https://mairie-éveillée.example/", "not-a-url"),
        ("https://ville.example/a b", "not-a-url"),
        ("https://ville.example\\@inside.example/", "not-a-url"),
        ("https://ville.example/\r\nHost: inside.example", "not-a-url"),
        ("http://ville.example/", "https-required"),
        ("ftp://ville.example/", "https-required"),
        ("https://user@ville.example/", "user-or-fragment"),
        ("https://ville.example/#fragment", "user-or-fragment"),
        ("https://127.0.0.1/", "address-refused"),
        ("https://[::ffff:10.0.0.1]/", "address-refused"),
    ],
)
def test_what_could_never_be_sent_to_is_refused_with_its_reason(url: str, reason: str) -> None:
    with pytest.raises(UrlRefusedError) as refused:
        check_url(url, ())
    assert refused.value.reason == reason


def test_http_leads_only_to_the_networks_that_the_operators_name() -> None:
    check_url("https://ville.example:8443/events?from=parvis", ())
    check_url("http://10.2.3.4/events", INSIDE)
    check_url("http://voirie.internal/events", INSIDE)
    with pytest.raises(UrlRefusedError):
        check_url("http://1.1.1.1/events", INSIDE)
