# SPDX-License-Identifier: EUPL-1.2
"""A real Envoy, compiled from a small contract, in front of a small upstream."""

import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import yaml
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from parvis_gateway.contracts import read_contracts
from parvis_gateway.envoy import envoy_configuration
from parvis_gateway.settings import Address, ExtraRoute, Settings
from parvis_local.leash import leash
from parvis_local.ports import free_port

PROBLEMS = yaml.safe_load((Path(__file__).parents[3] / "contracts" / "problems.yaml").read_text("utf-8"))
ISSUER = "http://gateway.example"
CONTRACT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Things", "version": "1.0.0"},
    "paths": {
        "/v1/things": {
            "get": {"x-parvis-class": "token", "security": [{"oauth2": ["things.things.read"]}]},
            "post": {
                "x-parvis-class": "token",
                "security": [{"oauth2": ["things.things.write"]}],
                "x-parvis-body-limit": 1_000,
            },
        },
        "/v1/things/{id}": {"get": {"x-parvis-class": "token", "security": [{"oauth2": ["things.things.read"]}]}},
        "/v1/things/open": {"get": {"x-parvis-class": "public"}},
        "/v1/things/brought": {"get": {"x-parvis-class": "service", "x-parvis-callers": "systems"}},
        "/v1/things/tracked": {"get": {"x-parvis-class": "service"}},
        "/v1/slow": {"get": {"x-parvis-class": "public", "x-parvis-timeout": 0.5}},
        "/login": {"get": {"x-parvis-class": "public", "x-parvis-cors": False}},
    },
}
Change = Callable[[dict[str, Any]], None]
DOWN: dict[str, Any] = {**CONTRACT, "paths": {"/v1/down": {"get": {"x-parvis-class": "public"}}}}


@dataclass
class Gateway:
    """The gateway under test, and what reached the upstream."""

    client: httpx.Client
    port: int
    key: ECKey
    log: Path
    admin: str
    seen: list[dict[str, Any]] = field(default_factory=list)

    def token(self, key: ECKey | None = None, **claims: Any) -> str:
        now = int(time.time())
        body = {
            "iss": ISSUER, "aud": ["parvis-things"], "sub": "somebody", "client_id": "portal",
            "scope": "openid things.things.read", "iat": now, "exp": now + 300, **claims,
        }  # fmt: skip
        return jwt.encode({"alg": "ES256", "kid": "k", "typ": "at+jwt"}, body, key or self.key)

    def get(self, path: str, token: str | None = None, **headers: str) -> httpx.Response:
        return self.client.get(path, headers=headers | ({"Authorization": f"Bearer {token}"} if token else {}))


def write_contracts(folder: Path) -> Path:
    (folder / "openapi").mkdir(parents=True)
    for name, document in (("things", CONTRACT), ("down", DOWN)):
        (folder / "openapi" / f"{name}.v1.yaml").write_text(yaml.safe_dump(document), "utf-8")
    return folder


def as_compiled(configuration: dict[str, Any]) -> None:
    """Leave the configuration alone."""


@contextmanager
def running_gateway(folder: Path, *, rate: int = 10_000, changed: Change = as_compiled) -> Iterator[Gateway]:
    """The small contract, with one service that is down."""
    down = Address("127.0.0.1", free_port())
    with gateway_of(write_contracts(folder / "contracts"), folder, rate=rate, changed=changed, down=down) as gateway:
        wait_for_keys(gateway, "/v1/things", gateway.token())
        yield gateway


@contextmanager
def gateway_of(
    contracts: Path, folder: Path, *, rate: int = 10_000, changed: Change = as_compiled, **elsewhere: Address
) -> Iterator[Gateway]:
    """Envoy, compiled from these contracts; one small upstream stands for all services but those named.

    ``changed`` may lower a limit in what was compiled, so that a test reaches it.
    """
    key = ECKey.generate_key("P-256", {"kid": "k", "alg": "ES256", "use": "sig"})
    seen: list[dict[str, Any]] = []
    port, admin = free_port(), Address("127.0.0.1", free_port())
    operations = read_contracts(contracts)
    with upstream(key, seen) as address:
        settings = Settings(
            public_url=ISSUER,
            listen=Address("127.0.0.1", port),
            services=dict.fromkeys({o.service for o in operations} | {"identity"}, address) | elsewhere,
            admin=admin,
            rate_requests=rate,
            rate_service_requests=2 * rate,
            extra_routes=(ExtraRoute("/simulators/mail", address),),
            access_log=str(folder / "access.log"),
        )
        file = folder / "envoy.json"
        configuration = envoy_configuration(operations, settings, PROBLEMS)
        changed(configuration)
        file.write_text(json.dumps(configuration), "utf-8")
        process = subprocess.Popen(
            [*leash(), envoy(), "-c", str(file), "--use-dynamic-base-id", "--concurrency", "1", "-l", "error"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                yield Gateway(client, port, key, folder / "access.log", f"http://{admin.host}:{admin.port}", seen)
        finally:
            process.terminate()
            process.wait(60)


def envoy() -> str:
    spec = find_spec("envoy")
    assert spec is not None
    assert spec.origin is not None
    return str(Path(spec.origin).parent / "_bin" / "envoy")


@contextmanager
def upstream(key: ECKey, seen: list[dict[str, Any]]) -> Iterator[Address]:
    jwks = json.dumps(KeySet([key]).as_dict(private=False)).encode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = jwks if self.path.endswith("jwks.json") else b'{"from": "upstream"}'
            # Noted before the slow answer: by its end the caller has gone, and another test may be looking.
            if not self.path.endswith("jwks.json"):
                seen.append(
                    {"method": self.command, "path": self.path, **{k.lower(): v for k, v in self.headers.items()}}
                )
            if self.path == "/v1/slow":
                time.sleep(5)
            length = int(self.headers.get("content-length") or 0)
            self.rfile.read(length)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", '"1"')
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - the names that http.server looks for

        def log_message(self, *_: Any) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Address("127.0.0.1", server.server_port)
    finally:
        server.shutdown()
        server.server_close()


def wait_for_keys(gateway: Gateway, path: str, token: str) -> None:
    """Until Envoy answers and has the keys with which this token is verified; each audience fetches its own."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if gateway.get(path, token).status_code == httpx.codes.OK:
                gateway.seen.clear()
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.05)
    raise RuntimeError("the gateway did not start in time")
