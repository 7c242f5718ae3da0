# SPDX-License-Identifier: EUPL-1.2
"""Where a client publishes its keys: a real server, with whatever it does wrong."""

import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


@dataclass
class KeySite:
    """What it answers; ``calls`` counts how often it was asked, ``hosts`` under which names."""

    keys: Any = None
    status: int = 200
    body: bytes | None = None
    delay: float = 0
    headers: dict[str, str] = field(default_factory=dict)
    url: str = ""
    calls: int = 0
    hosts: list[str] = field(default_factory=list)

    def answer(self) -> bytes:
        return self.body if self.body is not None else json.dumps(self.keys).encode()


def certificate(folder: Path, name: str) -> Path:
    """A certificate for that name that its own issuer signed, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    path = folder / f"{name}.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(made.public_bytes(Encoding.PEM) + secret)
    return path


@contextmanager
def key_site(site: KeySite, certified: Path | None = None) -> Iterator[KeySite]:
    """Open it on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.calls += 1
            site.hosts.append(self.headers["Host"])
            time.sleep(site.delay)
            body = site.answer()
            self.send_response(site.status)
            for name, value in {"Content-Length": str(len(body)), **site.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certified:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certified)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    site.url = f"{'https' if certified else 'http'}://localhost:{server.server_port}/keys"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
