# SPDX-License-Identifier: EUPL-1.2
"""The relying parties that the look-alikes know, from a JSON file.

A list of ``{"provider": "franceconnect" | "proconnect", "client_id", "client_secret", "redirect_uris": [...],
"post_logout_redirect_uris": [...], "entity"}``; clients of one entity see the same person under the same ``sub``.
"""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Registration:
    """One relying party at one provider."""

    provider: str
    client_id: str
    client_secret: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    entity: str


def read_registrations(file: Path) -> list[Registration]:
    """The relying parties of a file; KeyError names what an entry lacks."""
    return [
        Registration(
            provider=entry["provider"],
            client_id=entry["client_id"],
            client_secret=entry["client_secret"],
            redirect_uris=tuple(entry["redirect_uris"]),
            post_logout_redirect_uris=tuple(entry["post_logout_redirect_uris"]),
            entity=entry["entity"],
        )
        for entry in json.loads(file.read_text("utf-8"))
    ]
