# SPDX-License-Identifier: EUPL-1.2
"""An OpenTelemetry collector that takes what services export as in production, and keeps nothing of it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from parvis_local.ports import LOOPBACK


class _Sink(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    take: Callable[[bytes], object]

    def do_POST(self) -> None:
        type(self).take(self.rfile.read(int(self.headers.get("content-length") or 0)))
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Silence."""


@contextmanager
def collector(take: Callable[[bytes], object] = len) -> Iterator[str]:
    """Where it listens, as ``OTEL_EXPORTER_OTLP_ENDPOINT`` takes it; ``take`` is given each batch (OTLP, protobuf)."""
    server = ThreadingHTTPServer((LOOPBACK, 0), type("Sink", (_Sink,), {"take": staticmethod(take)}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
