# SPDX-License-Identifier: EUPL-1.2
"""An application of a town that hands in a file of messages, over the API: its key, its template, its file."""

import time
from dataclasses import dataclass
from itertools import count
from typing import Any, Final, Self

import httpx
from running_service import RunningService

from parvis_notifications.main import SCOPES

FAULTY_EACH: Final = 500
"""One row in so many cannot be sent."""
_TEMPLATE: Final[dict[str, Any]] = {
    "name": "Carte de bibliothèque",
    "channels": ["email"],
    "variables": [
        {"name": "prénom", "type": "text", "required": True, "sample": "Camille"},
        {"name": "numéro", "type": "number", "required": True, "sample": "4012"},
    ],
    "texts": {
        "fr": {
            "subject": "Votre carte ((numéro))",
            "body": "Bonjour ((prénom)),\n\nVotre carte **((numéro))** est prête. Venez la chercher à la médiathèque,"
            " du mardi au samedi de 10 h à 18 h, avec une pièce d'identité.\n\nLa bibliothèque",
        }
    },
}
_UPLOAD_SECONDS: Final = 300


def file_of(rows: int) -> tuple[bytes, list[tuple[int, str]]]:
    """A file of so many rows, and which of them cannot be sent: by line, with the code of the reason."""
    lines, faulty = ["to;prénom;numéro;reference"], []
    for number in range(rows):
        to, card = f"personne{number}@example.org", str(number)
        if number % FAULTY_EACH == 0:
            wrong_address = number % (2 * FAULTY_EACH) == 0
            to, card = ("personne", card) if wrong_address else (to, "douze")
            faulty.append((number + 2, "recipient-refused" if wrong_address else "value-of-another-type"))
        lines.append(f"{to};Camille;{card};r{number}")
    return ("\n".join(lines) + "\n").encode(), faulty


@dataclass(frozen=True, slots=True)
class Application:
    """An application with a key of its own and a published template."""

    client: httpx.Client
    key: str
    template: str

    @classmethod
    def admitted(cls, api: RunningService) -> Self:
        """An agent publishes the template and makes the key."""
        client, keys = httpx.Client(base_url=api.url, timeout=_UPLOAD_SECONDS), count()
        claims: dict[str, Any] = {
            "kind": "agent",
            "collectivity": "paris",
            "client_id": "demo-backoffice",
            "acr": "eidas1-mfa",
        }
        claims |= {"auth_time": int(time.time()), "roles": ["agent"], "teams": []}
        scope = " ".join(code for code, _ in SCOPES)
        token = api.issuer.token(audience="parvis-notifications", scope=scope, **claims)

        def create(path: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
            own = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"bench-{next(keys)}"}
            answer = client.post(path, json=body, headers=own | headers)
            answer.raise_for_status()
            made: dict[str, Any] = answer.json()
            return made

        template = create("/v1/message-templates", _TEMPLATE)
        path = f"/v1/message-templates/{template['id']}"
        tag = client.get(path, headers={"Authorization": f"Bearer {token}"}).headers["etag"]
        create(f"{path}/versions", {"restore": None}, **{"If-Match": tag})
        made = create("/v1/sending-keys", {"application": "bench", "kind": "live", "per_day": 1_000_000})
        return cls(client, made["key"], template["id"])

    def hand_in(self, file: bytes) -> dict[str, Any]:
        """The job that was made of it."""
        query = {"channel": "email", "template_id": self.template}
        headers = {"Content-Type": "text/csv", "Idempotency-Key": f"bench-file-{time.monotonic_ns()}"}
        answer = self.client.post("/v1/sending-jobs", params=query, content=file, headers=headers | self._own())
        answer.raise_for_status()
        job: dict[str, Any] = answer.json()
        return job

    def read(self, job: str) -> dict[str, Any]:
        """How far it has come."""
        answer = self.client.get(f"/v1/sending-jobs/{job}", headers=self._own())
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def refused(self, job: str) -> list[tuple[int, str]]:
        """The rows that cannot be sent, by line, with the code of the reason; page after page."""
        path, found = f"/v1/sending-jobs/{job}/rows?limit=100", list[tuple[int, str]]()
        while path not in {"", "/"}:
            answer = self.client.get(path, headers=self._own())
            answer.raise_for_status()
            found += [(row["line"], row["error"]) for row in answer.json()["items"]]
            # The link begins as the public knows the service, which is not where it runs here.
            path = httpx.URL(answer.links.get("next", {}).get("url", "")).raw_path.decode()
        return found

    def _own(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}
