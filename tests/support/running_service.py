# SPDX-License-Identifier: EUPL-1.2
"""A service as a process of its own, on test databases, with tokens that it accepts: for tests from outside."""

import json
import os
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Final

import httpx
from joserfc.jwk import KeySet
from pydantic import SecretStr

from parvis_kit.settings import ServiceSettings
from parvis_local.leash import leash
from parvis_local.ports import free_port
from parvis_testing import TokenIssuer

START_SECONDS = 180
STOP_SECONDS = 60
# Some tracebacks, and no more than a screen or two of them are shown.
_MOST_LOG: Final = 1 << 20


@dataclass(frozen=True)
class RunningService:
    """Where it answers, who signs its tokens, and what it says."""

    url: str
    internal_url: str
    issuer: TokenIssuer
    process: subprocess.Popen[bytes]
    log: BinaryIO

    def last_words(self) -> str:
        """The errors that it logged last, tracebacks unfolded, or its last lines if it logged none."""
        # Not by seek: the process writes where this file's one position is.
        written = os.fstat(self.log.fileno()).st_size
        lines = (
            os.pread(self.log.fileno(), _MOST_LOG, max(0, written - _MOST_LOG)).decode("utf-8", "replace").splitlines()
        )
        errors = [line for line in lines if '"level":"error"' in line or not line.startswith("{")]
        return "\n".join(errors[-2:] or lines[-20:]).replace("\\n", "\n")


@contextmanager
def running_service(
    service: str, settings: ServiceSettings, command: str = "api", **environment: str
) -> Iterator[RunningService]:
    """Start ``parvis-<service> <command>``, wait until it answers, stop it at the end, be it that of a killed test."""
    issuer = TokenIssuer()
    port, internal_port = free_port(), free_port()
    with jwks_server(issuer) as jwks_url, TemporaryFile() as log:
        process = subprocess.Popen(
            [*leash(), sys.executable, "-m", f"parvis_{service}", command],
            env={
                **os.environ,
                **as_environment(service, settings),
                f"PARVIS_{service.upper()}_PORT": str(port),
                f"PARVIS_{service.upper()}_INTERNAL_PORT": str(internal_port),
                f"PARVIS_{service.upper()}_WORKER_INTERNAL_PORT": str(internal_port),
                f"PARVIS_{service.upper()}_JWKS_URL": jwks_url,
                **environment,
            },
            stdout=log,
        )
        try:
            url, internal_url = (f"http://127.0.0.1:{number}" for number in (port, internal_port))
            running = RunningService(url, internal_url, issuer, process, log)
            _wait(running)
            yield running
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)


@contextmanager
def jwks_server(issuer: TokenIssuer) -> Iterator[str]:
    """Publish the test issuer's keys."""
    body = json.dumps(KeySet([issuer.key]).as_dict(private=False)).encode()
    with json_server(body) as port:
        yield f"http://127.0.0.1:{port}/jwks.json"


@contextmanager
def json_server(body: bytes, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Answer each GET with this document, over TLS where told; yields the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def as_environment(service: str, settings: ServiceSettings) -> dict[str, str]:
    """The variables that make a process of the service read these settings."""
    values = settings.model_dump(exclude_none=True)
    secret = {name: value.get_secret_value() for name, value in values.items() if isinstance(value, SecretStr)}
    plain = {
        name: str(value)
        for name, value in values.items()
        if isinstance(value, (str, int, float)) or name.endswith("directory")
    }
    return {f"PARVIS_{service.upper()}_{name.upper()}": value for name, value in (plain | secret).items()}


def _wait(running: RunningService) -> None:
    deadline = time.monotonic() + START_SECONDS
    # To make a client reads all certificates, which takes as long as the service can spare.
    with httpx.Client(timeout=1, limits=httpx.Limits(max_keepalive_connections=0)) as client:
        while time.monotonic() < deadline:
            if running.process.poll() is not None:
                raise RuntimeError(f"the service ended at once, with code {running.process.returncode}")
            try:
                if client.get(f"{running.internal_url}/healthz").is_success:
                    return
            except httpx.HTTPError:
                time.sleep(0.05)
    raise RuntimeError("the service did not start in time")
