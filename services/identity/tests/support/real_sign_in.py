# SPDX-License-Identifier: EUPL-1.2
"""Identity, a look-alike and a client application as processes and ports of their own, and a browser between them."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
from identity_town import Attempt
from look_alike import LookAlike, form_of, running_look_alike
from running_service import running_service

from parvis_identity.settings import Settings
from parvis_local.ports import free_port


@dataclass(frozen=True)
class Place:
    """Where each of the three answers, and the process id of the first."""

    identity: str
    look_alike: LookAlike
    client: str
    pid: int

    def attempt(self, client_id: str = "demo-portal", **extra: str | None) -> Attempt:
        """A request of the application on the person's own machine."""
        return Attempt(client_id=client_id, redirect_uri=f"{self.client}/callback", extra=dict(extra))

    def exchange(self, attempt: Attempt, code: str) -> httpx.Response:
        form = {
            "grant_type": "authorization_code",
            "client_id": attempt.client_id,
            "code": code,
            "redirect_uri": attempt.redirect_uri,
            "code_verifier": attempt.verifier,
        }
        return httpx.post(f"{self.identity}/oauth2/token", data=form, timeout=60)

    @contextmanager
    def browser(self, **headers: str) -> Iterator["Browser"]:
        """A browser of somebody's, without cookies yet."""
        with httpx.Client(follow_redirects=True, headers={"accept-language": "fr", **headers}, timeout=60) as http:
            yield Browser(http, self)


@dataclass(frozen=True)
class Browser:
    """It follows redirects from one host to the next and keeps cookies, as browsers do; it runs no scripts."""

    http: httpx.Client
    place: Place

    def authorize(self, attempt: Attempt) -> httpx.Response:
        return self.http.get(f"{self.place.identity}/oauth2/authorize", params=attempt.parameters())

    def click(self, page: httpx.Response, words: str) -> httpx.Response:
        found = re.search(rf'<a[^>]*href="([^"]+)"[^>]*>{re.escape(words)}', page.text)
        assert found, page.text
        return self.http.get(urljoin(str(page.url), unescape(found[1])))

    def submit(self, page: httpx.Response, **choice: str) -> httpx.Response:
        action, form = form_of(page, **choice)
        return self.http.post(action, data=form)

    def to_provider(self, attempt: Attempt, name: str = "FranceConnect") -> httpx.Response:
        """The page of the provider on which one picks a person."""
        login = self.authorize(attempt)
        assert login.status_code == 200, login.text
        return self.click(login, f"S’identifier avec {name}")

    def way_back(self, page: httpx.Response, **choice: str) -> str:
        """Where the provider sends the browser, which does not go there yet."""
        action, form = form_of(page, **choice)
        answer = self.http.post(action, data=form, follow_redirects=False)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def signed_in(self) -> bool:
        """Whether this browser has a session: what a client learns that asks without a page."""
        error = query_of(self.authorize(self.place.attempt(prompt="none")))["error"]
        assert error in {"login_required", "consent_required"}
        return error == "consent_required"

    def sign_in(self, attempt: Attempt, person: str) -> dict[str, Any]:
        """The tokens of a citizen who allows all that is asked."""
        consent = self.submit(self.to_provider(attempt), person=person)
        back = self.submit(consent, decision="allow")
        answer = self.place.exchange(attempt, query_of(back)["code"])
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body


def query_of(answer: httpx.Response) -> dict[str, str]:
    """The parameters of the address at which the browser has come to rest."""
    return dict(parse_qsl(urlsplit(str(answer.url)).query))


@contextmanager
def running_place(settings: Settings, folder: Path, *, code_seconds: int | None = None) -> Iterator[Place]:
    """The three, on loopback; the look-alike's codes live for 30 s, unless said otherwise."""
    port = free_port()
    identity = f"http://127.0.0.1:{port}"
    with (
        running_look_alike(identity, folder, code_seconds=code_seconds) as look_alike,
        running_service(
            "identity",
            settings,
            PARVIS_IDENTITY_PORT=str(port),
            PARVIS_PUBLIC_URL=identity,
            PARVIS_IDENTITY_ISSUER_URL=identity,
            PARVIS_IDENTITY_PROVIDERS=json.dumps(look_alike.settings()),
        ) as service,
        _client_application() as client,
    ):
        yield Place(identity, look_alike, client, service.process.pid)


@contextmanager
def _client_application() -> Iterator[str]:
    """An application on the person's own machine (RFC 8252 section 7.3): it answers wherever a browser comes back."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
