# SPDX-License-Identifier: EUPL-1.2
"""An open opinion conversation in which somebody has written a statement, and what others may try with it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from poll_body import published

from parvis_local.demo.cast import Actor
from parvis_local.demo.expecting import expect

IF_MATCH = {"If-Match": '"1"'}
TEXT = {"fr": "Le square", "en": "The square"}
OPINION = {"opinion": "agree"}
STATEMENT = {"text": "Des bancs !"}


def conversation_body() -> dict[str, Any]:
    """A conversation that opens as soon as it is published, and whose statements wait for nobody."""
    now = datetime.now(UTC)
    return {
        "title": TEXT,
        "description": TEXT,
        "reviewed": False,
        "verified": False,
        "opens_at": (now - timedelta(hours=1)).isoformat(),
        "closes_at": (now + timedelta(days=7)).isoformat(),
    }


def conversation_in(agent: Actor, citizen: Actor) -> dict[str, str]:
    """A conversation in which a citizen has said what they think of their own statement."""
    made = published(agent, "/v1/conversations", conversation_body())
    statement = expect(citizen.post(f"/v1/conversations/{made}/statements", STATEMENT), 201).json()["id"]
    path, content = f"/v1/statements/{statement}/opinions/mine", json.dumps(OPINION).encode()
    expect(citizen.call("PUT", path, content, **{"Content-Type": "application/json"}), 200)
    return {"conversation_id": made, "statement_id": statement}


# Who calls each operation, with which body and headers.
CONVERSATION_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    "createConversation": ("agent", conversation_body(), {}),
    "listOwnConversations": ("agent", None, {}),
    "readOwnConversation": ("agent", None, {}),
    "changeConversation": ("agent", conversation_body(), IF_MATCH),
    "actOnConversation": ("agent", {"action": "close"}, IF_MATCH),
    "seedStatement": ("agent", {"text": TEXT}, {}),
    "listStatementsToReview": ("agent", None, {}),
    "reviewStatement": ("agent", {"outcome": "withdrawn"}, IF_MATCH),
    "listNextStatements": ("citizen", None, {}),
    "giveOpinion": ("citizen", OPINION, {}),
    "readOwnOpinions": ("citizen", None, {}),
    "writeStatement": ("citizen", STATEMENT, {}),
    "listOwnStatements": ("citizen", None, {}),
    "withdrawStatement": ("citizen", None, IF_MATCH),
}
