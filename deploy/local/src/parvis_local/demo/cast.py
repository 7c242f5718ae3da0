# SPDX-License-Identifier: EUPL-1.2
"""Who takes part in the journey, and the stack that they meet."""

import json
import os
import secrets
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from parvis_local.demo.browser import sign_in
from parvis_local.demo.expecting import expect
from parvis_local.errors import LocalError
from parvis_local.layout import Layout
from parvis_local.probe import READY
from parvis_local.secret_store import SecretStore
from parvis_local.simulators import SIMULATORS_PATH
from parvis_local.state import PartState, read_state

TOWN: Final = "paris"
PORTAL_SCOPES: Final = (
    "openid",
    "profile",
    "email",
    "identity.profile.read",
    "identity.profile.write",
    "identity.erasures.write",
    "identity.mandates.read",
    "identity.mandates.write",
    "identity.organisations.read",
    "identity.organisations.write",
    "identity.sessions.read",
    "identity.sessions.write",
    "requests.requests.read",
    "requests.requests.write",
    "requests.attachments.write",
    "requests.appointments.read",
    "requests.appointments.write",
    "notifications.messages.read",
    "notifications.messages.write",
    "notifications.replies.write",
    "notifications.preferences.read",
    "notifications.preferences.write",
    "notifications.subscriptions.read",
    "notifications.subscriptions.write",
    "notifications.own-register.read",
    "notifications.own-register.write",
    "participation.answers.write",
    "participation.ballots.write",
    "participation.projects.write",
    "participation.comments.write",
    "participation.proposals.write",
    "participation.proposals.read",
    "participation.reports.write",
    "participation.reports.read",
    "participation.votes.write",
    "participation.votes.read",
    "participation.follows.write",
    "participation.follows.read",
    "participation.volunteers.write",
    "participation.volunteers.read",
    "participation.registrations.write",
    "participation.registrations.read",
    "participation.opinions.write",
    "participation.opinions.read",
    "participation.petitions.write",
    "participation.petitions.read",
    "participation.signatures.write",
    "participation.signatures.read",
    "participation.responses.write",
    "participation.responses.read",
)
BACKOFFICE_SCOPES: Final = (
    "openid",
    "identity.profile.read",
    "identity.agents.read",
    "identity.agents.write",
    "identity.clients.read",
    "identity.clients.write",
    "identity.collectivity.read",
    "identity.collectivity.write",
    "identity.imports.read",
    "identity.imports.write",
    "identity.audit.read",
    "identity.accounts.read",
    "identity.proofs.write",
    "identity.assistance.write",
    "identity.organisations.read",
    "identity.verifications.write",
    "identity.merges.read",
    "identity.merges.write",
    "identity.factors.write",
    "identity.erasures.write",
    "requests.requests.read",
    "requests.requests.write",
    "requests.appointments.read",
    "requests.appointments.write",
    "requests.agendas.write",
    "requests.archives.read",
    "requests.authors.read",
    "requests.catalogue.read",
    "requests.catalogue.write",
    "notifications.news.write",
    "notifications.replies.write",
    "notifications.request-messages.read",
    "notifications.keys.read",
    "notifications.keys.write",
    "notifications.deliveries.read",
    "notifications.templates.read",
    "notifications.templates.write",
    "notifications.alerts.read",
    "notifications.alerts.write",
    "notifications.register.read",
    "notifications.register.write",
    "notifications.register-accesses.read",
    "participation.consultations.write",
    "participation.answers.read",
    "participation.polls.write",
    "participation.counts.write",
    "participation.desks.write",
    "participation.budgets.write",
    "participation.moderation.read",
    "participation.moderation.write",
    "participation.accountability.write",
    "participation.processes.write",
    "participation.processes.read",
    "participation.assemblies.write",
    "participation.assemblies.read",
    "participation.meetings.write",
    "participation.meetings.read",
    "participation.conversations.write",
    "participation.conversations.read",
    "participation.petition-decisions.write",
    "participation.petition-decisions.read",
    "participation.surveys.write",
    "participation.surveys.read",
    "participation.survey-answers.read",
    "notifications.dead-letters.read",
    "notifications.dead-letters.write",
    "participation.dead-letters.read",
    "participation.dead-letters.write",
    "requests.dead-letters.read",
    "requests.dead-letters.write",
)
SYSTEM_SCOPES: Final = (
    "notifications.events.read",
    "notifications.webhooks.read",
    "notifications.webhooks.write",
    "notifications.mail-room.read",
    "notifications.mail-room.write",
)
_SECONDS: Final = 30.0
# Of the five minutes that an access token lives.
_TOKEN_SECONDS: Final = 240.0


