# SPDX-License-Identifier: EUPL-1.2
"""Receive webhooks of Parvis, with nothing but Python: each event is verified, then printed as one line of JSON.

Subscribe first (POST /v1/webhook-subscriptions); the answer holds the secret, ``whsec_…``:

    WEBHOOK_SECRET=whsec_… python examples/receive_webhook.py --port 8099
"""

import argparse
import base64
import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

# The signature covers the time of the attempt: what is older than this may be a replay.
TOLERANCE_SECONDS = 300
LARGEST_BODY = 1_000_000


def is_genuine(secret: str, headers: dict[str, str], body: bytes, now: float) -> bool:
    """Whether the headers sign that body, by Standard Webhooks (https://www.standardwebhooks.com)."""
    identifier, sent_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not sent_at.isdecimal() or abs(now - int(sent_at)) > TOLERANCE_SECONDS:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{identifier}.{sent_at}.".encode() + body
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    # Several signatures stand side by side while a secret is being changed.
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(f"v1,{wanted}", signature) for signature in given)


class Receiver(HTTPServer):
    """Counts the events, each once: the same ``webhook-id`` may come again."""

    def __init__(self, port: int, secret: str) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.secret = secret
        self.seen: set[str] = set()


class Handler(BaseHTTPRequestHandler):
    """Answers 2xx quickly; whatever takes long is done after that."""

    server: Receiver

    def do_POST(self) -> None:
        """Take one event."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        length = int(headers.get("content-length", "0"))
        body = self.rfile.read(min(length, LARGEST_BODY))
        genuine = is_genuine(self.server.secret, headers, body, time.time())
        self.send_response(204 if genuine else 401)
        self.end_headers()
        if genuine and headers["webhook-id"] not in self.server.seen:
            self.server.seen.add(headers["webhook-id"])
            print(json.dumps(json.loads(body), ensure_ascii=False), flush=True)

    def log_message(self, *_: object) -> None:
        """Only events are printed."""


def main() -> None:
    """Receive until enough has come, or Ctrl-C."""
    parser = argparse.ArgumentParser(description="Print the events that Parvis sends by webhook.")
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--count", type=int, default=0, help="stop after so many events (0: never)")
    parser.add_argument("--timeout", type=float, default=0, help="stop after so many seconds (0: never)")
    chosen = parser.parse_args()
    receiver = Receiver(chosen.port, os.environ["WEBHOOK_SECRET"])
    receiver.timeout = 0.2
    deadline = time.monotonic() + chosen.timeout if chosen.timeout else float("inf")
    try:
        while not chosen.count or len(receiver.seen) < chosen.count:
            if time.monotonic() > deadline:
                sys.exit(f"{len(receiver.seen)} events within {chosen.timeout:.0f} s")
            receiver.handle_request()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
