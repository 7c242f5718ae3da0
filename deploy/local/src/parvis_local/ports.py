# SPDX-License-Identifier: EUPL-1.2
"""Ports of the loopback interface."""

import socket

LOOPBACK = "127.0.0.1"


def free_ports(count: int) -> list[int]:
    """That many different ports which nobody listens on at this moment."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for opened in sockets:
            opened.bind((LOOPBACK, 0))
        return [opened.getsockname()[1] for opened in sockets]
    finally:
        for opened in sockets:
            opened.close()


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
