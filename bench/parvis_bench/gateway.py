# SPDX-License-Identifier: EUPL-1.2
"""The gateway as it ships: Envoy, compiled from the contracts; only its rate limit is raised out of reach."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import yaml

from parvis_gateway.contracts import read_contracts
from parvis_gateway.envoy import envoy_configuration
from parvis_gateway.settings import Address, Settings
from parvis_local.layout import ROOT, SERVICES
from parvis_local.ports import LOOPBACK, free_port
from parvis_testing import ISSUER

_CONTRACTS: Final = ROOT / "contracts"
_RATE: Final = 100_000_000
_START_SECONDS: Final = 20
_STOP_SECONDS: Final = 15


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where it listens, and which process it is."""

    address: str
    pid: int


@contextmanager
def gateway(folder: Path, services: Mapping[str, Address], *, threads: int = 2) -> Iterator[Gateway]:
    """Envoy before these services, ready to check tokens; who is not named is where identity is."""
    port = free_port()
    behind = dict.fromkeys((*SERVICES, "gateway"), services["identity"]) | dict(services)
    settings = Settings(
        public_url=ISSUER,
        listen=Address(LOOPBACK, port),
        services=behind,
        admin=Address(LOOPBACK, free_port()),
        rate_requests=_RATE,
        access_log=str(folder / "access.log"),
    )
    problems = yaml.safe_load((_CONTRACTS / "problems.yaml").read_text("utf-8"))
    file = folder / "envoy.json"
    file.write_text(json.dumps(envoy_configuration(read_contracts(_CONTRACTS), settings, problems)), "utf-8")
    envoy = str(Path(sys.executable).with_name("envoy"))
    process = subprocess.Popen(  # noqa: S603 - the gateway's own program
        [envoy, "-c", str(file), "--disable-hot-restart", "--concurrency", str(threads), "--log-level", "error"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield Gateway(f"{LOOPBACK}:{port}", process.pid)
    finally:
        process.terminate()
        process.wait(_STOP_SECONDS)


def wait_for_keys(gateway: Gateway, head: str, body: str = "") -> None:
    """Until this call, given as a head without its empty line, is let through: Envoy fetches the issuer's keys late."""
    first, *rest = head.split("\r\n")
    method, path, _ = first.split(" ")
    headers = dict(line.split(": ", 1) for line in rest) | {"Idempotency-Key": f"first-{time.monotonic_ns()}"}
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        try:
            answer = httpx.request(method, f"http://{gateway.address}{path}", headers=headers, content=body.encode())
            if answer.is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise RuntimeError("the gateway does not let a good token through")
