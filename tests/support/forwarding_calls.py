# SPDX-License-Identifier: EUPL-1.2
"""What somebody of another town tries at the bodies that handle requests, and at what goes there."""

from typing import Any

from parvis_local.demo.cast import Actor
from parvis_local.demo.expecting import expect

BODY: dict[str, Any] = {
    "name": {"fr": "Métropole", "en": "Metropolis"},
    "endpoint": "https://metropole.example/open311/v2/",
    "services": [],
}
# Who calls each operation, with which body and headers.
FORWARDING_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    "addOpen311Body": ("agent", BODY, {}),
    "listOpen311Bodies": ("agent", None, {}),
    "readOpen311Body": ("agent", None, {}),
    "replaceOpen311Body": ("agent", BODY, {"If-Match": '"1"'}),
    "dropOpen311Body": ("agent", None, {"If-Match": '"1"'}),
    "listForwardings": ("agent", None, {}),
    "readForwarding": ("citizen agent", None, {}),
    "transferRequest": ("citizen agent", {"action": "resolve", "reason": "Non.", "body": "Non"}, {"If-Match": '"1"'}),
    "readTransfer": ("citizen agent", None, {}),
    "takeBackTransfer": ("citizen agent", None, {"If-Match": '"1"'}),
    "forwardRequest": ("citizen agent", {}, {"If-Match": '"1"'}),
    "decideForwarding": ("citizen agent", {"decision": "give-up"}, {"If-Match": '"1"'}),
}
FORWARDING_OWN = {"addOpen311Body", "listOpen311Bodies", "listForwardings"}


def body_in(administrator: Actor) -> str:
    """A body that only Paris works with."""
    made: str = expect(administrator.post("/v1/open311-bodies", BODY), 201).json()["id"]
    return made
