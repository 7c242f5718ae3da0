# SPDX-License-Identifier: EUPL-1.2
"""Another body's endpoint of Open311, as GeoReport v2 and mySociety's extension describe one, and as real ones fail."""

import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

KEY: Final = "key-of-the-other-body"
_WRAPS: Final = {
    "requests": ("service_requests", "request"),
    "tokens": ("service_requests", "request"),
    "servicerequestupdates": ("service_request_updates", "request_update"),
    "errors": ("errors", "error"),
}
Answer = tuple[int, list[dict[str, Any]]]


class Open311Endpoint:
    """What it holds, what it was called, and how it behaves.

    ``says`` is a status that it answers instead, with ``headers``; ``breaks_off`` stores what it is sent and answers
    nothing; ``gives_tokens`` gives a number only by its token; ``hides`` shows no request; ``at_most`` is how many
    updates it gives at once. While ``stalls`` is clear it keeps its callers waiting; ``reached`` says that one waits.
    """

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[dict[str, Any]] = []
        self.posted: list[dict[str, list[str]]] = []
        self.written: list[dict[str, list[str]]] = []
        self.updates: list[dict[str, Any]] = []
        self.calls: list[tuple[str, str, dict[str, str]]] = []
        self.says: int | None = None
        self.headers: dict[str, str] = {}
        self.refusal = "attribute[LIEU] is required"
        self.breaks_off = self.gives_tokens = self.hides = self.idempotent = False
        self.ready = True
        self.at_most = 1_000
        self.stalls, self.reached = threading.Event(), threading.Event()
        self.stalls.set()
        self._numbers = itertools.count(101)
        self._keys: dict[str, dict[str, Any]] = {}

    def state(self, number: str, status: str, notes: str | None = None) -> None:
        """The body goes on with a request."""
        (request,) = [each for each in self.requests if each["service_request_id"] == number]
        request.update(status=status, status_notes=notes)

    def update(self, update_id: str, number: str, status: str, at: str, words: str = "") -> None:
        """The body says something of a request."""
        self.updates.append(
            {
                "update_id": update_id, "service_request_id": number, "status": status, "updated_datetime": at,
                "description": words, "media_url": None,
            }
        )  # fmt: skip

    def get(self, path: str, query: dict[str, str]) -> Answer:
        if path.startswith("tokens/"):
            found = [each for each in self.requests if each["token"] == path.removeprefix("tokens/")]
            number = found[0]["service_request_id"] if found and self.ready else ""
            return (200, [{"service_request_id": number, "token": path[7:]}]) if found else _error(404, "unknown token")
        if path == "servicerequestupdates":
            start, end = query["start_date"], query["end_date"]
            shown = [each for each in self.updates if start <= each["updated_datetime"] <= end]
            return (200, shown) if len(shown) <= self.at_most else _error(400, "too many updates")
        if path != "requests":
            return _error(404, "no such resource")
        wanted = query["service_request_id"].split(",") if "service_request_id" in query else None
        known = [] if self.hides else self.requests
        return 200, [each for each in known if wanted is None or each["service_request_id"] in wanted]

    def post(self, path: str, form: dict[str, list[str]], key: str) -> Answer:
        if form.get("api_key") != [KEY]:
            return _error(403, "api_key: unknown")
        if path == "servicerequestupdates":
            if any(form["update_id"] == each["update_id"] for each in self.written):
                return _error(400, "update_id: repeated")
            self.written.append(form)
            return 200, [{"update_id": f"theirs-{len(self.written)}"}]
        self.posted.append(form)
        if self.idempotent and key in self._keys:
            return 200, [self._keys[key]]
        number = str(next(self._numbers))
        stored = {
            "service_request_id": number, "token": f"T-{number}", "status": "open", "status_notes": None,
            "service_code": form["service_code"][0], "description": form["description"][0],
        }  # fmt: skip
        self.requests.append(stored)
        told = {"token": stored["token"]} if self.gives_tokens else {"service_request_id": number}
        self._keys[key] = told
        return 200, [told]


def _error(status: int, words: str) -> Answer:
    return status, [{"code": status, "description": words}]


def _xml(root: str, item: str, members: list[dict[str, Any]]) -> bytes:
    tree = Element(root)
    for each in members:
        node = SubElement(tree, item)
        for name, value in each.items():
            SubElement(node, name).text = None if value is None else str(value)
    written: bytes = tostring(tree, "utf-8", xml_declaration=True)
    return written


@contextmanager
def open311_endpoint() -> Iterator[Open311Endpoint]:
    """One that answers at ``url`` until the end of the block."""
    endpoint = Open311Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            self._answer("GET", url.path, query, lambda path: endpoint.get(path, query))

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form, key = parse_qs(content, keep_blank_values=True), self.headers.get("Idempotency-Key", "")
            self._answer("POST", self.path, {}, lambda path: endpoint.post(path, form, key))

        def _answer(self, method: str, target: str, query: dict[str, str], work: Any) -> None:
            path, _, format_ = target.removeprefix("/open311/v2/").rpartition(".")
            endpoint.calls.append((method, path, query))
            if endpoint.says:
                status, members = _error(endpoint.says, endpoint.refusal)
            else:
                status, members = work(path)
            endpoint.reached.set()
            endpoint.stalls.wait(60)
            if endpoint.breaks_off and method == "POST":
                return  # the connection is closed without an answer
            root, item = _WRAPS["errors" if status != 200 else path.partition("/")[0]]
            content = json.dumps(members).encode() if format_ == "json" else _xml(root, item, members)
            self.send_response(status)
            kind = "application/json" if format_ == "json" else "text/xml"
            length = {"Content-Type": f"{kind}; charset=utf-8", "Content-Length": str(len(content))}
            for name, value in {**endpoint.headers, **length}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Keep the tests' output free of what was sent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        endpoint.url = f"http://127.0.0.1:{server.server_port}/open311/v2/"
        try:
            yield endpoint
        finally:
            endpoint.stalls.set()
            server.shutdown()
