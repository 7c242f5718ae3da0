# SPDX-License-Identifier: EUPL-1.2
"""Ports of the loopback interface."""

import random
import socket
from typing import Final

from parvis_local.errors import LocalError

LOOPBACK: Final = "127.0.0.1"
# Below the range from which the kernel takes ports for outgoing connections: what is free now is still free when the
# server that it was chosen for gets there.
_RANGE: Final = range(20_000, 32_768)
# What this process has claimed.
_claims: set[int] = set()


def free_ports(count: int) -> list[int]:
    """That many different ports which nobody listens on and nobody else was given: they are this process's to its end.

    Raises:
        LocalError: there are not so many.
    """
    found: list[int] = []
    for port in random.sample(_RANGE, len(_RANGE)):
        if len(found) == count:
            return found
        if not is_taken(port) and port not in _claims and claim(port):
            found.append(port)
    raise LocalError(f"no {count} free ports between {_RANGE.start} and {_RANGE.stop - 1}")


def free_port() -> int:
    """One of :func:`free_ports`."""
    return free_ports(1)[0]


def claim(port: int) -> bool:
    """Whether this process may count on that port from now on; no other process that asks here is then given it.

    Seconds lie between the choice of a port and the server that listens there: two stacks that start at the same time
    would otherwise meet on one port every few dozen starts. The claim is a name in Linux's abstract namespace of
    sockets (unix(7)), which has the bounds of the loopback interface, and which the kernel frees with the process.
    """
    if port in _claims:
        return True
    held = socket.socket(socket.AF_UNIX)
    try:
        held.bind(f"\0parvis-port-{port}")
    except OSError:
        held.close()
        return False
    held.detach()  # open until the process ends
    _claims.add(port)
    return True


def is_taken(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could not listen there: somebody else does."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False
