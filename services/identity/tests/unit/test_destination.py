# SPDX-License-Identifier: EUPL-1.2
"""Addresses that are called on a client's word."""

import pytest

from parvis_identity.domain.destination import may_be_called, networks

INSIDE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1",
    "255.255.255.255", "::", "::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1",
    "2002:7f00:1::", "64:ff9b:1::1", "192.0.2.1", "2001:db8::1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_not_of_the_public_internet_is_never_called(address: str) -> None:
    assert not may_be_called(address, (), encrypted=True)


@pytest.mark.parametrize("address", ["9.9.9.9", "2620:fe::fe", "::ffff:9.9.9.9", "64:ff9b::909:909"])
def test_what_is_public_is_called_over_tls_alone(address: str) -> None:
    assert may_be_called(address, (), encrypted=True)
    assert not may_be_called(address, (), encrypted=False)


def test_the_operators_may_name_networks_of_their_own() -> None:
    allowed = networks("10.2.0.0/16, fd00::/8")
    assert may_be_called("10.2.3.4", allowed, encrypted=False)
    assert may_be_called("fd00::1", allowed, encrypted=False)
    assert not may_be_called("10.3.0.1", allowed, encrypted=True)
    with pytest.raises(ValueError, match="does not appear"):
        networks("everywhere")
