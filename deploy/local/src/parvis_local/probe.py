# SPDX-License-Identifier: EUPL-1.2
"""Questions that tell whether a process can do its work."""

import http.client
import json
import socket
from pathlib import Path
from typing import Any, Final

from parvis_local.ports import LOOPBACK
from parvis_local.postgres import server_status

STARTING: Final = "starting"
JOINING: Final = "joining"
READY: Final = "ready"
_SECONDS: Final = 2


def ask(probe: str) -> str:
    """``starting``, ``joining`` or ``ready``.

    Args:
        probe: ``tcp:<port>`` for a process that is ready as soon as it listens, ``http:<port>/<path>`` for one that
            answers 200 there when it is; a service whose only lack is that a consumer joins its group is joining;
            ``file:<path>`` for one that writes that file, ``postgres:<folder>`` for a server on that data folder.
    """
    kind, _, target = probe.partition(":")
    port, slash, path = target.partition("/")
    try:
        if kind == "file":
            return READY if Path(target).exists() else STARTING
        if kind == "postgres":
            return READY if server_status(Path(target))[1] == "ready" else STARTING
        if kind == "tcp":
            socket.create_connection((LOOPBACK, int(port)), timeout=_SECONDS).close()
            return READY
        return _ask_http(int(port), slash + path)
    except (OSError, http.client.HTTPException, ValueError):
        return STARTING


def _ask_http(port: int, path: str) -> str:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read(65_536)
    finally:
        connection.close()
    if answer.status == http.client.OK:
        return READY
    checks: dict[str, Any] = json.loads(body).get("checks", {})
    return JOINING if {state for state in checks.values() if state != READY} == {JOINING} else STARTING
