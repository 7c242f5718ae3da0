# SPDX-License-Identifier: EUPL-1.2
"""The neighbours of this service as real servers on loopback: owners of data, and a system that takes webhooks."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = tuple[int, dict[str, str], bytes]


@dataclass
class Call:
    """What a server was asked."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # As many as call at once: who finds the queue full comes again after a second.
    request_queue_size = 128

    def handle_error(self, *_: Any) -> None:
        """A caller that did not wait for the answer is no error here."""


@contextmanager
def http_server(answer: Callable[[Call], Reply]) -> Iterator[str]:
    """An HTTP server in a thread of its own; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, extra, body = answer(Call(self.command, self.path, headers, self.rfile.read(length)))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **extra}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _serve  # noqa: N815 - the library's names

        def log_message(self, *_: Any) -> None:
            """Silence."""

    server = _Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Owners:
    """Identity's, requests' and participation's internal APIs, as far as this service asks them."""

    contacts: dict[str, dict[str, Any]] = field(default_factory=dict)
    reporters: dict[str, dict[str, Any]] = field(default_factory=dict)
    replies: dict[str, str | dict[str, str]] = field(default_factory=dict)
    steps: dict[int, dict[str, str] | None] = field(default_factory=dict)
    confirmations: dict[str, dict[str, Any]] = field(default_factory=dict)
    guests: dict[str, dict[str, Any]] = field(default_factory=dict)
    phone_codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    appointments: dict[str, dict[str, Any]] = field(default_factory=dict)
    remedies: list[str] = field(default_factory=list)
    follow_links: dict[str, str] = field(default_factory=dict)
    validities: dict[str, str] = field(default_factory=dict)
    survey_link: str = "https://ville.example/survey?token=S"
    appeals: dict[int, dict[str, dict[str, Any]]] = field(default_factory=dict)
    circles: dict[str, set[str]] = field(default_factory=dict)
    down: bool = False
    calls: list[Call] = field(default_factory=list)
    url: str = ""

    def answer(self, call: Call) -> Reply:
        self.calls.append(call)
        if self.down:
            return 503, {}, b""
        if call.path == "/oauth2/token":
            scope = call.body.decode().partition("scope=")[2]
            return _json({"access_token": f"token-{scope}", "expires_in": 300, "token_type": "Bearer"})
        parts = call.path.partition("?")[0].split("/")
        token = call.headers["authorization"]
        kept: dict[str, tuple[str, Mapping[str, dict[str, Any]]]] = {
            "people": ("identity.people.read", self.contacts),
            "reporters": ("requests.contacts.read", self.reporters),
            "confirmations": ("requests.contacts.read", self.confirmations),
            "meeting-guests": ("participation.guests.read", self.guests),
            "phone-codes": ("identity.people.read", self.phone_codes),
            "appointments": ("requests.messages.read", self.appointments),
        }
        if parts[3] in kept and token == f"Bearer token-{kept[parts[3]][0]}":
            return _json(kept[parts[3]][1].get(parts[4]))
        if parts[3] == "requests" and token == "Bearer token-requests.messages.read":
            if parts[5] == "readers":
                return (204 if self.lets_read(parts[4], parts[6], call.path) else 404), {}, b""
            return _json(self.of_request(parts[4:], call.headers.get("accept-language", "fr")))
        return 403, {}, b"{}"

    def lets_read(self, request_id: str, agent: str, path: str) -> bool:
        """All requests are of Paris, whose agents read each that has no circle."""
        return "collectivity=paris&" in path and agent in self.circles.get(request_id, {agent})

    def of_request(self, parts: list[str], language: str) -> dict[str, Any] | None:
        if parts[1] == "followers":
            link = self.follow_links.get(parts[2])
            return {"link": link} if link else None
        if parts[1] == "validity":
            return self.validity(parts[0], language)
        return self.known(parts[1:], language)

    def known(self, parts: list[str], language: str) -> dict[str, Any] | None:
        """The receipt of any request, in two languages; replies that are known, and steps but those that are None."""
        if parts[0] == "messages":
            text = self.replies.get(parts[1])
            text = text[language] if isinstance(text, dict) else text
            return {"text": text} if text is not None else None
        asked = {"code": "permit", "label": {"fr": "Permis", "en": "Permit"}[language]}
        if parts[0] == "survey":
            return {"link": self.survey_link} if self.survey_link else None
        if parts[0] == "appeal-steps":
            return self.appeals.get(int(parts[1]), {}).get(language)
        if parts[0] == "steps":
            if (status := self.steps.get(int(parts[1]), {"fr": "En cours", "en": "Under way"})) is None:
                return None
            label = {"code": "studied", "label": status[language]}
            return {"request_type": asked, "status": label, "remedies": self.remedies}
        contact = {"team": "urbanisme", "name": "Ville", "postal_address": "1 place", "email": None, "phone": "+33 1"}
        said = {"fr": "Sans décision expresse le 3 mai 2026…", "en": "Without an express decision by 3 May 2026…"}
        received = {"reference": "R", "request_type": asked, "received_at": "2026-03-02T23:30:00.000Z"}
        return received | {"contact": contact, "statements": [said[language]]}

    def validity(self, request_id: str, language: str) -> dict[str, Any] | None:
        """The last day of what was granted, where there is one."""
        if (day := self.validities.get(request_id)) is None:
            return None
        label = {"fr": "Permis", "en": "Permit"}[language]
        return {"request_type": {"code": "permit", "label": label}, "valid_until_on": day}

    def paths(self) -> list[str]:
        return [call.path for call in self.calls if call.method == "GET"]


@dataclass
class Door:
    """Where the api, which outlives a test, finds the owners of each."""

    owners: Owners = field(default_factory=Owners)
    url: str = ""

    def answer(self, call: Call) -> Reply:
        return self.owners.answer(call)


@contextmanager
def owners_door() -> Iterator[Door]:
    door = Door()
    with http_server(door.answer) as url:
        door.url = url
        yield door


@contextmanager
def owners_server() -> Iterator[Owners]:
    owners = Owners()
    with http_server(owners.answer) as url:
        owners.url = url
        yield owners


@dataclass
class Receiver:
    """A system that takes webhooks; ``reply`` decides what it answers."""

    reply: Callable[[Call], Reply] = lambda _: (204, {}, b"")
    calls: list[Call] = field(default_factory=list)
    url: str = ""

    def answer(self, call: Call) -> Reply:
        self.calls.append(call)
        return self.reply(call)


@contextmanager
def receiver_server() -> Iterator[Receiver]:
    """One that takes everything, until told otherwise."""
    receiver = Receiver()
    with http_server(receiver.answer) as url:
        receiver.url = url
        yield receiver


def _json(value: dict[str, Any] | None) -> Reply:
    if value is None:
        return 404, {}, b"{}"
    return 200, {"Content-Type": "application/json"}, json.dumps(value).encode()