class Actor:
    """Somebody, or something, with an access token; a long play asks for another one before it ends."""

    def __init__(self, http: httpx.Client, enter: Callable[[], str]) -> None:
        self._http = http
        self._enter = enter
        self._token = enter()
        self._renewed = time.monotonic()

    @property
    def token(self) -> str:
        """One that is good for a while yet."""
        if time.monotonic() - self._renewed > _TOKEN_SECONDS:
            self._token, self._renewed = self._enter(), time.monotonic()
        return self._token

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Accept-Language": "fr"}

    def call(self, method: str, path: str, content: bytes = b"", /, **headers: str) -> httpx.Response:
        """A request, whatever comes of it."""
        return self._http.request(method, path, content=content, headers=self._headers | headers)

    def get(self, path: str, **headers: str) -> httpx.Response:
        """GET, whatever comes of it."""
        return self.call("GET", path, b"", **headers)

    def post(self, path: str, body: Any, key: str | None = None, **headers: str) -> httpx.Response:
        """POST of JSON, with an idempotency key of its own unless one is given."""
        own = {"Idempotency-Key": key or secrets.token_urlsafe(16), "Content-Type": "application/json"}
        return self.call("POST", path, json.dumps(body).encode(), **own, **headers)

    def stream(self, path: str, **headers: str) -> AbstractContextManager[httpx.Response]:
        """GET of an answer that is read piece by piece, as it comes."""
        return self._http.stream("GET", path, headers=self._headers | headers)

    def upload(self, content: bytes, media_type: str = "image/jpeg") -> httpx.Response:
        """POST of a photo."""
        headers = {"Idempotency-Key": secrets.token_urlsafe(16), "Content-Type": media_type}
        return self.call("POST", "/v1/attachments", content, **headers)


@dataclass(frozen=True)
class Stage:
    """The running stack, seen from outside, and what belongs to its machine."""

    layout: Layout
    public_url: str
    bootstrap_servers: str
    http: httpx.Client = field(repr=False)

    def citizen(self, person: str, client: str = "demo-portal") -> Actor:
        """A person of the FranceConnect look-alike, signed in by a front-end."""
        return self._person(person, client, PORTAL_SCOPES)

    def agent(self, person: str, client: str = "demo-backoffice") -> Actor:
        """A person of the ProConnect look-alike, signed in by the agents' front-end, which wants two factors."""
        return self._person(person, client, BACKOFFICE_SCOPES, "eidas1-mfa")

    def system(self, client: str = "demo-roadworks") -> Actor:
        """Another municipal system, by its client credentials (RFC 6749 §4.4)."""
        secret = SecretStore(self.layout.secrets).password(f"client/{client}")
        asked = {
            "grant_type": "client_credentials",
            "scope": " ".join(SYSTEM_SCOPES),
        }

        def enter() -> str:
            answer = self.http.post("/oauth2/token", data=asked, auth=(client, secret))
            return str(expect(answer, 200).json()["access_token"])

        return Actor(self.http, enter)

    def _person(self, name: str, client: str, scopes: tuple[str, ...], level: str | None = None) -> Actor:
        return Actor(self.http, lambda: str(sign_in(self.public_url, client, name, scopes, level)["access_token"]))

    def mails(self, to: str) -> list[dict[str, Any]]:
        """What the mail sink took for that address, newest first."""
        answer = self.http.get(f"{SIMULATORS_PATH}/mail/messages", params={"to": to})
        items: list[dict[str, Any]] = expect(answer, 200).json()["items"]
        return items

    def part(self, name: str) -> PartState:
        """That process of the stack."""
        return next(part for part in read_state(self.layout.state).parts if part.name == name)

    def kill(self, name: str) -> None:
        """Kill a process of the stack as a crash would; who watches the stack starts it again."""
        process = self.part(name).process
        if process is None or not process.is_alive():
            raise LocalError(f"{name} does not run")
        os.kill(process.pid, signal.SIGKILL)


@contextmanager
def stage(layout: Layout) -> Iterator[Stage]:
    """The stack that runs in that folder.

    Raises:
        LocalError: none does.
    """
    state = read_state(layout.state)
    if state.phase != READY:
        raise LocalError("Parvis is not running: `make up` starts it")
    with httpx.Client(base_url=state.public_url, timeout=_SECONDS) as http:
        yield Stage(layout, state.public_url, state.bootstrap_servers, http)
