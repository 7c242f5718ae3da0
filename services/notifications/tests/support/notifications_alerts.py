# SPDX-License-Identifier: EUPL-1.2
"""An alert from its draft to its answers."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from notifications_sink import form
from notifications_town import HALL, SQUARE, Town, wishes

from parvis_testing import Caller


def alert_body(**changes: Any) -> dict[str, Any]:
    words = {"subject": "Crue de la Seine", "body": "L'eau monte.", "instruction": "Montez à l'étage."}
    return {
        "event": {"fr": "Inondation", "en": "Flood"},
        "category": "Met",
        "urgency": "Immediate",
        "severity": "Severe",
        "certainty": "Observed",
        "response": "Shelter",
        "texts": {"fr": words},
        "area_label": "Quais de Seine",
        "areas": [SQUARE],
        "channels": ["email"],
        "expires_at": (datetime.now(UTC) + timedelta(hours=6)).isoformat(),
        **changes,
    }


class Alerts:
    """Two agents of Paris, by whom alerts go."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.author = town.agent
        self.second = town.post.service.agent()

    async def draft(self, by: Caller | None = None, **changes: Any) -> httpx.Response:
        headers = (by or self.author).headers | {"Idempotency-Key": self.town.post.key()}
        return await self.town.client.post("/v1/alerts", json=alert_body(**changes), headers=headers)

    async def move(self, by: Caller, alert: str, action: str, version: int = 1) -> httpx.Response:
        headers = by.headers | {"If-Match": f'"{version}"'}
        return await self.town.client.post(f"/v1/alerts/{alert}/transitions", json={"action": action}, headers=headers)

    async def issue(self, **changes: Any) -> str:
        """An alert that was approved; its id."""
        drafted = await self.draft(**changes)
        assert drafted.status_code == 201, drafted.text
        alert: str = drafted.json()["id"]
        assert (await self.move(self.second, alert, "approve")).status_code == 200
        return alert

    async def live(self, email: str, **body: Any) -> Caller:
        """Somebody with an account who chose that."""
        reader = self.town.post.person(email)
        assert (await self.town.choose(reader, wishes(topics=[], **body))).status_code == 200
        return reader

    async def enter(self, address: str, name: str = "ROUX", **changes: Any) -> str:
        """Somebody of the register who lives there; the id of their entry."""
        body = {
            "ground": "age",
            "requested_by": "self",
            "given_names": "Odette",
            "family_name": name,
            "birth_on": "1938-04-02",
            "address": address,
            "position": {"type": "Point", "coordinates": HALL},
            "words": "J'accepte d'être inscrite.",
            **changes,
        }
        headers = self.author.headers | {"Idempotency-Key": self.town.post.key()}
        answer = await self.town.client.post("/v1/register-entries", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        made: str = answer.json()["id"]
        return made

    async def read(self, path: str, by: Caller | None = None) -> Any:
        answer = await self.town.post.get(by or self.author, path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def link(self, number: int = -1) -> str:
        """Where a mail has its recipient answer."""
        found = re.search(r"https?://\S+/alert-answer\?t=[\w=%-]+", form(self.town.post.sink.mails()[number], "plain"))
        assert found
        parts = urlsplit(found[0])
        return f"{parts.path}?{parts.query}"
