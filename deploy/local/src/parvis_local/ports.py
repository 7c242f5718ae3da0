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


def free_ports(count: int) -> list[int]:
    """That many different ports which nobody listens on at this moment.

    Raises:
        LocalError: there are not so many.
    """
    found: list[int] = []
    for port in random.sample(_RANGE, len(_RANGE)):
        if len(found) == count:
            return found
        if not is_taken(port):
            found.append(port)
    raise LocalError(f"no {count} free ports between {_RANGE.start} and {_RANGE.stop - 1}")


def free_port() -> int:
    """A port which nobody listens on at this moment."""
    return free_ports(1)[0]


def is_taken(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could not listen there: somebody else does."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False
